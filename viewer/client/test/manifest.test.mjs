import assert from 'node:assert/strict';
import test from 'node:test';
import { relicFrom } from '../src/relic/manifest';

const file = (usage, quality, bytes, path = `${usage}-${quality}.glb`) => ({
  usage,
  quality,
  path,
  bytes,
  decoded_bytes: bytes * 4,
  error_mm: 1,
  texture_px: 512,
  vertices: 10,
});
const manifest = (...derivatives) => ({ derivatives, scale: { size_mm: [1, 2, 3], confirmed: true } });
const BASE = 'https://museum.test/media/c/o/manifest.json';

test('only models for viewing are levels, from the smallest to the largest', () => {
  const made = manifest(
    file('view', 'large', 900),
    file('ar', 'medium', 500),
    file('ar', 'medium', 600, 'ar.usdz'),
    file('vr', 'medium', 400),
    file('view', 'small', 100),
  );
  assert.deepEqual(
    relicFrom(made, BASE).levels.map((level) => level.url.split('/').pop()),
    ['view-small.glb', 'view-large.glb'],
  );
});

test('the thumbnail does not take the place of the poster, unless there is nothing else', () => {
  const [thumb, small] = [file('view', 'thumb', 10), file('view', 'small', 100)];
  assert.deepEqual(
    relicFrom(manifest(thumb, small), BASE).levels.map((level) => level.quality),
    ['small'],
  );
  assert.deepEqual(
    relicFrom(manifest(thumb), BASE).levels.map((level) => level.quality),
    ['thumb'],
  );
});
