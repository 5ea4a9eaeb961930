import assert from 'node:assert/strict';
import test from 'node:test';
import { budgetFor, hold, pageBudget } from '../src/relic/budget';
import { isEnough, ladder, wantedLevel } from '../src/relic/levels';

const level = (errorMm, bytes, more = {}) => ({
  quality: 'small',
  url: '',
  bytes,
  decodedBytes: bytes * 4,
  errorMm,
  texturePx: 0,
  vertices: 0,
  ...more,
});
const LEVELS = [level(2, 100), level(0.5, 400), level(0.05, 2000)];
const demand = (more) => ({ pixelsPerMm: 1, objectPx: 400, budgetBytes: 1e9, saveData: false, ...more });

test('the smallest level that is right to a pixel is wanted', () => {
  assert.equal(wantedLevel(LEVELS, demand({ pixelsPerMm: 0.4 })), 0);
  assert.equal(wantedLevel(LEVELS, demand({ pixelsPerMm: 1.5 })), 1);
  assert.equal(wantedLevel(LEVELS, demand({ pixelsPerMm: 10 })), 2);
});

test('no level beyond the memory is wanted, but there is always one', () => {
  assert.equal(wantedLevel(LEVELS, demand({ pixelsPerMm: 10, budgetBytes: 2000 })), 1);
  assert.equal(wantedLevel(LEVELS, demand({ pixelsPerMm: 10, budgetBytes: 0 })), 0);
});

test('who saves data gets the first level only', () => {
  assert.equal(wantedLevel(LEVELS, demand({ pixelsPerMm: 10, saveData: true })), 0);
});

test('a texture must be about twice as wide as the object is on the screen', () => {
  assert.equal(isEnough(level(0, 1, { texturePx: 512 }), demand({ objectPx: 400 })), false);
  assert.equal(isEnough(level(0, 1, { texturePx: 1024 }), demand({ objectPx: 400 })), true);
});

test('colours on vertices are as fine as the vertices are many', () => {
  assert.equal(isEnough(level(0, 1, { vertices: 4000 }), demand({ objectPx: 400 })), false);
  assert.equal(isEnough(level(0, 1, { vertices: 1_000_000 }), demand({ objectPx: 400 })), true);
});

test('the first level comes first, and what would only delay is left out', () => {
  assert.deepEqual(ladder(LEVELS, -1, 2), [0, 1, 2]);
  assert.deepEqual(ladder([level(2, 100), level(1, 1500), level(0.1, 2000)], -1, 2), [0, 2]);
  assert.deepEqual(ladder(LEVELS, 1, 2), [2]);
  assert.deepEqual(ladder(LEVELS, 2, 0), []);
});

test('models on one page share its memory', () => {
  const [one, other] = [{}, {}];
  hold(one, 1000);
  assert.equal(budgetFor(other, 4), pageBudget(4) - 1000);
  assert.equal(budgetFor(one, 4), pageBudget(4));
  hold(one, 0);
  assert.equal(budgetFor(other, 4), pageBudget(4));
});

test('a phone that does not say how much memory it has is taken for a small one', () => {
  assert.equal(pageBudget(undefined), pageBudget(4));
  assert.ok(pageBudget(0.25) > 0);
  assert.equal(pageBudget(64), pageBudget(8));
});
