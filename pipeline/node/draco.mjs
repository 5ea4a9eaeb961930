// Draco by Google's own decoder and encoder in WebAssembly: a damaged file can at worst end this process.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let decoderModule;
let encoderModule;

const TYPES = {
  5120: ['DT_INT8', Int8Array],
  5121: ['DT_UINT8', Uint8Array],
  5122: ['DT_INT16', Int16Array],
  5123: ['DT_UINT16', Uint16Array],
  5125: ['DT_UINT32', Uint32Array],
  5126: ['DT_FLOAT32', Float32Array],
};

// { attributes: [{ id, componentType }] }, [data] -> { points, faces, components: [], grids: [] },
// [indices u32, ...attributes]. Positions come as the integers of their grid: Draco itself would put them back in
// single precision, which 300 m from the origin is a jitter of 0.03 mm.
export async function dracoDecode({ attributes, maxPoints, maxFaces }, [data]) {
  decoderModule ??= await require('draco3dgltf').createDecoderModule();
  const module = decoderModule;
  const [decoder, buffer, mesh] = [new module.Decoder(), new module.DecoderBuffer(), new module.Mesh()];
  try {
    buffer.Init(data, data.length);
    decoder.SkipAttributeTransform(module.POSITION);
    if (decoder.GetEncodedGeometryType(buffer) !== module.TRIANGULAR_MESH)
      throw new Error('no Draco triangle mesh');
    const status = decoder.DecodeBufferToMesh(buffer, mesh);
    if (!status.ok() || mesh.ptr === 0) throw new Error(`Draco: ${status.error_msg()}`);
    const [points, faces] = [mesh.num_points(), mesh.num_faces()];
    if (points > maxPoints || faces > maxFaces)
      throw new Error(`Draco holds ${points} points, ${faces} faces`);
    const out = [
      copy(module, Uint32Array, faces * 12, (n, p) => decoder.GetTrianglesUInt32Array(mesh, n, p)),
    ];
    const [components, grids] = [[], []];
    for (const { id, componentType } of attributes) {
      const attribute = decoder.GetAttributeByUniqueId(mesh, id);
      if (attribute.ptr === 0) throw new Error(`Draco has no attribute ${id}`);
      const grid = attribute.attribute_type() === module.POSITION ? gridOf(module, attribute) : null;
      const [name, kind] = grid ? ['DT_INT32', Int32Array] : TYPES[componentType];
      const bytes = points * attribute.num_components() * kind.BYTES_PER_ELEMENT;
      components.push(attribute.num_components());
      grids.push(grid);
      out.push(
        copy(module, kind, bytes, (n, p) =>
          decoder.GetAttributeDataArrayForAllPoints(mesh, attribute, module[name], n, p),
        ),
      );
    }
    return [{ points, faces, components, grids }, out];
  } finally {
    for (const object of [mesh, buffer, decoder]) module.destroy(object);
  }
}

function gridOf(module, attribute) {
  const transform = new module.AttributeQuantizationTransform();
  try {
    if (!transform.InitFromAttribute(attribute)) return null;
    const origin = Array.from({ length: attribute.num_components() }, (_, i) => transform.min_value(i));
    return { origin, step: transform.range() / (2 ** transform.quantization_bits() - 1) };
  } finally {
    module.destroy(transform);
  }
}

function copy(module, kind, bytes, fill) {
  const pointer = module._malloc(bytes);
  try {
    if (!fill(bytes, pointer)) throw new Error('Draco data is damaged');
    return new kind(module.HEAPU8.slice(pointer, pointer + bytes).buffer);
  } finally {
    module._free(pointer);
  }
}

// { attributes: [{ kind, components, componentType, bits, origin, range }], vertices, speed }, [indices, ...arrays]
// -> { ids, points, faces }, [data]
export async function dracoEncode({ attributes, vertices, speed }, [indices, ...arrays]) {
  encoderModule ??= await require('draco3dgltf').createEncoderModule();
  const module = encoderModule;
  const [builder, mesh] = [new module.MeshBuilder(), new module.Mesh()];
  const faces = indices.length / 12;
  const made = [builder, mesh];
  try {
    builder.AddFacesToMesh(mesh, faces, new Uint32Array(indices.buffer));
    const add = { 5126: 'AddFloatAttribute', 5121: 'AddUInt8Attribute', 5123: 'AddUInt16Attribute' };
    const ids = attributes.map(({ kind, components, componentType }, i) => {
      const values = new TYPES[componentType][1](arrays[i].buffer);
      return builder[add[componentType]](mesh, module[kind], vertices, components, values);
    });
    const encoder = new module.ExpertEncoder(mesh);
    made.push(encoder);
    encoder.SetEncodingMethod(module.MESH_EDGEBREAKER_ENCODING);
    encoder.SetSpeedOptions(speed, speed);
    encoder.SetTrackEncodedProperties(true);
    attributes.forEach(({ components, componentType, bits, origin, range }, i) => {
      if (componentType !== 5126) return;
      if (origin) encoder.SetAttributeExplicitQuantization(ids[i], bits, components, origin, range);
      else encoder.SetAttributeQuantization(ids[i], bits);
    });
    const output = new module.DracoInt8Array();
    made.push(output);
    const length = encoder.EncodeToDracoBuffer(false, output);
    if (length <= 0) throw new Error('Draco could not encode the mesh');
    const data = new Uint8Array(length);
    for (let i = 0; i < length; i++) data[i] = output.GetValue(i);
    const [points, left] = [encoder.GetNumberOfEncodedPoints(), encoder.GetNumberOfEncodedFaces()];
    return [{ ids, points, faces: left }, [data]];
  } finally {
    made.reverse().forEach((object) => module.destroy(object));
  }
}
