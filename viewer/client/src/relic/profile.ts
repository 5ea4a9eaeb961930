/** The outline that the object sweeps when it is turned: what the camera has to leave room for. */
import { Mesh, type Object3D, Vector3 } from 'three';
import type { Vec3 } from './orbit';

const BANDS = 48;

/**
 * Gives pairs of a height above the centre and the largest radius in its band of heights, at both edges of each
 * band that holds a point. Metres.
 */
export function profileOf(model: Object3D, center: Vec3, heightM: number): [number, number][] {
  const radii = new Float64Array(BANDS).fill(-1);
  const point = new Vector3();
  model.traverse((one) => {
    if (!(one instanceof Mesh)) return;
    const positions = (one as Mesh).geometry.getAttribute('position');
    for (let i = 0; i < positions.count; i++) {
      point.fromBufferAttribute(positions, i).applyMatrix4(one.matrixWorld);
      const share = (point.y - center[1]) / Math.max(heightM, 1e-9) + 0.5;
      const band = Math.min(BANDS - 1, Math.max(0, Math.floor(share * BANDS)));
      const radius = Math.hypot(point.x - center[0], point.z - center[2]);
      if (radius > radii[band]!) radii[band] = radius;
    }
  });
  return [...radii].flatMap((radius, band): [number, number][] =>
    radius < 0 ? [] : [band, band + 1].map((edge) => [(edge / BANDS - 0.5) * heightM, radius]),
  );
}
