/**
 * The grey room around the object: what its glazes and metals mirror, and the soft light on the rest.
 *
 * A gradient and three soft boxes, computed here for each roughness in closed form (spherical Gaussians widened by
 * the roughness). three's PMREMGenerator would draw the same with 256 samples a texel at 256² whatever size is asked:
 * a visible wait on a phone, 15 s on a CPU that draws for itself, and lost with the context. This takes some
 * milliseconds and is a plain texture that comes back by itself.
 */
import {
  CubeTexture,
  DataTexture,
  DataUtils,
  HalfFloatType,
  LinearFilter,
  LinearMipmapLinearFilter,
} from 'three';
import type { Vec3 } from './orbit';

export const ROOM = 0.3;

const SIZE = 64;
/** Sizes 64, 32, 16, 8 hold roughness 0 to 1; three counts one level less than there are, so a last one follows. */
const LEVELS = 4;
const FLOOR = 0.3;
const CEILING = 0.95;
/** The widest lobe is that of matt clay: a cosine. */
const SHARPNESS_OF_COSINE = 2.1;

interface Box {
  toward: Vec3;
  strength: number;
  sharpness: number;
}

const unit = ([x, y, z]: Vec3): Vec3 => {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
};

const BOXES: Box[] = [
  { toward: unit([-1, 1.1, 0.9]), strength: 3.2, sharpness: 9 },
  { toward: unit([1.5, 0.5, 0.6]), strength: 1.1, sharpness: 7 },
  { toward: unit([0.5, 1.3, -1.2]), strength: 2.4, sharpness: 12 },
];

/** Gives the grey that comes from a direction, seen in a surface of this roughness. */
export function radiance([x, y, z]: Vec3, roughness: number): number {
  const alpha = Math.max(roughness * roughness, 0.01);
  const lobe = Math.max(1 / (2 * alpha * alpha), SHARPNESS_OF_COSINE);
  let sum = (FLOOR + CEILING) / 2 + ((CEILING - FLOOR) / 2) * y * (1 - roughness / 3);
  for (const { toward, strength, sharpness } of BOXES) {
    const both = (sharpness * lobe) / (sharpness + lobe);
    const cosine = toward[0] * x + toward[1] * y + toward[2] * z;
    sum += strength * (both / sharpness) * Math.exp(both * (cosine - 1));
  }
  return sum;
}

/** Gives the direction of a texel, (u, v) from -1 to 1, in the order +x -x +y -y +z -z of WebGL. */
function direction(face: number, u: number, v: number): Vec3 {
  const faces: Vec3[] = [
    [1, -v, -u],
    [-1, -v, u],
    [u, 1, v],
    [u, -1, -v],
    [u, -v, 1],
    [-u, -v, -1],
  ];
  return unit(faces[face]!);
}

function paint(face: number, size: number, roughness: number): DataTexture {
  const texels = new Uint16Array(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    const u = (((i % size) + 0.5) / size) * 2 - 1;
    const v = ((Math.floor(i / size) + 0.5) / size) * 2 - 1;
    const [x, y, z] = direction(face, u, v);
    // three turns cube textures inside out: x of the texture is -x of the world.
    texels.fill(DataUtils.toHalfFloat(radiance([-x, y, z], roughness)), 4 * i, 4 * i + 3);
    texels[4 * i + 3] = DataUtils.toHalfFloat(1);
  }
  const texture = new DataTexture(texels, size, size);
  texture.type = HalfFloatType;
  return texture;
}

function level(lod: number): DataTexture[] {
  const roughness = 1 - Math.sqrt(1 - Math.min(lod / (LEVELS - 1), 1));
  return Array.from({ length: 6 }, (_, face) => paint(face, SIZE >> lod, roughness));
}

/** Gives the environment map, already filtered for every roughness. */
export function room(): CubeTexture {
  const texture = new CubeTexture(level(0) as never);
  texture.mipmaps = Array.from({ length: LEVELS }, (_, i) => ({ image: level(i + 1) })) as never;
  texture.type = HalfFloatType;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = false;
  // Tells three that the levels are filtered for roughness already.
  (texture as { isPMREMTexture?: boolean }).isPMREMTexture = true;
  texture.needsUpdate = true;
  return texture;
}
