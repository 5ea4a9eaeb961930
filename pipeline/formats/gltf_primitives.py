"""One primitive of a glTF mesh as arrays: plain or Draco; triangles, strips and fans; our conventions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Failed, Refused
from pipeline.formats.gltf_accessors import COMPONENTS, floats, integers, place_of, unpacked, view
from pipeline.formats.gltf_claims import vertices_max
from pipeline.formats.gltf_container import Document, Stretch
from pipeline.formats.gltf_types import DracoPrimitive, Primitive

TRIANGLES, STRIP, FAN = 4, 5, 6
WANTED = {"POSITION": (3,), "NORMAL": (3,), "TEXCOORD_0": (2,), "TEXCOORD_1": (2,), "COLOR_0": (3, 4)}


@dataclass(frozen=True, slots=True)
class Arrays:
    """A primitive in its mesh's own coordinates; colours are sRGB with straight alpha."""

    triangles: NDArray[np.int32]
    positions: NDArray[np.float32] | NDArray[np.float64]
    normals: NDArray[np.float32] | None
    uvs: dict[int, NDArray[np.float32]]
    colours: NDArray[np.uint8] | None
    cut_indices: int

    @property
    def weight(self) -> int:
        """How many vertices it counts for: a mesh has about two triangles to a vertex, not a hundred."""
        return max(len(self.positions), len(self.triangles) // 2)


def read_primitive(document: Document, primitive: Primitive) -> Arrays:
    """Reads a primitive of triangles, a strip or a fan.

    Raises:
        Refused: damaged, or its indices point outside of its vertices.
    """
    values, indices = _attributes(document, primitive)
    if "POSITION" not in values:
        raise Refused("a primitive has no positions", where=document.name)
    positions = values["POSITION"]
    vertices = len(positions)
    if any(len(array) != vertices for array in values.values()):
        raise Refused("a primitive's attributes have different lengths", where=document.name)
    if indices is None:
        indices = np.arange(vertices, dtype=np.int64)
    elif len(indices) and (indices.max() >= vertices or indices.min() < 0):
        raise Refused(f"a triangle uses vertex {indices.max()} of {vertices}", where=document.name)
    triangles = _triangles(indices, primitive.mode)
    colours = values.get("COLOR_0")
    return Arrays(
        triangles.astype(np.int32),
        positions,
        values.get("NORMAL"),
        {n: values[f"TEXCOORD_{n}"] for n in (0, 1) if f"TEXCOORD_{n}" in values},
        None if colours is None else to_srgb(colours),
        len(indices) % 3 if primitive.mode == TRIANGLES else 0,
    )


def claim(document: Document, primitive: Primitive) -> tuple[int, Stretch | None]:
    """Gives what a primitive says that it weighs, and where its vertices lie (None: nowhere, they are zeros).

    Nothing is unpacked; Draco says it only then (0), and is held while it is.
    """
    draco = document.extension(primitive.extensions, "KHR_draco_mesh_compression", DracoPrimitive)
    if draco is not None:
        return 0, place_of(document, draco.buffer_view)
    accessors = document.gltf.accessors
    if "POSITION" not in primitive.attributes:
        return 0, None  # the reader says so
    positions = document.item(accessors, primitive.attributes["POSITION"], "accessor")
    corners = 0
    if primitive.indices is not None:
        corners = document.item(accessors, primitive.indices, "accessor").count
    triangles = corners // 3 if primitive.mode == TRIANGLES else corners
    if positions.buffer_view is None:
        return triangles // 2, None
    return max(positions.count, triangles // 2), place_of(document, positions.buffer_view)


def to_srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Gives linear (N, 3 or 4) colours in 0..1 as (N, 4) sRGB bytes; alpha stays linear (IEC 61966-2-1)."""
    value = np.clip(np.nan_to_num(linear), 0, 1).astype(np.float64)
    rgb = value[:, :3]
    curved = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * np.power(rgb, 1 / 2.4) - 0.055)
    alpha = value[:, 3:] if value.shape[1] == 4 else np.ones((len(value), 1))
    out: NDArray[np.uint8] = np.rint(np.hstack([curved, alpha]) * 255).astype(np.uint8)
    return out


def _attributes(
    document: Document, primitive: Primitive
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
    draco = document.extension(primitive.extensions, "KHR_draco_mesh_compression", DracoPrimitive)
    if draco is not None:
        return _draco(document, primitive, draco)
    values = {
        name: floats(document, primitive.attributes[name], sizes)
        for name, sizes in WANTED.items()
        if name in primitive.attributes
    }
    return values, None if primitive.indices is None else integers(document, primitive.indices)


def _draco(
    document: Document, primitive: Primitive, draco: DracoPrimitive
) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
    from pipeline.node import draco as codec

    data, _ = view(document, draco.buffer_view)
    most = vertices_max(document)
    accessors = {
        name: document.item(document.gltf.accessors, primitive.attributes.get(name), "accessor")
        for name in WANTED
        if name in draco.attributes
    }
    wanted: dict[int, int] = {
        draco.attributes[name]: accessor.component_type for name, accessor in accessors.items()
    }
    try:
        triangles, found = codec.decode(bytes(data), wanted, max_points=most, max_faces=2 * most)
    except Failed as error:
        raise Refused("the Draco data is damaged", where=document.name, do="copy the file again") from error
    values: dict[str, NDArray[Any]] = {}
    for name, accessor in accessors.items():
        array: NDArray[Any] = found[draco.attributes[name]]
        if array.shape[1] != COMPONENTS.get(accessor.type) or array.shape[1] not in WANTED[name]:
            raise Refused(f"Draco holds {array.shape[1]} numbers for each {name}", where=document.name)
        values[name] = array if array.dtype == np.float64 else unpacked(array, accessor.normalized)
    return values, triangles.ravel()


def _triangles(indices: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    if mode == TRIANGLES:
        return indices[: len(indices) // 3 * 3].reshape(-1, 3)
    if len(indices) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == FAN:
        first = np.full(len(indices) - 2, indices[0])
        return np.stack([indices[1:-1], indices[2:], first], axis=1)
    out: NDArray[np.int64] = np.stack([indices[:-2], indices[1:-1], indices[2:]], axis=1)
    out[1::2] = out[1::2][:, [0, 2, 1]]  # every second triangle of a strip runs the other way round
    degenerate = (out[:, 0] == out[:, 1]) | (out[:, 1] == out[:, 2]) | (out[:, 0] == out[:, 2])
    kept: NDArray[np.int64] = out[~degenerate]
    return kept  # the joints between strips
