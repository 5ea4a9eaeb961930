"""Tangents for materials with a normal map, written into the file so that every reader sees the same relief.

Without them a reader makes up a tangent space of its own, and the Khronos validator warns
(MESH_PRIMITIVE_GENERATED_TANGENT_SPACE). Ours are MikkTSpace's, what bakers write normal maps for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.rows import first_of, same_rows
from pipeline.node.tangents import corner_tangents

STEPS = 127
"""Tangents are kept as signed bytes, within half a degree."""


def with_tangents(
    positions: NDArray[np.float64],
    normals: NDArray[np.float32],
    uv: NDArray[np.float32],
    triangles: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int8], NDArray[np.int32]]:
    """Gives each vertex one tangent; where corners at a vertex do not agree it is doubled.

    Args:
        positions, normals, uv: (V, 3), (V, 3), (V, 2).
        triangles: (T, 3).

    Returns:
        Which vertex each new one was (W,), tangents (W, 4) with the bitangent's sign, triangles (T, 3).
    """
    corners = corner_tangents(positions, normals, uv, triangles)
    tangents = np.rint(_at_right_angles(corners, normals[triangles]) * STEPS).astype(np.int8)
    flat, at = tangents.reshape(-1, 4), triangles.reshape(-1)
    new = same_rows(at, flat)
    first = first_of(new)
    return at[first].astype(np.int64), flat[first], new.reshape(-1, 3).astype(np.int32)


def _at_right_angles(tangents: NDArray[np.float32], normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tangents of length one across the normals; any such where MikkTSpace has none (no area in the UVs)."""
    along, sign = tangents[..., :3], np.where(tangents[..., 3:] < 0, -1, 1)
    along = along - (along * normals).sum(axis=-1, keepdims=True) * normals
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    lying = np.where(np.abs(normals[..., :1]) < 0.9, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    other = np.cross(normals, np.cross(lying, normals))
    other /= np.maximum(np.linalg.norm(other, axis=-1, keepdims=True), 1e-12)
    out = np.where(length > 1e-6, along / np.maximum(length, 1e-6), other)
    return np.concatenate([out, sign], axis=-1).astype(np.float32)
