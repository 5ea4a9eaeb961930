/** The element's inside: picture, model, measure, notes, buttons. Knows nothing of 3D. */
import { make } from './dom';
import { type Spot, upon } from './handover';
import { icon } from './icons';
import { type Labels, numberIn } from './labels';
import { lengthText, roundLength, sizeText } from './scale-bar';
import { styleSheet } from './style';
import { Toolbar } from './toolbar';

/** A vessel in outline stands where no picture is given. */
const OUTLINE =
  'M38 8h24M40 8c0 10 3 14 3 20-14 6-24 18-24 36 0 20 12 38 20 48h22c8-10 20-28 20-48 0-18-10-30-24-36 0-6 3-10 3-20';

function outline(): SVGSVGElement {
  const svg = icon('');
  svg.setAttribute('viewBox', '10 4 80 112');
  svg.setAttribute('class', 'outline');
  svg.firstElementChild!.setAttribute('d', OUTLINE);
  return svg;
}

/** What the picture shows, in words; `tongue` is `lang` and `dir` where they are not the page's own. */
export interface Alt {
  text: string;
  tongue: Record<string, string>;
}

export class Inside {
  readonly hall = make('div', { class: 'hall' });
  readonly toolbar: Toolbar;
  private readonly poster = make('div', { class: 'poster layer' });
  private readonly line = make('div', { class: 'line', hidden: '' }, make('i'));
  private readonly note = make('div', { class: 'note', hidden: '' });
  private readonly status = make('p', { class: 'away', role: 'status', 'aria-live': 'polite' });
  private readonly barText = make('bdi');
  private readonly bar = make('div', { class: 'bar', 'aria-hidden': 'true' });
  private readonly size = make('div', { class: 'size', hidden: '' });
  private readonly measure = make('div', { class: 'measure', hidden: '' });

  constructor(
    private readonly host: HTMLElement,
    private readonly labels: Labels,
    press: (action: keyof Labels) => void,
  ) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    this.toolbar = new Toolbar(labels, press, getComputedStyle(host).direction === 'rtl');
    const text = make('div', {}, make('span', { class: 'away' }, labels.scale_bar), ' ', this.barText);
    this.measure.append(text, this.bar, this.size);
    this.hall.append(this.poster, this.measure, this.note, this.line);
    const help = make('p', { class: 'away', id: 'help' }, `${labels.help}. ${labels.help_text}`);
    root.replaceChildren(this.hall, this.toolbar.element, this.status, help);
  }

  /** Shows the picture that the page put into the element, else the one at `src`, else an outline. */
  showPoster(src: string | null, alt: Alt): void {
    this.poster.style.transform = '';
    if (this.host.querySelector(':scope > :not(script)')) this.poster.replaceChildren(make('slot'));
    else if (src)
      this.poster.replaceChildren(
        make('img', { src, alt: alt.text, ...alt.tongue, decoding: 'async', draggable: 'false' }),
      );
    else this.poster.replaceChildren(outline());
  }

  /** Moves the picture to where the model stands, to fade into it. */
  handOver(spot: Spot | undefined): void {
    const { clientWidth: width, clientHeight: height } = this.hall;
    if (spot) this.poster.style.transform = upon(spot, { width, height });
  }

  /** Puts the canvas in: named, in the order of the Tab key, its keys explained. */
  showCanvas(canvas: HTMLCanvasElement, alt: Alt): void {
    for (const [name, value] of Object.entries({
      role: 'application',
      'aria-label': alt.text,
      ...alt.tongue,
      'aria-describedby': 'help',
      tabindex: '0',
    })) {
      canvas.setAttribute(name, value);
    }
    this.hall.querySelector('canvas')?.remove();
    this.poster.after(canvas);
  }

  /** Share of the bytes that have come, 0 to 1; undefined hides the line. */
  progress(share: number | undefined): void {
    this.line.hidden = share === undefined;
    (this.line.firstElementChild as HTMLElement).style.inlineSize = `${(share ?? 0) * 100}%`;
  }

  /** Shows how far the first level is; read out only once, when it begins. */
  loading(loadedBytes: number, totalBytes: number): void {
    const mb = (bytes: number): string => numberIn(this.host, bytes / 1e6, 1);
    const figures = totalBytes > 0 ? `${mb(loadedBytes)} / ${mb(totalBytes)} MB` : '';
    if (this.note.dataset.kind !== 'loading') {
      this.note.replaceChildren(
        make('p', {}, this.labels.loading),
        make('p', { class: 'figures', dir: 'ltr' }),
      );
      this.note.dataset.kind = 'loading';
      this.say(this.labels.loading);
    }
    this.note.hidden = false;
    this.note.lastElementChild!.textContent = figures;
  }

  /** A sentence, and a way on where there is one. */
  notice(sentence: string, way?: { name: 'retry' | 'load'; go: () => void }): void {
    this.note.dataset.kind = 'notice';
    this.note.replaceChildren(make('p', {}, sentence));
    if (way) {
      const button = make('button', { type: 'button', 'data-action': way.name });
      button.append(icon(way.name), make('span', {}, this.labels[way.name]));
      button.addEventListener('click', way.go);
      if (way.name === 'load') this.note.replaceChildren();
      this.note.append(button);
    }
    this.note.hidden = false;
    this.say(sentence);
  }

  clearNote(): void {
    this.note.hidden = true;
    this.note.dataset.kind = '';
  }

  /** Tells those who listen instead of look. */
  say(sentence: string): void {
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
  }

  showSize(sizeMm: readonly number[] | undefined, confirmed: boolean): void {
    if (!sizeMm) return;
    const { labels } = this;
    // The page's direction, so that width comes first and the unit last in every language.
    const dir = getComputedStyle(this.host).direction;
    const text = make('bdi', { dir }, sizeText(this.host, labels, sizeMm));
    const order = `${labels.width} × ${labels.height} × ${labels.depth}`;
    this.size.replaceChildren(
      make('span', {}, `${labels.size} `),
      text,
      make('span', { class: 'away' }, ` (${order})`),
    );
    this.size.title = order;
    if (!confirmed) this.size.append(` · ${labels.size_unconfirmed}`);
    this.size.hidden = false;
  }

  scale(pixelsPerMetre: number): void {
    this.measure.hidden = !(pixelsPerMetre > 0);
    if (this.measure.hidden) return;
    const room = Math.min(150, this.hall.clientWidth * 0.25);
    const { mm, px } = roundLength(pixelsPerMetre / 1000, room);
    const text = lengthText(this.host, this.labels, mm);
    if (this.barText.textContent !== text) this.barText.textContent = text;
    this.bar.style.inlineSize = `${px.toFixed(2)}px`;
  }
}
