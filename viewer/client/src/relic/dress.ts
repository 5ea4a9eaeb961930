/** What a model wears on the stage where the scan brought nothing of its own. */
import { DoubleSide, Mesh, MeshStandardMaterial, type Object3D } from 'three';

/** Linear colour of unglazed plaster, as on the poster: pure white has no form in this light. */
const PLASTER = [0.62, 0.585, 0.54] as const;

/** Shows the inside through a hole of the scan; a scan without any colour becomes plaster. */
export function dress(model: Object3D): void {
  model.traverse((one) => {
    if (!(one instanceof Mesh)) return;
    const materials = [(one as Mesh).material].flat();
    for (const material of materials) {
      material.side = DoubleSide;
      if (!(material instanceof MeshStandardMaterial)) continue;
      const { color, map, vertexColors } = material;
      const bare = !map && !vertexColors && color.r === 1 && color.g === 1 && color.b === 1;
      if (bare) color.setRGB(...PLASTER);
    }
  });
}
