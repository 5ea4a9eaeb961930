/** Touch, mouse, wheel and keys become turns, steps closer and moves. */
import type { Orbit } from './orbit';

const TURN_DEG_ACROSS = 200;
const KEY_TURN_DEG = 12;
const KEY_TILT_DEG = 8;
const KEY_PAN = 0.08;
export const ZOOM_STEP = 1.25;

export interface Hands {
  orbit: () => Orbit | undefined;
  /** Any input: the turn stops. */
  input: () => void;
  /** Something changed: draw. */
  changed: () => void;
  /** The wheel belongs to the model, not to the page (it has the focus, or fills the screen). */
  ownsWheel: () => boolean;
}

/** What a key does; undefined for keys that are the page's. Arrows are directions on the screen in every script. */
export function actionOfKey(event: KeyboardEvent): string | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const move = event.shiftKey ? 'pan' : 'turn';
  const actions: Record<string, string> = {
    ArrowLeft: move === 'pan' ? 'pan_left' : 'rotate_left',
    ArrowRight: move === 'pan' ? 'pan_right' : 'rotate_right',
    ArrowUp: move === 'pan' ? 'pan_up' : 'tilt_up',
    ArrowDown: move === 'pan' ? 'pan_down' : 'tilt_down',
    '+': 'zoom_in',
    '=': 'zoom_in',
    '-': 'zoom_out',
    _: 'zoom_out',
    Home: 'reset',
    '0': 'reset',
  };
  return actions[event.key];
}

/** Does what a button or a key asks; false for an action that is not about the view. */
export function act(orbit: Orbit, action: string): boolean {
  const acts: Record<string, () => void> = {
    // The object's front goes to the left when the visitor goes round it to the right.
    rotate_left: () => orbit.rotate(KEY_TURN_DEG, 0),
    rotate_right: () => orbit.rotate(-KEY_TURN_DEG, 0),
    tilt_up: () => orbit.rotate(0, KEY_TILT_DEG),
    tilt_down: () => orbit.rotate(0, -KEY_TILT_DEG),
    zoom_in: () => orbit.zoom(1 / ZOOM_STEP),
    zoom_out: () => orbit.zoom(ZOOM_STEP),
    pan_left: () => orbit.pan(-KEY_PAN, 0),
    pan_right: () => orbit.pan(KEY_PAN, 0),
    pan_up: () => orbit.pan(0, KEY_PAN),
    pan_down: () => orbit.pan(0, -KEY_PAN),
    fit: () => orbit.fit(),
    reset: () => orbit.reset(),
  };
  const wanted = acts[action];
  wanted?.();
  return wanted !== undefined;
}

/** Listens on the canvas until `signal` fires. */
export function listen(canvas: HTMLCanvasElement, hands: Hands, signal: AbortSignal): void {
  const fingers = new Map<number, { x: number; y: number }>();
  const spread = (): { x: number; y: number; wide: number } => {
    const [a, b] = [...fingers.values()];
    if (!a || !b) return { x: a?.x ?? 0, y: a?.y ?? 0, wide: 0 };
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, wide: Math.hypot(a.x - b.x, a.y - b.y) };
  };
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    passive = true,
  ): void => canvas.addEventListener(type, listener, { signal, passive });

  on('pointerdown', (event) => {
    hands.input();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    canvas.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    const orbit = hands.orbit();
    if (!orbit || !fingers.has(event.pointerId)) return;
    const before = spread();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = spread();
    const [dx, dy] = [after.x - before.x, after.y - before.y];
    const { width, height } = canvas.getBoundingClientRect();
    const pans = fingers.size > 1 || event.shiftKey || (event.buttons & 6) !== 0;
    if (pans) orbit.pan(dx / height, -dy / height);
    else {
      const perPixel = TURN_DEG_ACROSS / Math.min(width, 1.4 * height);
      orbit.rotate(-dx * perPixel, dy * perPixel);
    }
    if (before.wide > 0 && after.wide > 0) orbit.zoom(before.wide / after.wide);
    hands.changed();
  });
  const leave = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
  };
  on('pointerup', leave);
  on('pointercancel', leave);
  on('lostpointercapture', leave);
  on('contextmenu', (event) => event.preventDefault(), false);
  on(
    'wheel',
    (event) => {
      const orbit = hands.orbit();
      if (!orbit || !(event.ctrlKey || hands.ownsWheel())) return;
      event.preventDefault();
      hands.input();
      const lines = event.deltaMode === 1 ? 16 : 1;
      // A pinch on a touchpad comes as a wheel with Ctrl and small steps.
      const step = event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0015);
      orbit.zoom(Math.exp(Math.min(Math.max(step, -0.5), 0.5)));
      hands.changed();
    },
    false,
  );
}
