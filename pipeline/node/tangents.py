"""Tangents as MikkTSpace has them: what glTF readers work out for themselves where a file brings none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.node import worker


def corner_tangents(
    positions: NDArray[np.floating],
    normals: NDArray[np.float32],
    uv: NDArray[np.float32],
    triangles: NDArray[np.int32],
) -> NDArray[np.float32]:
    """Gives the tangent of every triangle corner, (T, 3, 4) float32; the last value is the bitangent's sign.

    Args:
        positions: (V, 3).
        normals: (V, 3), unit.
        uv: (V, 2), glTF's way: v runs downwards.
        triangles: (T, 3).

    The bitangent is sign times cross(normal, tangent) and points against v (glTF 2.0, 3.7.2.1).

    Raises:
        Failed: the worker could not do it.
    """
    low, high = positions.min(axis=0), positions.max(axis=0)
    local = (positions - (low + high) / 2).astype("<f4")
    buffers = [np.ascontiguousarray(a[triangles].astype("<f4")).tobytes() for a in (local, normals, uv)]
    _, out = worker().call("tangents", {}, buffers)
    tangents = np.frombuffer(out[0], "<f4").reshape(-1, 3, 4).copy()
    tangents[..., 3] *= -1  # MikkTSpace counts v upwards
    return tangents
