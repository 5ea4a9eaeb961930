/**
 * The light of the hall: one soft key, one fill, one rim, and a grey room around.
 *
 * All of it goes round with the visitor: the object turns as on a turntable, and every side one comes to is lit as
 * the front was. Everything is neutral, so that the hues are the scan's own. The sum on a face towards the visitor
 * is about 1: a scanned colour comes out as it was scanned.
 */
import { DirectionalLight, Group } from 'three';

const KEY = 1.5;
const FILL = 0.3;
const RIM = 2.2;
/** Gives the three lamps, looking at the origin of a group that is turned with the visitor. */
export function lamps(): Group {
  const group = new Group();
  const places: [number, number, number, number][] = [
    [KEY, -1.3, 1.5, 1.3],
    [FILL, 1.8, 0.4, 1.4],
    [RIM, 1.3, 1.6, -1.9],
  ];
  for (const [intensity, x, y, z] of places) {
    const lamp = new DirectionalLight(0xffffff, intensity);
    lamp.position.set(x, y, z);
    group.add(lamp, lamp.target);
  }
  return group;
}
