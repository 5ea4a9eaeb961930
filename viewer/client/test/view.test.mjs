import assert from 'node:assert/strict';
import test from 'node:test';
import { axesOf, depthOfCenter, fitDistance, FOV_DEG, frontElevation, Orbit } from '../src/relic/orbit';
import { Turn } from '../src/relic/turn';
import { ENGLISH } from '../src/relic/labels';
import { roundLength, sizeText } from '../src/relic/scale-bar';

const JAR = { center: [0, 0.15, 0], size: [0.22, 0.3, 0.22] };
const TRENCH = { center: [0, 0.5, 0], size: [8, 1, 6] };
const TAN = Math.tan((FOV_DEG * Math.PI) / 360);

/** The largest of |x|, |y| on the screen, 1 at its edge, of the rim of a cylinder seen from every side. */
function reach(frame, aspect) {
  const [width, height, depth] = frame.size;
  const radius = Math.hypot(width, depth) / 2;
  const view = { azimuth: 0, elevation: frontElevation(frame), distance: 0, target: frame.center };
  view.distance = fitDistance(frame, aspect);
  const { right, up, back } = axesOf(view);
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  let most = 0;
  for (let angle = 0; angle < 360; angle += 5) {
    for (const y of [-height / 2, height / 2]) {
      const [s, c] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
      const point = [radius * s, y, radius * c];
      const far = view.distance - dot(point, back);
      most = Math.max(most, Math.abs(dot(point, right)) / (far * TAN * aspect));
      most = Math.max(most, Math.abs(dot(point, up)) / (far * TAN));
    }
  }
  return most;
}

for (const aspect of [0.5, 1, 2]) {
  for (const [name, frame] of Object.entries({ JAR, TRENCH })) {
    test(`the whole ${name} is seen, and large, in a window of ${aspect}`, () => {
      const most = reach(frame, aspect);
      assert.ok(most < 1 && most > 0.85, String(most));
    });
  }
}

test('a slender outline lets the camera come closer than the box around it', () => {
  const vase = {
    ...JAR,
    profile: [
      [-0.15, 0.05],
      [0, 0.11],
      [0.15, 0.02],
    ],
  };
  assert.ok(fitDistance(vase, 2) < fitDistance(JAR, 2));
});

test('what stands is seen from the front, what lies from above', () => {
  assert.equal(frontElevation(JAR), 9);
  assert.ok(frontElevation(TRENCH) > 35);
});

test('the axes of a view stand square on one another', () => {
  const { right, up, back } = axesOf({ azimuth: 33, elevation: 21, distance: 1, target: [0, 0, 0] });
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  for (const [a, b] of [
    [right, up],
    [up, back],
    [back, right],
  ])
    assert.ok(Math.abs(dot(a, b)) < 1e-12);
  for (const a of [right, up, back]) assert.ok(Math.abs(dot(a, a) - 1) < 1e-12);
});

test('the depth of the centre does not change when the view moves along the screen', () => {
  const orbit = new Orbit(JAR);
  const before = depthOfCenter(orbit.goal, JAR);
  orbit.pan(0.1, 0.05);
  assert.ok(Math.abs(depthOfCenter(orbit.goal, JAR) - before) < 1e-9);
});

test('the view glides to its goal and then rests there exactly', () => {
  const orbit = new Orbit(JAR);
  orbit.rotate(90, 20);
  let steps = 0;
  while (orbit.step(1 / 60)) steps += 1;
  assert.ok(steps > 5 && steps < 300);
  assert.deepEqual(orbit.now, orbit.goal);
});

test('nobody can look from below the floor of the limits or come into the clay', () => {
  const orbit = new Orbit(JAR);
  orbit.rotate(0, 1000);
  assert.equal(orbit.goal.elevation, 88);
  orbit.reset();
  orbit.zoom(1e-6);
  assert.ok(orbit.goal.distance > 0.11);
});

test('the front is reached by the shorter way round', () => {
  const orbit = new Orbit(JAR);
  orbit.rotate(700, 0);
  orbit.reset();
  assert.equal(orbit.goal.azimuth, 720);
});

test('the front is where the poster looks from, and a turn ends there', () => {
  const front = { azimuth: -72, elevation: 11 };
  const orbit = new Orbit({ ...JAR, front });
  assert.deepEqual([orbit.goal.azimuth, orbit.goal.elevation], [-72, 11]);
  orbit.rotate(400, 20);
  orbit.reset();
  assert.deepEqual([orbit.goal.azimuth, orbit.goal.elevation], [360 - 72, 11]);
  for (const from of [-72, 0, 100, 288]) {
    const turn = new Turn();
    turn.start(from, front.azimuth);
    const end = turn.step(1e3);
    assert.ok(Math.abs(((end - front.azimuth) / 360) % 1) < 1e-9, String(end));
    assert.ok(end - from >= 180, String(end - from));
  }
});

test('the scale bar is 1, 2 or 5 times a power of ten and never longer than its room', () => {
  for (const pixelsPerMm of [0.003, 0.07, 0.5, 1, 1.5, 3, 75, 1234]) {
    const { mm, px } = roundLength(pixelsPerMm, 150);
    const first = Number(mm.toExponential()[0]);
    assert.ok([1, 2, 5].includes(first), String(mm));
    assert.ok(px <= 150 + 1e-6 && px > 150 / 2.51, String(px));
    assert.ok(Math.abs(px / pixelsPerMm - mm) < 1e-9 * mm);
  }
});

test('a size is said in a unit in which even the shortest side is right', () => {
  const english = { closest: () => null };
  const said = (...sizeMm) => sizeText(english, ENGLISH, sizeMm);
  assert.equal(said(715.2, 3880.5, 1200), '0.72 × 3.88 × 1.2 m');
  assert.equal(said(1200, 800, 4), '120 × 80 × 0.4 cm');
  assert.equal(said(300, 200, 6.4), '300 × 200 × 6.4 mm');
  assert.equal(said(3, 8.04, 0.04), '3 × 8 × 0 mm');
  assert.equal(said(2000, 3000, 0), '2 × 3 × 0 m');
});
