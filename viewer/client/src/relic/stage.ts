/**
 * The stage: renderer, camera, light, ground, and the model on it. Draws only when something has changed.
 *
 * Tone mapping is Khronos PBR Neutral: it leaves colours below about 0.8 as they are and only rolls off what would
 * clip, where ACES and AgX shift hues and darken; a scanned colour is evidence and must come out as it was scanned.
 */
import {
  Box3,
  NeutralToneMapping,
  type Object3D,
  PerspectiveCamera,
  Scene,
  Vector3,
  WebGLRenderer,
} from 'three';
import { dress } from './dress';
import { Ground } from './ground';
import type { Spot } from './handover';
import { lamps } from './light';
import { loadModel } from './loader';
import { gpuBytesOf, partsOf, release } from './memory';
import { depthOfCenter, FOV_DEG, Orbit, axesOf, type Frame, type Vec3 } from './orbit';
import { profileOf } from './profile';
import { ROOM, room } from './room';
import { spotOf } from './spot';
import { Turn } from './turn';

export { loadModel };

/** More pixels than these cost heat and smoothness on a panel, and nobody sees them. */
const MAX_PIXELS = 4e6;
const MAX_RATIO = 2;
const LONGEST_FRAME_S = 0.25;

export interface StageEvents {
  /** After each frame drawn. */
  drawn: () => void;
  /** The turn began or ended. */
  turned: (running: boolean) => void;
  lost: () => void;
  restored: () => void;
}

export class Stage {
  readonly canvas = document.createElement('canvas');
  readonly renderer: WebGLRenderer;
  orbit: Orbit | undefined;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(FOV_DEG, 1, 0.01, 100);
  private readonly rig = lamps();
  private readonly turn = new Turn();
  private readonly environment = room();
  private ground: Ground | undefined;
  private model: Object3D | undefined;
  private request = 0;
  private last = 0;
  private paused = false;
  private lost = false;
  private cssHeight = 1;
  private waiting: (() => void)[] = [];

  /** Throws where the browser gives no WebGL 2. Without `front`, the front is seen straight on. */
  constructor(
    private readonly events: StageEvents,
    private readonly front?: Frame['front'],
  ) {
    this.renderer = new WebGLRenderer({ canvas: this.canvas, alpha: true, antialias: true });
    this.renderer.setClearColor(0x000000, 0);
    this.renderer.toneMapping = NeutralToneMapping;
    this.scene.environment = this.environment;
    this.scene.environmentIntensity = ROOM;
    this.scene.add(this.rig);
    this.canvas.addEventListener('webglcontextlost', this.onLost);
    this.canvas.addEventListener('webglcontextrestored', this.onRestored);
  }

  get gpuBytes(): number {
    return this.model ? gpuBytesOf(this.model) : 0;
  }

  get turning(): boolean {
    return this.turn.running;
  }

