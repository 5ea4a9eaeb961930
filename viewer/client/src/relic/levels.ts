/** Which level to load: the smallest that cannot be told from a larger one on this screen, within the memory. */
import type { Level } from './manifest';

export interface Demand {
  /** Device pixels that one millimetre of the object covers now. */
  pixelsPerMm: number;
  /** Device pixels of the object's longest side now. */
  objectPx: number;
  /** GPU memory that this model may take. */
  budgetBytes: number;
  /** The visitor asked to save data: only the first level comes by itself. */
  saveData: boolean;
}

/**
 * An atlas holds all sides of the object; about a third of its width lies on the side that is seen. So a texture
 * serves up to a third of its own size on the screen; half is the point where softness begins to show.
 */
const TEXTURE_SHARE = 0.5;

/** Tells whether a finer level would look the same: less than a pixel off, colours as fine as pixels. */
export function isEnough(level: Level, demand: Demand): boolean {
  const shapeIsRight = level.errorMm * demand.pixelsPerMm <= 1;
  // Without a texture the colours lie on the vertices: so many of them cover a square of this many a side.
  const texels = level.texturePx || Math.sqrt(level.vertices);
  return shapeIsRight && (texels === 0 || texels * TEXTURE_SHARE >= demand.objectPx);
}

/** Gives the index of the level that is wanted; 0 is always allowed, or there would be nothing to see. */
export function wantedLevel(levels: readonly Level[], demand: Demand): number {
  if (demand.saveData) return 0;
  let wanted = 0;
  for (const [index, level] of levels.entries()) {
    if (level.decodedBytes > demand.budgetBytes) break;
    wanted = index;
    if (isEnough(level, demand)) break;
  }
  return wanted;
}

/**
 * Gives the levels to load on the way from `shown` (-1 for none) to `wanted`, in order.
 *
 * The first comes for speed. Those between are left out where they cost more than a third of the next one's bytes:
 * they would delay it for little.
 */
export function ladder(levels: readonly Level[], shown: number, wanted: number): number[] {
  if (wanted <= shown) return [];
  const steps = [wanted];
  let next = levels[wanted]!.bytes;
  for (let index = wanted - 1; index > shown; index--) {
    const bytes = levels[index]!.bytes;
    const isFirst = shown < 0 && index === 0;
    if (!isFirst && bytes * 3 > next) continue;
    steps.unshift(index);
    next = bytes;
  }
  return steps;
}
