"""A part as a glTF primitive: plain or meshopt-compressed accessors, or one Draco buffer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats import gltf_quantise as quantise
from pipeline.formats.gltf_binary import COMPONENT_TYPES, Binary
from pipeline.formats.gltf_parts import Part, Settings
from pipeline.node import codec, draco

DRACO_FLOAT_BITS = 20
"""Of positions that shall have single precision: Draco knows no other numbers than integers."""
DRACO_UV_BITS = 20
"""At most: a 16384 px texture 32 times over, and single precision knows no more of it."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A primitive's JSON, and what is stored."""

    primitive: dict[str, Any]
    vertices: int
    triangles: int


def encode_plain(binary: Binary, part: Part, settings: Settings) -> Encoded:
    """Adds a part as accessors, in the order that compresses (or draws) best."""
    triangles, order = codec.optimise_order(
        part.triangles, len(part.positions), for_size=binary.meshopt is not None
    )
    attributes = {"POSITION": binary.attribute(part.positions[order], bounds=True)}
    if part.normals is not None:
        attributes["NORMAL"] = _normals(binary, part.normals[order], settings.normal_bits)
    if part.tangents is not None:
        attributes["TANGENT"] = _tangents(binary, part.tangents[order], settings)
    for number, uvs in enumerate(part.uvs):
        attributes[f"TEXCOORD_{number}"] = binary.attribute(uvs[order], normalized=uvs.dtype == np.uint16)
    if part.colours is not None:
        attributes["COLOR_0"] = _colours(binary, part.colours[order])
    indices = binary.indices(triangles, len(order))
    return Encoded({"attributes": attributes, "indices": indices}, len(order), len(triangles))


def _normals(binary: Binary, normals: NDArray[np.float32], bits: int) -> int:
    if bits >= quantise.FLOAT_BITS:
        return binary.attribute(normals)
    values = np.rint(normals * (127 if bits <= 8 else 32767)).astype(np.int8 if bits <= 8 else np.int16)
    if binary.meshopt is None:
        return binary.attribute(values, normalized=True)
    four = np.zeros((len(normals), 4), np.float32)
    four[:, :3] = normals
    packed = codec.apply_filter(four, "OCTAHEDRAL", stride=4 * values.itemsize, bits=bits)
    return binary.attribute(values, normalized=True, packed=("OCTAHEDRAL", packed))


def _tangents(binary: Binary, tangents: NDArray[np.int8], settings: Settings) -> int:
    single = tangents.astype(np.float32) / np.float32(127)
    if settings.normal_bits >= quantise.FLOAT_BITS:
        single[:, :3] /= np.linalg.norm(single[:, :3], axis=1, keepdims=True)
        return binary.attribute(single)
    if binary.meshopt is None:
        return binary.attribute(tangents, normalized=True)
    packed = codec.apply_filter(single, "OCTAHEDRAL", stride=4, bits=8)
    return binary.attribute(tangents, normalized=True, packed=("OCTAHEDRAL", packed))


def _colours(binary: Binary, colours: NDArray[Any]) -> int:
    """Version 1 has a filter that takes brightness apart from tint: 25 k grey vertices 59 -> 20 KB."""
    if binary.meshopt != "KHR_meshopt_compression":
        return binary.attribute(colours, normalized=True)
    linear = (colours / np.float32(np.iinfo(colours.dtype).max)).astype(np.float32)
    bits = 8 if colours.dtype == np.uint8 else 12
    packed = codec.apply_filter(linear, "COLOR", stride=4 * colours.itemsize, bits=bits)
    return binary.attribute(colours, normalized=True, packed=("COLOR", packed))


def encode_draco(binary: Binary, part: Part, grid: quantise.Grid | None, settings: Settings) -> Encoded:
    """Adds a part as Draco, all parts on one grid; counts and bounds are read back from what was encoded."""
    columns = _draco_columns(part, grid, settings)
    data, ids = draco.encode(part.triangles, list(columns.values()))
    names = dict(zip(ids, columns, strict=True))
    kinds = {key: COMPONENT_TYPES[columns[name].values.dtype.name] for key, name in names.items()}
    triangles, found = draco.decode(data, kinds, max_points=1 << 31, max_faces=1 << 31)
    attributes = {}
    for key, name in names.items():
        values, dtype = found[key], columns[name].values.dtype
        more: dict[str, Any] = {} if dtype.kind == "f" else {"normalized": True}
        if name == "POSITION":
            single = values.astype(np.float32).astype(np.float64)
            more = {"min": single.min(axis=0).tolist(), "max": single.max(axis=0).tolist()}
        attributes[name] = binary.bare(len(values), values.shape[1], dtype.name, **more)
        binary.decoded_bytes += len(values) * (-(-values.shape[1] * dtype.itemsize // 4) * 4)
    vertices = len(found[ids[0]])
    kind = "uint16" if vertices <= 65535 else "uint32"
    binary.decoded_bytes += 3 * len(triangles) * (2 if kind == "uint16" else 4)
    described = {"bufferView": binary.blob(data), "attributes": {name: key for key, name in names.items()}}
    primitive = {
        "attributes": attributes,
        "indices": binary.bare(3 * len(triangles), 1, kind),
        "extensions": {"KHR_draco_mesh_compression": described},
    }
    return Encoded(primitive, vertices, len(triangles))


def _draco_columns(part: Part, grid: quantise.Grid | None, settings: Settings) -> dict[str, draco.Attribute]:
    positions = part.positions.astype(np.float64)
    if grid is not None:
        positions = positions * grid.step + np.array(grid.low)
        where = draco.Attribute("POSITION", positions.astype(np.float32), grid.bits, grid.low, grid.extent)
    else:
        where = draco.Attribute("POSITION", positions.astype(np.float32), DRACO_FLOAT_BITS)
    out = {"POSITION": where}
    if part.normals is not None:
        out["NORMAL"] = draco.Attribute("NORMAL", part.normals, min(settings.normal_bits, 16))
    if part.tangents is not None:
        out["TANGENT"] = draco.Attribute("GENERIC", part.tangents.astype(np.float32) / 127, 10)
    for number, (uvs, bits) in enumerate(zip(part.uvs, part.uv_bits, strict=True)):
        out[f"TEXCOORD_{number}"] = draco.Attribute("TEX_COORD", uvs, min(bits, DRACO_UV_BITS))
    if part.colours is not None:
        opaque = bool((part.colours[:, 3] == np.iinfo(part.colours.dtype).max).all())
        out["COLOR_0"] = draco.Attribute("COLOR", part.colours[:, : 3 if opaque else 4])
    return out
