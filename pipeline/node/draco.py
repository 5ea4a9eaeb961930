"""Draco meshes, decoded and encoded in the Node worker, whose WebAssembly is a fence round damaged files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.node import worker

COMPONENT_TYPES: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
"""glTF's component types."""

Kind = Literal["POSITION", "NORMAL", "TEX_COORD", "COLOR", "GENERIC"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute to encode.

    Attributes:
        kind: what Draco takes it for (decides its prediction).
        values: (V, n) float32, uint8 or uint16; integers are kept exactly.
        bits: of the quantisation, for floats.
        origin, extent: the quantisation's grid; None lets Draco take the values' own box.
    """

    kind: Kind
    values: NDArray[Any]
    bits: int = 0
    origin: tuple[float, ...] | None = None
    extent: float = 0.0


def decode(
    data: bytes, attributes: Mapping[int, int], *, max_points: int, max_faces: int
) -> tuple[NDArray[np.int64], dict[int, NDArray[Any]]]:
    """Decodes a triangle mesh.

    Args:
        data: the Draco data.
        attributes: unique id -> glTF component type wanted.
        max_points, max_faces: more is refused.

    Returns:
        (T, 3) triangles, and unique id -> (V, n) array; quantised positions are float64, put back in double
        precision. Draco's own counts hold, not the accessors'.

    Raises:
        Failed: damaged, or larger than allowed.
    """
    wanted = [{"id": key, "componentType": kind} for key, kind in attributes.items()]
    parameters = {"attributes": wanted, "maxPoints": max_points, "maxFaces": max_faces}
    result, (indices, *arrays) = worker().call("dracoDecode", parameters, [data], limit_s=120)
    found: dict[int, NDArray[Any]] = {}
    for (key, kind), raw, components, grid in zip(
        attributes.items(), arrays, result["components"], result["grids"], strict=True
    ):
        dtype = np.dtype("<i4") if grid else COMPONENT_TYPES[kind]
        values = np.frombuffer(raw, dtype).reshape(result["points"], components)
        found[key] = values * grid["step"] + np.array(grid["origin"]) if grid else values
    return np.frombuffer(indices, "<u4").reshape(-1, 3).astype(np.int64), found


def encode(
    triangles: NDArray[np.int32], attributes: list[Attribute], *, speed: int = 0
) -> tuple[bytes, list[int]]:
    """Encodes a triangle mesh by edgebreaker; speed 0 is smallest (Draco's level 10).

    Returns:
        The data, and each attribute's unique id. Draco splits, drops and reorders vertices: decode to know.
    """
    described = []
    buffers = [np.ascontiguousarray(triangles, "<u4").tobytes()]
    for attribute in attributes:
        kind = {"f": 5126, "u": 5121 if attribute.values.dtype.itemsize == 1 else 5123}[
            attribute.values.dtype.kind
        ]
        described.append(
            {
                "kind": attribute.kind,
                "components": attribute.values.shape[1],
                "componentType": kind,
                "bits": attribute.bits,
                "origin": attribute.origin,
                "range": attribute.extent,
            }
        )
        buffers.append(np.ascontiguousarray(attribute.values).tobytes())
    parameters = {"attributes": described, "vertices": len(attributes[0].values), "speed": speed}
    result, (data,) = worker().call("dracoEncode", parameters, buffers)
    return data, list(result["ids"])
