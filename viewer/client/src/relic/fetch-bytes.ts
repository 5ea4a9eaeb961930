/** Fetches a file and tells how far it is. */
import { Patience } from './patience';

export type Progress = (loadedBytes: number, totalBytes: number) => void;

export interface Wait {
  /** Ends the fetch. */
  signal: AbortSignal;
  /** Without a byte for so long it is given up. */
  patienceMs: number;
  progress: Progress;
}

/**
 * Gives the bytes at `url`. Rejects when the server refuses, falls silent, or `wait.signal` fires.
 *
 * `expectedBytes` is the size on disk from the manifest, 0 where it is not known: Content-Length counts compressed
 * bytes where the server sends brotli, while the stream counts what comes out.
 */
export async function fetchBytes(url: string, expectedBytes: number, wait: Wait): Promise<ArrayBuffer> {
  const patience = new Patience(wait.signal, wait.patienceMs);
  try {
    const answer = await fetch(url, { signal: patience.signal });
    if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status}`);
    if (!answer.body) return await answer.arrayBuffer();
    const plain = !answer.headers.get('content-encoding');
    const total = expectedBytes || (plain ? Number(answer.headers.get('content-length')) : 0);
    return await read(answer.body.getReader(), (loaded) => {
      patience.heard();
      wait.progress(loaded, Math.max(total, loaded));
    });
  } finally {
    patience.end();
  }
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  heard: (loadedBytes: number) => void,
): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    loaded += value.byteLength;
    heard(loaded);
  }
  const whole = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole.buffer;
}
