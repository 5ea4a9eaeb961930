/** Fetches a file and tells how far it is. */

export type Progress = (loadedBytes: number, totalBytes: number) => void;

/**
 * Gives the bytes at `url`.
 *
 * `expectedBytes` is the size on disk from the manifest: Content-Length counts compressed bytes where the server
 * sends brotli, while the stream counts what comes out.
 */
export async function fetchBytes(
  url: string,
  expectedBytes: number,
  signal: AbortSignal,
  progress: Progress,
): Promise<ArrayBuffer> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status}`);
  const plain = !answer.headers.get('content-encoding');
  const total = expectedBytes || (plain ? Number(answer.headers.get('content-length')) : 0);
  if (!answer.body) return answer.arrayBuffer();
  const reader = answer.body.getReader();
  const pieces: Uint8Array[] = [];
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    loaded += value.byteLength;
    progress(loaded, Math.max(total, loaded));
  }
  const whole = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole.buffer;
}
