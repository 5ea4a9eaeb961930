/**
 * `<museum-relic src="manifest.json" poster="front.webp" alt="A jar with three feet">`.
 *
 * Attributes: `src` (manifest or one .glb), `poster`, `alt` (with `alt-lang` and `alt-dir` where it is not in the
 * page's language), `kiosk` (large buttons, all gestures are the model's), `labelled` (a label beside it gives the
 * size: the stage does so only where it fills the screen), `patience` (seconds without a byte after which a file is
 * given up; 20).
 * A child `<script type="application/json" class="labels">` gives its words; other children are the picture.
 * State for the page and for tests: `data-state` poster, loading, ready or failed; `data-level` the quality shown.
 * Events: `relic-ready`, `relic-level` ({level}), `relic-error` ({message}).
 */
import { budgetFor, hold } from './budget';
import type { Progress, Wait } from './fetch-bytes';
import { type Alt, Inside } from './frame';
import { type Labels, labelsOf } from './labels';
import { type Demand, ladder, wantedLevel } from './levels';
import { type Relic, readRelic } from './manifest';
import { act, actionOfKey, listen } from './pointer';
import type { View } from './orbit';
import { PATIENCE_MS, within } from './patience';
import type { Stage } from './stage';

type State = 'poster' | 'loading' | 'ready' | 'failed';

interface Device extends Navigator {
  deviceMemory?: number;
  connection?: { saveData?: boolean };
}

const NEAR = '60% 0px';
/** Farther than this nobody comes back to it soon: its memory is worth more to the others. */
const FAR = '300% 0px';
const RESTORE_PATIENCE_MS = 5000;
/** The code of the stage tells no progress. 155 KB take a minute on 20 kbit/s. */
const WHOLE_WAITS = 3;

class NoWebGl extends Error {}

