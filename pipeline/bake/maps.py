"""The pictures that are baked: colour, tangent-space normals, occlusion. One row a texel, in linear light."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.bake.rays import Places
from pipeline.measure.scene import Scene
from pipeline.render.draw import LINEAR_TO_SRGB
from pipeline.render.look import Look

LIFT = 2e-4
"""Start of occlusion rays above the surface, as a share of the diagonal: more than single precision loses."""
OPEN = 0.3
"""How far off something darkens, as a share of the diagonal."""


def colours(look: Look, places: Places) -> NDArray[np.uint8]:
    """Gives the scan's colours at places (N, 3), sRGB; the look decodes textures at the right footprint."""
    linear = look.colours(places.triangle.astype(np.uint32), places.uv)
    return np.asarray(LINEAR_TO_SRGB[(np.clip(linear, 0, 1) * np.float32(65535)).astype(np.uint16)])


def normals(
    seen: NDArray[np.float32],
    normal: NDArray[np.float32],
    tangent: NDArray[np.float32],
    sign: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Gives normals in tangent space as colours (N, 3).

    Args:
        seen: the scan's unit normals (N, 3).
        normal: the level's, blended over the triangle and not made unit again (N, 3), as MikkTSpace asks.
        tangent: the level's, likewise (N, 3).
        sign: of the bitangent (N,).

    The scan's normal is written in the frame that the reader will have; its three vectors are nearly at right
    angles, so the products are the coordinates.
    """
    bitangent = sign[:, None] * np.cross(normal, tangent)
    frame = [_unit(v) for v in (tangent, bitangent, normal)]
    out = np.stack([np.einsum("ij,ij->i", seen, axis) for axis in frame], axis=1)
    out[:, 2] = np.maximum(out[:, 2], 0.05)  # a texel is never lit from behind the level
    return np.asarray(np.rint((_unit(out) * 0.5 + 0.5) * 255), np.uint8)


def openness(
    scene: Scene,
    points: NDArray[np.float64],
    normal: NDArray[np.float32],
    *,
    diagonal: float,
    rays: int,
) -> NDArray[np.uint8]:
    """Gives how much of the room each place of the scan sees, 0 to 255 (N,): cosine-weighted rays.

    Args:
        scene: of the scan.
        points: on the scan (N, 3).
        normal: unit (N, 3).
        diagonal: of the object, metres; things farther than a third of it darken nothing.
        rays: per place.
    """
    at = (points - scene.origin).astype(np.float32) + normal * np.float32(LIFT * diagonal)
    side, up = _frame(normal)
    turn = np.modf(np.arange(len(at)) * 0.754877666)[0].astype(np.float32)
    seen = np.zeros(len(at), np.float32)
    for i in range(rays):
        height = math.sqrt(1 - (i + 0.5) / rays)
        wide = math.sqrt(1 - height * height)
        angle = 2 * math.pi * (turn + np.float32(i * 0.618034))
        across = side * np.cos(angle)[:, None] + up * np.sin(angle)[:, None]
        ray = normal * np.float32(height) + across * np.float32(wide)
        seen += ~scene.blocked(np.concatenate([at, ray], axis=1, dtype=np.float32), OPEN * diagonal)
    return np.asarray(np.rint(seen / rays * 255), np.uint8)


def _frame(normal: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two unit vectors across each normal (N, 3)."""
    lying = np.where(np.abs(normal[:, 1:2]) < 0.9, (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    side = _unit(np.cross(lying, normal))
    return side, np.cross(normal, side).astype(np.float32)


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), np.float32)
