// The operations of the worker: name -> (header, buffers) -> [result, buffers]. Typed faces: codec.py, simplifier.py …

import { createRequire } from 'node:module';
import { MeshoptDecoder } from 'meshoptimizer/decoder';
import { MeshoptEncoder } from 'meshoptimizer/encoder';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import { dracoDecode, dracoEncode } from './draco.mjs';
import { ktx2Decode } from './ktx2.mjs';

await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready, MeshoptSimplifier.ready]);

const f32 = (bytes) => new Float32Array(bytes.buffer);
const u32 = (bytes) => new Uint32Array(bytes.buffer);

const FILTERS = {
  OCTAHEDRAL: MeshoptEncoder.encodeFilterOct,
  QUATERNION: MeshoptEncoder.encodeFilterQuat,
  EXPONENTIAL: MeshoptEncoder.encodeFilterExp,
  COLOR: MeshoptEncoder.encodeFilterColor,
};

let mikktspace; // loaded when first asked for, as the next
let validator; // 1.6 MB of generated code: loaded when first asked for

export const operations = {
  ping: () => [{ node: process.versions.node }, []],

  // For the tests of the caller: never ends, or dies.
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  die: () => process.exit(7),

  simplify({ attributes, weights, target, error, flags, locked }, buffers) {
    const [indices, positions] = [u32(buffers[0]), f32(buffers[1])];
    const values = attributes ? f32(buffers[2]) : new Float32Array(0);
    const lock = locked ? buffers[buffers.length - 1] : null;
    const [count, reached] = MeshoptSimplifier.simplifyWithUpdate(
      indices,
      positions,
      3,
      values,
      attributes,
      weights,
      lock,
      target,
      error,
      flags,
    );
    return [{ error: reached }, [indices.subarray(0, count), positions, values]];
  },

  prune({ error }, [indices, positions]) {
    return [{}, [MeshoptSimplifier.simplifyPrune(u32(indices), f32(positions), 3, error)]];
  },

  reorder({ forSize }, [buffer]) {
    const indices = u32(buffer);
    const [remap, unique] = MeshoptEncoder.reorderMesh(indices, true, forSize);
    return [{ unique }, [indices, remap]];
  },

  encode({ count, stride, mode, version }, [data]) {
    return [{}, [MeshoptEncoder.encodeGltfBuffer(data, count, stride, mode, version)]];
  },

  filter({ count, stride, filter, bits, share }, [data]) {
    return [{}, [FILTERS[filter](f32(data), count, stride, bits, share)]];
  },

  decode({ count, stride, mode, filter }, [data]) {
    const target = new Uint8Array(count * stride);
    MeshoptDecoder.decodeGltfBuffer(target, count, stride, data, mode, filter);
    return [{}, [target]];
  },

  // Corners, not vertices: MikkTSpace may split what an index joins.
  tangents(_, [positions, normals, uvs]) {
    mikktspace ??= createRequire(import.meta.url)('mikktspace');
    return [{}, [mikktspace.generateTangents(f32(positions), f32(normals), f32(uvs))]];
  },

  dracoDecode,
  dracoEncode,
  ktx2Decode,

  async validate({ maxIssues }, [data]) {
    validator ??= createRequire(import.meta.url)('gltf-validator');
    const report = await validator.validateBytes(data, { maxIssues, writeTimestamp: false });
    return [report, []];
  },
};