export class MuseumRelic extends HTMLElement {
  private labels!: Labels;
  private inside!: Inside;
  private stage: Stage | undefined;
  private relic: Relic | undefined;
  private shown = -1;
  private best = Infinity;
  private climbing = false;
  /** Ends when the element leaves the page. */
  private attached = new AbortController();
  /** Ends with one load. */
  private ending = new AbortController();
  private sight: IntersectionObserver | undefined;
  private distance: IntersectionObserver | undefined;
  private kept: View | undefined;
  private measure: ResizeObserver | undefined;
  private visible = false;
  private turned = false;
  private restoring: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.labels = labelsOf(this);
    this.inside = new Inside(this, this.labels, (action) => this.press(action));
    this.inside.toolbar.enable(false);
    this.attached.abort();
    this.attached = new AbortController();
    const { signal } = this.attached;
    if (this.still) this.inside.toolbar.withhold('turn');
    this.rest('poster');
    document.addEventListener('visibilitychange', () => this.pauseOrGo(), { signal });
    document.addEventListener('fullscreenchange', () => this.onFullScreen(), { signal });
    addEventListener('pagehide', () => this.putAway(), { signal });
    addEventListener('pageshow', (event) => event.persisted && this.onSight(this.visible), { signal });
    // On the document: with the model the focus goes too, and Escape must still lead back.
    document.addEventListener('keydown', (event) => this.onEscape(event), { signal });
    this.measure = new ResizeObserver(() => this.resize());
    this.measure.observe(this.inside.hall);
    this.sight = new IntersectionObserver((entries) => this.onSight(entries.at(-1)!.isIntersecting), {
      rootMargin: NEAR,
    });
    this.sight.observe(this);
    this.distance = new IntersectionObserver((entries) => !entries.at(-1)!.isIntersecting && this.letGo(), {
      rootMargin: FAR,
    });
    this.distance.observe(this);
  }

  disconnectedCallback(): void {
    this.attached.abort();
    this.sight?.disconnect();
    this.distance?.disconnect();
    this.measure?.disconnect();
    this.fill(false);
    this.clear();
    this.kept = undefined;
    this.visible = false;
  }

  /** Degrees, metres; undefined before the first level. Setting it goes there at once. */
  get view(): View | undefined {
    return this.stage?.orbit && structuredClone(this.stage.orbit.goal);
  }

  set view(view: Partial<View> | undefined) {
    if (!view || !this.stage?.orbit) return;
    this.stopTurn();
    this.stage.orbit.set(view, true);
    this.stage.invalidate();
  }

  /** GPU memory of the model shown, in bytes. */
  get gpuBytes(): number {
    return this.stage?.gpuBytes ?? 0;
  }

  /** What the renderer counts (three's `WebGLInfo`), for tests and measurements. */
  get gpuInfo(): Stage['renderer']['info'] | undefined {
    return this.stage?.renderer.info;
  }

  /** Resolves when nothing moves and the last frame is drawn. */
  async settled(): Promise<void> {
    await this.stage?.rest();
  }

  private get still(): boolean {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
  }

  private get saveData(): boolean {
    return (navigator as Device).connection?.saveData === true;
  }

  private get state(): State {
    return this.dataset.state as State;
  }

  private rest(state: State): void {
    this.dataset.state = state;
    if (state === 'poster') this.inside.showPoster(this.getAttribute('poster'), this.alt);
  }

  private get alt(): Alt {
    const tongue = { lang: this.getAttribute('alt-lang'), dir: this.getAttribute('alt-dir') };
    const given = Object.entries(tongue).filter((one): one is [string, string] => Boolean(one[1]));
    return { text: this.getAttribute('alt') ?? '', tongue: Object.fromEntries(given) };
  }

  private get patienceMs(): number {
    return Number(this.getAttribute('patience')) * 1000 || PATIENCE_MS;
  }

  private onSight(near: boolean): void {
    this.visible = near;
    this.pauseOrGo();
    if (!near || this.state !== 'poster') return;
    if (this.saveData) this.inside.notice(this.labels.load, { name: 'load', go: () => void this.start() });
    else void this.start();
  }

  /** Far out of sight: back to the picture; the view is kept for when the visitor returns. */
  private letGo(): void {
    if (this.stage) this.putAway();
  }

  private putAway(): void {
    const view = this.view ?? this.kept;
    this.clear();
    this.kept = view;
  }

  private pauseOrGo(): void {
    this.stage?.pause(document.hidden || !this.visible);
  }

  /** Brings the first level; every failure ends in one sentence. */
  private async start(): Promise<void> {
    this.clear();
    const { signal } = (this.ending = new AbortController());
    const src = this.getAttribute('src');
    if (!src) return;
    this.rest('loading');
    this.inside.loading(0, 0);
    try {
      const [{ Stage }, relic] = await Promise.all([
        within(import('./stage'), signal, WHOLE_WAITS * this.patienceMs),
        readRelic(src, this.waiting(signal)),
      ]);
      signal.throwIfAborted();
      this.relic = relic;
      this.openStage(Stage, signal);
      await this.climb();
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  private waiting(signal: AbortSignal, progress: Progress = () => undefined): Wait {
    return { signal, patienceMs: this.patienceMs, progress };
  }

  private openStage(kind: typeof Stage, signal: AbortSignal): void {
    try {
      const events = {
        drawn: () => this.inside.scale(this.stage?.pixelsPerMetre() ?? 0),
        turned: (running: boolean) => this.inside.toolbar.turning(running),
        lost: () => this.onLost(),
        restored: () => this.onRestored(),
      };
      this.stage = new kind(events, this.relic?.front);
    } catch (error) {
      throw new NoWebGl(String(error));
    }
    const { canvas } = this.stage;
    this.inside.showCanvas(canvas, this.alt);
    listen(
      canvas,
      {
        orbit: () => this.stage?.orbit,
        input: () => this.stopTurn(),
        changed: () => this.changed(),
        ownsWheel: () =>
          this.fillsScreen || this.hasAttribute('kiosk') || this.shadowRoot?.activeElement === canvas,
      },
      signal,
    );
    canvas.addEventListener('keydown', (event) => this.onKey(event), { signal });
    this.resize();
    this.pauseOrGo();
  }

  /** Loads level after level until the wanted one stands. */
  private async climb(): Promise<void> {
    const { stage, relic } = this;
    if (this.climbing || !stage || !relic) return;
    const { signal } = this.ending;
    this.climbing = true;
    try {
      for (;;) {
        const wanted = Math.min(wantedLevel(relic.levels, this.demand()), this.best);
        const next = ladder(relic.levels, this.shown, wanted)[0];
        if (next === undefined || signal.aborted) return;
        await this.bring(stage, relic, next, signal);
      }
    } finally {
      if (!signal.aborted) this.climbing = false;
    }
  }

  private async bring(stage: Stage, relic: Relic, index: number, signal: AbortSignal): Promise<void> {
    const level = relic.levels[index]!;
    const { loadModel } = await import('./stage');
    try {
      const wait = this.waiting(signal, (loaded, total) => {
        this.inside.progress(total ? loaded / total : 0);
        if (this.shown < 0) this.inside.loading(loaded, total);
      });
      const model = await loadModel(level.url, level.bytes, stage.renderer, wait, level.extensions);
      if (signal.aborted) return;
      stage.show(model);
    } catch (error) {
      if (signal.aborted || this.shown < 0) throw error;
      // What stands is good; a finer level that does not come is not the visitor's trouble.
      this.best = this.shown;
      this.tell('relic-error', { level: level.quality, message: String(error) });
      return;
    } finally {
      if (!signal.aborted) this.inside.progress(undefined);
    }
    this.arrived(index, level.quality);
  }

  private arrived(index: number, quality: string): void {
    const { stage, relic } = this;
    const first = this.shown < 0;
    this.shown = index;
    hold(this, this.gpuBytes);
    this.dataset.level = quality;
    this.tell('relic-level', { level: quality });
    if (!first || !stage || !relic) return;
    if (stage.orbit) stage.orbit.still = this.still;
    if (this.kept) stage.orbit?.set(this.kept, true);
    else this.inside.handOver(stage.spot());
    this.kept = undefined;
    this.styleGround();
    this.inside.clearNote();
    const [x, y, z] = stage.orbit!.frame.size;
    this.inside.showSize(relic.sizeMm ?? [x * 1000, y * 1000, z * 1000], relic.confirmed);
    this.inside.toolbar.enable(true);
    this.inside.say(this.labels.loaded);
    this.rest('ready');
    this.tell('relic-ready', { level: quality });
    if (!this.turned && !this.still && !this.hasAttribute('no-turn')) stage.startTurn();
    this.turned = true;
  }

  private demand(): Demand {
    const { stage, relic } = this;
    const { clientWidth, clientHeight } = this.inside.hall;
    const ratio = stage?.ratioFor(clientWidth || 1, clientHeight || 1) ?? 1;
    const longestMm = Math.max(...(relic?.sizeMm ?? [0]));
    const fitted = (0.8 * Math.min(clientWidth, clientHeight)) / Math.max(longestMm, 1e-6);
    const cssPerMm = stage?.orbit ? stage.pixelsPerMetre() / 1000 : fitted;
    const budgetBytes = budgetFor(this, (navigator as Device).deviceMemory);
    const pixelsPerMm = cssPerMm * ratio;
    return { pixelsPerMm, objectPx: pixelsPerMm * longestMm, budgetBytes, saveData: this.saveData };
  }

  private fail(error: unknown): void {
    const noWebGl = error instanceof NoWebGl;
    this.clear();
    this.leaveFullScreen();
    this.rest('failed');
    this.inside.showPoster(this.getAttribute('poster'), this.alt);
    const retry = { name: 'retry' as const, go: () => void this.start() };
    if (noWebGl) this.inside.notice(this.labels.no_webgl);
    else this.inside.notice(this.labels.failed, retry);
    this.tell('relic-error', { message: error instanceof Error ? error.message : String(error) });
  }

  /** Ends what is under way and gives the GPU's memory back. */
  private clear(): void {
    this.ending.abort();
    clearTimeout(this.restoring);
    clearTimeout(this.soon);
    this.stage?.canvas.remove();
    this.stage?.dispose();
    this.stage = undefined;
    this.relic = undefined;
    this.shown = -1;
    this.best = Infinity;
    this.climbing = false;
    hold(this, 0);
    delete this.dataset.level;
    this.inside.progress(undefined);
    this.inside.clearNote();
    this.inside.scale(0);
    this.inside.toolbar.enable(false);
    this.inside.toolbar.turning(false);
    if (this.state !== 'poster') this.rest('poster');
  }

  private press(action: keyof Labels): void {
    const { stage } = this;
    if (action === 'full_screen') return this.toggleFullScreen();
    if (!stage?.orbit) return;
    const wasTurning = stage.turning;
    this.stopTurn();
    if (action === 'turn') {
      if (!wasTurning) stage.startTurn();
    } else {
      act(stage.orbit, action);
      this.changed();
    }
  }

  private onEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.classList.contains('fills')) this.fill(false);
  }

  private onKey(event: KeyboardEvent): void {
    const action = actionOfKey(event);
    if (!action) return;
    event.preventDefault();
    this.press(action as keyof Labels);
  }

  private changed(): void {
    this.stage?.invalidate();
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.climb().catch(() => undefined), 250);
  }
  private soon: ReturnType<typeof setTimeout> | undefined;

  private stopTurn(): void {
    this.stage?.stopTurn();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.inside.hall;
    this.stage?.resize(clientWidth, clientHeight);
    if (this.shown >= 0) this.changed();
  }

  private styleGround(): void {
    const style = getComputedStyle(this);
    const number = (name: string, otherwise: number): number => {
      const value = Number.parseFloat(style.getPropertyValue(name));
      return Number.isFinite(value) ? value : otherwise;
    };
    const tint = style.getPropertyValue('--relic-ground').trim() || '#d8c3a5';
    this.stage?.styleGround(tint, number('--relic-ground-light', 0.16), number('--relic-shadow', 0.7));
  }

  private onLost(): void {
    this.inside.notice(this.labels.context_lost);
    // A context that does not come back by itself is asked for anew.
    this.restoring = setTimeout(() => void this.start(), RESTORE_PATIENCE_MS);
  }

  private onRestored(): void {
    clearTimeout(this.restoring);
    this.inside.clearNote();
    this.inside.say(this.labels.loaded);
    this.tell('relic-restored', {});
  }

  private get fillsScreen(): boolean {
    return document.fullscreenElement === this || this.classList.contains('fills');
  }

  private toggleFullScreen(): void {
    if (this.fillsScreen) {
      this.leaveFullScreen();
    } else if (document.fullscreenEnabled) {
      this.requestFullscreen().catch(() => this.fill(true));
    } else {
      // iPhones give no full screen to an element: it then fills the window.
      this.fill(true);
    }
  }

  private leaveFullScreen(): void {
    if (document.fullscreenElement === this) void document.exitFullscreen();
    this.fill(false);
  }

  private fill(on: boolean): void {
    this.classList.toggle('fills', on);
    this.onFullScreen();
  }

  private onFullScreen(): void {
    this.inside.toolbar.fullScreen(this.fillsScreen);
  }

  private tell(name: string, detail: Record<string, unknown>): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}