  /** Device pixels for each CSS pixel, capped. */
  ratioFor(width: number, height: number): number {
    return Math.min(window.devicePixelRatio || 1, MAX_RATIO, Math.sqrt(MAX_PIXELS / (width * height)));
  }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1) return;
    this.cssHeight = height;
    this.renderer.setPixelRatio(this.ratioFor(width, height));
    this.renderer.setSize(width, height, false);
    this.ground?.fit(this.renderer);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    const { orbit } = this;
    if (orbit) {
      const wasFit = Math.abs(orbit.goal.distance / orbit.front().distance - 1) < 1e-3;
      orbit.aspect = this.camera.aspect;
      orbit.set(wasFit ? { distance: orbit.front().distance } : {}, true);
    }
    this.draw();
  }

  /** Puts a model on the stage in place of the one before, without a jump: camera, light and shadow stay. */
  show(model: Object3D): void {
    const anisotropy = Math.min(8, this.renderer.capabilities.getMaxAnisotropy());
    for (const texture of partsOf(model).textures) {
      texture.anisotropy = anisotropy;
      this.renderer.initTexture(texture);
    }
    dress(model);
    const before = this.model;
    this.model = model;
    this.scene.add(model);
    if (!this.orbit) this.settle(model);
    if (before) release(before);
    this.draw();
  }

  /** Takes the ground's colours from the page; `null` colours leave it without light. */
  styleGround(tint: string, pool: number, dark: number): void {
    this.ground?.style(tint, pool, dark);
    this.invalidate();
  }

  /** CSS pixels of a metre at the depth of the object's centre. */
  pixelsPerMetre(): number {
    if (!this.orbit) return 0;
    const depth = Math.max(depthOfCenter(this.orbit.now, this.orbit.frame), 1e-6);
    return this.cssHeight / (2 * depth * Math.tan((FOV_DEG * Math.PI) / 360));
  }

  /** What the model covers of the window; undefined before there is one. */
  spot(): Spot | undefined {
    const { clientWidth, clientHeight } = this.canvas;
    return this.model && spotOf(this.model, this.camera, clientWidth, clientHeight);
  }

  /** Asks for a frame; many calls before it give one. */
  invalidate(): void {
    if (this.request || this.paused || this.lost) return;
    this.request = requestAnimationFrame(this.tick);
  }

  /** Resolves when nothing moves and the last frame is drawn. */
  async rest(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.invalidate();
    });
  }

  startTurn(): void {
    if (!this.orbit || this.orbit.still) return;
    this.turn.start(this.orbit.goal.azimuth, this.orbit.front().azimuth);
    this.events.turned(true);
    this.invalidate();
  }

  stopTurn(): void {
    if (!this.turn.running) return;
    this.turn.stop();
    this.events.turned(false);
  }

  /** Draws nothing while the page is hidden or the element is out of sight. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (paused && this.request) {
      cancelAnimationFrame(this.request);
      this.request = 0;
    }
    this.last = 0;
    if (!paused) this.invalidate();
  }

  /** Gives everything back to the GPU, the context too. The stage is of no use afterwards. */
  dispose(): void {
    this.pause(true);
    this.canvas.removeEventListener('webglcontextlost', this.onLost);
    this.canvas.removeEventListener('webglcontextrestored', this.onRestored);
    if (this.model) release(this.model);
    this.model = undefined;
    this.ground?.dispose();
    this.environment.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.canvas.width = this.canvas.height = 0;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private settle(model: Object3D): void {
    const box = new Box3().setFromObject(model);
    const vec = (v: Vector3): Vec3 => [v.x, v.y, v.z];
    const [center, size] = [vec(box.getCenter(new Vector3())), vec(box.getSize(new Vector3()))];
    const frame: Frame = { center, size, profile: profileOf(model, center, size[1]), front: this.front };
    this.orbit = new Orbit(frame);
    this.orbit.aspect = this.camera.aspect;
    this.orbit.set(this.orbit.front(), true);
    this.ground = new Ground(frame);
    this.ground.bake(this.renderer, model);
    this.ground.fit(this.renderer);
    this.scene.add(this.ground.mesh, model);
  }

  private readonly tick = (time: number): void => {
    this.request = 0;
    const seconds = this.last ? Math.min((time - this.last) / 1000, LONGEST_FRAME_S) : 1 / 60;
    this.last = time;
    let moving = false;
    if (this.orbit) {
      if (this.turn.running) {
        this.orbit.set({ azimuth: this.turn.step(seconds) }, true);
        if (!this.turn.running) this.events.turned(false);
      }
      moving = this.orbit.step(seconds) || this.turn.running;
    }
    this.draw();
    if (moving) return this.invalidate();
    this.last = 0;
    for (const resolve of this.waiting.splice(0)) resolve();
  };

  private draw(): void {
    if (!this.orbit || this.lost) return;
    const view = this.orbit.now;
    const { back } = axesOf(view);
    const { target } = view;
    this.camera.position.set(...(target.map((t, i) => t + back[i]! * view.distance) as Vec3));
    this.camera.lookAt(...target);
    const reach = 3 * Math.hypot(...this.orbit.frame.size);
    const depth = depthOfCenter(view, this.orbit.frame);
    this.camera.near = Math.max(depth - reach, depth / 200);
    this.camera.far = depth + reach;
    this.camera.updateProjectionMatrix();
    const azimuth = (view.azimuth * Math.PI) / 180;
    this.rig.rotation.y = azimuth;
    this.scene.environmentRotation.y = azimuth;
    this.renderer.render(this.scene, this.camera);
    this.events.drawn();
  }

  private readonly onLost = (): void => {
    this.lost = true;
    this.stopTurn();
    this.events.lost();
  };

  /** three brings back buffers and textures by itself; the shadow was drawn on the GPU and is drawn again. */
  private readonly onRestored = (): void => {
    this.lost = false;
    if (this.ground && this.model) {
      this.ground.bake(this.renderer, this.model);
      this.scene.add(this.model);
    }
    this.renderer.setClearColor(0x000000, 0);
    this.draw();
    this.events.restored();
  };
}
