/**
 * The light of the hall: one soft key, one fill, one rim, and a grey room around.
 *
 * All of it goes round with the visitor: the object turns as on a turntable, and every side one comes to is lit as
 * the front was. Everything is neutral, so that the hues are the scan's own. The sum on a face towards the visitor
 * is about 1: a scanned colour comes out as it was scanned.
 */
import {
  BackSide,
  BufferAttribute,
  Color,
  DirectionalLight,
  Group,
  type Texture,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  PMREMGenerator,
  Scene,
  SphereGeometry,
  type WebGLRenderer,
} from 'three';

const KEY = 1.95;
const FILL = 0.55;
const RIM = 2.2;
export const ROOM = 0.27;

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

/** Renders the grey room once into an environment map; the caller disposes it. */
export function room(renderer: WebGLRenderer): { texture: Texture; dispose: () => void } {
  const scene = new Scene();
  const shell = new SphereGeometry(10, 24, 16);
  const heights = shell.getAttribute('position');
  const greys = new Float32Array(heights.count * 3);
  for (let i = 0; i < heights.count; i++) {
    // A floor that gives back little, a ceiling that gives much: this is what tells up from down in a shadow.
    greys.fill(0.42 + 0.5 * (heights.getY(i) / 10 + 1) ** 1.5 * 0.6, i * 3, i * 3 + 3);
  }
  shell.setAttribute('color', new BufferAttribute(greys, 3));
  scene.add(new Mesh(shell, new MeshBasicMaterial({ vertexColors: true, side: BackSide })));
  for (const [x, y, z, width, height, strength] of [
    [-5, 6, 5, 5, 4, 3.2],
    [7, 3, 2, 3, 5, 1.4],
    [2, 7, -6, 6, 2.5, 2.6],
  ] as const) {
    const grey = new Color().setScalar(strength);
    const box = new Mesh(new PlaneGeometry(width, height), new MeshBasicMaterial({ color: grey }));
    box.position.set(x, y, z);
    box.lookAt(0, 0, 0);
    scene.add(box);
  }
  const generator = new PMREMGenerator(renderer);
  const target = generator.fromScene(scene, 0.03, 0.1, 50, { size: 64 });
  generator.dispose();
  scene.traverse((one) => {
    if (one instanceof Mesh) {
      one.geometry.dispose();
      (one.material as MeshBasicMaterial).dispose();
    }
  });
  return { texture: target.texture, dispose: () => target.dispose() };
}
