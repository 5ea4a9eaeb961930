import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import test from 'node:test';
import { fetchBytes } from '../src/relic/fetch-bytes';

/** Serves thirty pieces; `/silent` stops after the first, `/mute` says nothing at all. */
async function served(use) {
  const server = createServer(async (request, answer) => {
    if (request.url === '/mute') return;
    for (let piece = 0; piece < 30; piece++) {
      answer.write('0123456789');
      if (request.url === '/silent') return;
      await after(60);
    }
    answer.end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await use((path, more) => {
      const wait = { signal: new AbortController().signal, patienceMs: 400, progress: () => undefined };
      return fetchBytes(`http://127.0.0.1:${server.address().port}${path}`, 0, { ...wait, ...more });
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a server that falls silent is given up, before its first byte and after it', () =>
  served(async (get) => {
    await assert.rejects(get('/mute'), /nothing came for 0.4 s/);
    await assert.rejects(get('/silent'), /nothing came for 0.4 s/);
  }));

test('one that is slow but goes on is waited for', () =>
  served(async (get) => {
    const steps = [];
    const whole = await get('/slow', { patienceMs: 1500, progress: (loaded) => steps.push(loaded) });
    assert.equal(whole.byteLength, 300);
    assert.equal(steps.at(-1), 300);
  }));

test('who is called off stops waiting at once', () =>
  served(async (get) => {
    const ending = new AbortController();
    const coming = get('/mute', { signal: ending.signal, patienceMs: 60_000 });
    ending.abort(new Error('called off'));
    await assert.rejects(coming, /called off/);
  }));
