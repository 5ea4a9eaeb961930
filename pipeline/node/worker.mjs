// One long-lived process that serves what only npm has well kept. Spoken to by pipeline/node/__init__.py.
//
// A frame is: u32 little-endian length of the header, the header (JSON, UTF-8), then the buffers that its key
// "buffers" gives the lengths of. Requests and answers look alike; one request, one answer, in order.
// Reading and writing are synchronous on purpose: there is one caller, and a request is worked on as a whole.

import { readSync, writeSync } from 'node:fs';
import { operations } from './operations.mjs';

console.log = console.error; // stdout carries frames only

function read(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const got = readSync(0, bytes, at, length - at, null);
    if (got === 0) process.exit(0); // the caller has gone
    at += got;
  }
  return bytes;
}

function write(bytes) {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at, bytes.length - at);
}

function receive() {
  const length = new DataView(read(4).buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(read(length)));
  return [header, header.buffers.map(read)];
}

function answer(header, buffers = []) {
  const bytes = buffers.map((b) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength));
  const text = new TextEncoder().encode(
    JSON.stringify({ ...header, rss: process.memoryUsage.rss(), buffers: bytes.map((b) => b.length) }),
  );
  const frame = new Uint8Array(4 + text.length);
  new DataView(frame.buffer).setUint32(0, text.length, true);
  frame.set(text, 4);
  write(frame);
  bytes.forEach(write);
}

for (;;) {
  const [request, buffers] = receive();
  try {
    const operation = operations[request.op];
    if (!operation) throw new Error(`unknown operation ${request.op}`);
    const [result, out] = await operation(request, buffers);
    answer({ ok: true, result }, out);
  } catch (error) {
    // A trap inside WebAssembly leaves its heap in an unknown state: say so and let the caller start anew.
    const spoilt = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    answer({ ok: false, error: String(error?.message ?? error), spoilt });
    if (spoilt) process.exit(1);
  }
}
