"""What a photogrammetry program does to a clean form: correlated noise, holes, floating specks, rags of
the table.

Noise is a sum of waves through space (so it is continuous across seams) plus a little white noise, along the
normal. All figures in mm.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from .shape import Shape, vertex_normals

Array = NDArray[Any]


def noisy(shape: Shape, rng: np.random.Generator, *, rms_mm: float, waves: int = 40) -> Shape:
    """Gives the shape with noise of ``rms_mm`` along its normals, wavelengths 3 to 60 mm, a fifth of it
    white.
    """
    normals = vertex_normals(shape.positions, shape.triangles)
    length = np.exp(rng.uniform(np.log(3.0), np.log(60.0), waves))
    way = rng.standard_normal((waves, 3))
    way *= (2 * np.pi / length / np.linalg.norm(way, axis=1))[:, None]
    phase = rng.uniform(0, 2 * np.pi, waves)
    weight = length**0.35
    weight *= np.sqrt(2 / (weight**2).sum())
    p = shape.positions.astype(np.float32)
    wave = np.zeros(len(p), np.float32)
    for k in range(waves):
        wave += np.float32(weight[k]) * np.cos(p @ way[k].astype(np.float32) + np.float32(phase[k]))
    shift = rms_mm * (0.98 * wave + 0.2 * np.clip(rng.standard_normal(len(p)), -3, 3))
    return Shape(shape.positions + normals * shift[:, None], shape.triangles, shape.sheet_of, shape.corners)


def holed(shape: Shape, rng: np.random.Generator, centres: Array, radii: Array) -> Shape:
    """Gives the shape without the triangles round some places, with ragged borders."""
    middle = shape.positions[shape.triangles].mean(axis=1)
    keep = np.ones(len(middle), bool)
    ragged = rng.uniform(0.75, 1.25, len(middle))
    for centre, radius in zip(centres, radii, strict=True):
        keep &= np.linalg.norm(middle - centre, axis=1) > radius * ragged
    return shape.keep(keep)


def specks(shape: Shape, rng: np.random.Generator, count: int, size_mm: float) -> Shape:
    """Gives small closed lumps floating near the surface, coloured like the place they lie over."""
    from .shape import join

    normals = vertex_normals(shape.positions, shape.triangles)
    lumps = []
    for face in rng.integers(0, len(shape.triangles), count):
        corner = int(shape.triangles[face, 0])
        radius = size_mm * rng.uniform(0.3, 1.0)
        ball = rng.standard_normal((int(rng.integers(8, 34)), 3))
        ball *= (radius * rng.uniform(0.6, 1.0, len(ball)) / np.linalg.norm(ball, axis=1))[:, None]
        ball[:, 1] *= 0.5
        hull = ConvexHull(ball)
        used, tri = np.unique(hull.simplices, return_inverse=True)
        tri, points = tri.reshape(-1, 3), ball[used]
        p = points[tri]
        inward = np.einsum("ij,ij->i", np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]), p.mean(axis=1)) < 0
        tri[inward] = tri[inward][:, ::-1]
        centre = shape.positions[corner] + normals[corner] * rng.uniform(3, 14) + [0, rng.uniform(0, 4), 0]
        at = np.repeat(shape.corners[face][None], len(tri), axis=0)
        lumps.append(
            Shape(points + centre, tri.astype(np.int32), np.full(len(tri), shape.sheet_of[face]), at)
        )
    return join(lumps)


def cloth(rng: np.random.Generator, sheet: int, sheet_mm: float, rags: Array, floor_mm: float) -> Shape:
    """Gives rags of the cloth that the object stood on.

    Args:
        rng: source of their outlines.
        sheet: number of the cloth's sheet, ``sheet_mm`` square round 0.
        sheet_mm: its side.
        rags: (N, 4): middle x, middle z, size along and across the radius.
        floor_mm: height on which they lie.
    """
    from .shape import join
    from .slab import _face

    class Rag:
        def __init__(self, along: float, across: float) -> None:
            self.size = (along, across)
            self.phase = rng.uniform(0, 6.28, 6)

        def radius(self, angle: Array) -> Array:
            lobes = sum(np.sin((k + 2) * angle + self.phase[k]) / (k + 3) for k in range(6))
            return np.asarray((1 + 0.35 * lobes) * self.size[0])

        def inside(self, x: Array, y: Array) -> Array:
            return np.asarray(self.radius(np.arctan2(y, x)) - np.hypot(x, y))

    parts = []
    for x, z, along, across in rags:
        rag = Rag(float(along), float(across))
        angle = np.linspace(0, 2 * np.pi, max(12, int(along * 2.2)), endpoint=False)
        rim = np.stack([rag.radius(angle) * np.cos(angle), rag.radius(angle) * np.sin(angle)], axis=1)
        points, tri = _face(rag, rim, rng, 2.6, 0.33)  # type: ignore[arg-type]
        points = points * [1.0, across / along]
        turn = np.arctan2(z, x)
        c, s = np.cos(turn), np.sin(turn)
        px = x + points[:, 0] * c - points[:, 1] * s
        pz = z + points[:, 0] * s + points[:, 1] * c
        py = floor_mm + 0.35 * np.sin(px / 5.1) * np.cos(pz / 6.3) + rng.normal(0, 0.15, len(px))
        flat = np.stack([px, -pz], axis=1)
        parts.append(
            Shape(
                np.stack([px, py, pz], axis=1),
                tri[:, ::-1].astype(np.int32),
                np.full(len(tri), sheet),
                flat[tri[:, ::-1]],
            )
        )
    return join(parts)
