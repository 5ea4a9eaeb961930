/** What a model takes of the GPU's memory, and how to give it back. */
import {
  type BufferAttribute,
  type Object3D,
  InterleavedBufferAttribute,
  Material,
  Mesh,
  Texture,
} from 'three';

interface Parts {
  geometries: Set<Mesh['geometry']>;
  materials: Set<Material>;
  textures: Set<Texture>;
}

/** Gives every geometry, material and texture below `root`, each once. */
export function partsOf(root: Object3D): Parts {
  const parts: Parts = { geometries: new Set(), materials: new Set(), textures: new Set() };
  root.traverse((one) => {
    if (!(one instanceof Mesh)) return;
    parts.geometries.add(one.geometry as Mesh['geometry']);
    for (const material of [one.material].flat() as Material[]) {
      parts.materials.add(material);
      for (const value of Object.values(material)) if (value instanceof Texture) parts.textures.add(value);
    }
  });
  return parts;
}

function textureBytes(texture: Texture): number {
  const mipmaps = texture.mipmaps as { data?: ArrayBufferView | null }[] | undefined;
  const packed = mipmaps?.reduce((sum, level) => sum + (level.data?.byteLength ?? 0), 0);
  if (packed) return packed;
  const image = texture.image as { width?: number; height?: number } | null;
  return Math.ceil(((image?.width ?? 0) * (image?.height ?? 0) * 4 * 4) / 3);
}

/** Gives the bytes of buffers and textures with their mips. */
export function gpuBytesOf(root: Object3D): number {
  const { geometries, textures } = partsOf(root);
  const buffers = new Set<ArrayBufferLike>();
  let bytes = 0;
  const count = (array: ArrayBufferView): void => {
    if (buffers.has(array.buffer)) return;
    buffers.add(array.buffer);
    bytes += array.byteLength;
  };
  for (const geometry of geometries) {
    if (geometry.index) count(geometry.index.array);
    for (const one of Object.values(geometry.attributes) as (
      BufferAttribute | InterleavedBufferAttribute
    )[]) {
      count(one instanceof InterleavedBufferAttribute ? one.data.array : one.array);
    }
  }
  for (const texture of textures) bytes += textureBytes(texture);
  return bytes;
}

/** Gives back everything below `root`, the decoded pictures in main memory too. */
export function release(root: Object3D): void {
  const { geometries, materials, textures } = partsOf(root);
  for (const geometry of geometries) geometry.dispose();
  for (const material of materials) material.dispose();
  for (const texture of textures) {
    const image: unknown = texture.image;
    texture.dispose();
    if (typeof ImageBitmap !== 'undefined' && image instanceof ImageBitmap) image.close();
  }
  root.removeFromParent();
}
