/** The scale bar: a length of 1, 2 or 5 × 10ⁿ that is right at the depth of the object's middle. */
import { type Labels, numberIn } from './labels';

const LONGEST_PX = 150;

/** Gives the longest round length (in mm) that is at most `longestPx` wide, and its width. */
export function roundLength(pixelsPerMm: number, longestPx = LONGEST_PX): { mm: number; px: number } {
  const limit = longestPx / pixelsPerMm;
  const power = 10 ** Math.floor(Math.log10(limit));
  // The tiny allowance keeps 2 × 10ⁿ from being lost to the last bit of a division.
  const times = [5, 2, 1].find((n) => n * power <= limit * (1 + 1e-9)) ?? 1;
  const mm = times * power;
  return { mm, px: mm * pixelsPerMm };
}

/** Gives a length in the unit a visitor would say: mm below one cm, m from one metre, else cm. */
export function lengthText(element: Element, labels: Labels, mm: number): string {
  if (mm < 10) return `${numberIn(element, mm, 3)} ${labels.mm}`;
  if (mm < 1000) return `${numberIn(element, mm / 10, 1)} ${labels.cm}`;
  return `${numberIn(element, mm / 1000, 2)} ${labels.m}`;
}

/** Gives width × height × depth in one unit. */
export function sizeText(element: Element, labels: Labels, sizeMm: readonly number[]): string {
  const longest = Math.max(...sizeMm);
  const [unit, divisor] =
    longest < 10 ? (['mm', 1] as const) : longest < 1000 ? (['cm', 10] as const) : (['m', 1000] as const);
  const digits = longest / divisor >= 100 ? 0 : longest / divisor >= 10 ? 1 : 2;
  return `${sizeMm.map((mm) => numberIn(element, mm / divisor, digits)).join(' × ')} ${labels[unit]}`;
}
