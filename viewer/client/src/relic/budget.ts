/** How much GPU memory the page's models may take together. Phones kill the tab that takes more than they have. */

const MIB = 1024 * 1024;
const held = new Map<object, number>();

/**
 * Gives the bytes that all models of a page may take together.
 *
 * `navigator.deviceMemory` is in GiB, capped at 8 and missing in Safari and Firefox; 4 is then assumed, the least
 * of the phones that are still sold. A sixteenth of the memory, because the browser, the page and the other tabs
 * share it and iOS ends a tab long before the memory is full.
 */
export function pageBudget(deviceMemoryGib: number | undefined): number {
  return Math.min(Math.max(deviceMemoryGib ?? 4, 1), 8) * 64 * MIB;
}

/** Gives what is left for `owner` when the other models of the page keep theirs. */
export function budgetFor(owner: object, deviceMemoryGib: number | undefined): number {
  let others = 0;
  for (const [who, bytes] of held) if (who !== owner) others += bytes;
  return Math.max(0, pageBudget(deviceMemoryGib) - others);
}

/** Notes what `owner` holds now; 0 forgets it. */
export function hold(owner: object, bytes: number): void {
  if (bytes > 0) held.set(owner, bytes);
  else held.delete(owner);
}
