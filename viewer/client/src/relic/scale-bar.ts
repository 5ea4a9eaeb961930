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

/** From the largest: what sizes from so many mm are said in, mm in it, and decimals (as `words.py` of the site). */
const UNITS = [
  [1000, 'm', 1000, 2],
  [10, 'cm', 10, 1],
  [0, 'mm', 1, 1],
  [0, 'mm', 1, 3],
] as const;
/** Of a length, by which its written figure may be off: 12.4 mm is 1.2 cm, but 6.4 mm is not 0.6 cm. */
const OFF_MAX_SHARE = 0.05;
/** Below this the depth of a scan is the zero of a sheet. */
const SHEET_MM = 0.05;

/** Gives width × height × depth in one unit, in which even the shortest is right: 120 × 80 × 0.4 cm. */
export function sizeText(element: Element, labels: Labels, sizeMm: readonly number[]): string {
  const sides = sizeMm.map((mm) => (mm < SHEET_MM ? 0 : mm));
  const spoken = UNITS.filter(([from]) => Math.max(...sides) >= from);
  const isRight = (mm: number, divisor: number, digits: number): boolean =>
    Math.abs(Number((mm / divisor).toFixed(digits)) * divisor - mm) <= OFF_MAX_SHARE * mm;
  const [, unit, divisor, digits] =
    spoken.find(([, , each, decimals]) => sides.every((mm) => isRight(mm, each, decimals))) ?? UNITS[3];
  return `${sides.map((mm) => numberIn(element, mm / divisor, digits)).join(' × ')} ${labels[unit]}`;
}
