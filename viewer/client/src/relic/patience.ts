/** Ends a wait for the network that hears nothing any more: a connection that stalls never ends by itself. */

/** Without a byte for so long a visitor has given up; a phone that changes from Wi-Fi to mobile needs about ten. */
export const PATIENCE_MS = 20_000;
/** A timer that comes so late tells of a page that slept, not of a server that was silent. */
const SLEPT_MS = 1000;

export class Patience {
  private readonly ending = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly given = (): void => this.ending.abort(this.outer.reason);

  /** Begins to wait. `outer` ends it too; nothing is heard of it after {@link end}. */
  constructor(
    private readonly outer: AbortSignal,
    private readonly ms = PATIENCE_MS,
  ) {
    outer.addEventListener('abort', this.given, { once: true });
    if (outer.aborted) this.given();
    this.heard();
  }

  /** Fires when nothing was heard for too long, or with `outer`. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Something came: the wait begins anew. */
  heard(): void {
    clearTimeout(this.timer);
    const due = performance.now() + this.ms;
    this.timer = setTimeout(() => {
      if (performance.now() - due > SLEPT_MS) this.heard();
      else this.ending.abort(new Error(`nothing came for ${this.ms / 1000} s`));
    }, this.ms);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.given);
  }
}

/** Gives what comes, or rejects after so long: for what does not tell how far it is, as a module. */
export async function within<T>(coming: Promise<T>, outer: AbortSignal, ms: number): Promise<T> {
  const patience = new Patience(outer, ms);
  const { signal } = patience;
  const silence = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([coming, silence]);
  } finally {
    patience.end();
  }
}
