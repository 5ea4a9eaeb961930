/**
 * From the picture to the model without a jump: while the one fades into the other, the picture moves to where the
 * model stands. The picture is square and shows one view; the model has room for being turned any way round, so it
 * stands larger or smaller than in the picture, and not always in the window's middle.
 */

/** What the object covers of the window, in CSS pixels; x and y from the window's middle to the object's. */
export interface Spot {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The object's longer side in the picture, as a share of the picture's (`framed` in pipeline/render/camera.py). */
const SHARE = 0.82;

/** Gives the CSS transform that lays a square picture, fitted into the window's middle, upon the model. */
export function upon({ x, y, width, height }: Spot, window: { width: number; height: number }): string {
  const drawn = SHARE * Math.min(window.width, window.height);
  const scale = Math.max(width, height) / drawn;
  if (!Number.isFinite(scale) || scale <= 0) return '';
  return `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) scale(${scale.toFixed(4)})`;
}
