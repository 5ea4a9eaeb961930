/** What a model covers of the window. */
import { Box3, type Camera, Mesh, type Object3D, Vector3 } from 'three';
import type { Spot } from './handover';

/** Gives what a model covers of a window of that many CSS pixels, by every one of its points. */
export function spotOf(model: Object3D, camera: Camera, width: number, height: number): Spot {
  const seen = new Box3();
  const point = new Vector3();
  camera.updateMatrixWorld();
  model.updateMatrixWorld();
  model.traverse((one) => {
    if (!(one instanceof Mesh)) return;
    const positions = (one as Mesh).geometry.getAttribute('position');
    for (let i = 0; i < positions.count; i++) {
      seen.expandByPoint(
        point.fromBufferAttribute(positions, i).applyMatrix4(one.matrixWorld).project(camera),
      );
    }
  });
  const [middle, size] = [seen.getCenter(new Vector3()), seen.getSize(new Vector3())];
  return {
    x: (middle.x * width) / 2,
    y: (-middle.y * height) / 2,
    width: (size.x * width) / 2,
    height: (size.y * height) / 2,
  };
}
