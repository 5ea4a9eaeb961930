"""A surface prepared for rays and closest points: Open3D's RaycastingScene over coordinates near the origin.

Single precision is all the scene has: a local origin is taken off first, so that an unplaced survey 300 m
out loses nothing. Building costs 0.1-0.8 s for a million triangles, so a scene is kept for as long as its
Surface lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm
from pipeline.matter.surface import Surface
from pipeline.measure.o3d import open3d

CHUNK = 1 << 17
"""Points or rays handed over at a time: bounds the memory of the answers to some 20 MB."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The ray-casting scene of one surface; ``origin`` (3,) float64 is what was taken off its coordinates."""

    scene: Any
    origin: NDArray[np.float64]

    def distances(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        """Gives each point's distance to the surface, (N,), in the unit of the surface's positions."""
        parts = [self._distances(points[i : i + CHUNK]) for i in range(0, len(points), CHUNK)]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _distances(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        return self._closest(points)[0]

    def closest(
        self, points: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32]]:
        """Gives each point's distance to the surface (N,) and the nearest place: triangle (N,), barycentric
        uv (N, 2) of its corners 1 and 2."""
        parts = [self._closest(points[i : i + CHUNK]) for i in range(0, len(points), CHUNK)]
        if not parts:
            return np.zeros(0, np.float32), np.zeros(0, np.uint32), np.zeros((0, 2), np.float32)
        gaps, triangles, uvs = zip(*parts, strict=True)
        return np.concatenate(gaps), np.concatenate(triangles), np.concatenate(uvs)

    def nearest(self, points: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """Gives the place alone of :meth:`closest`: triangle (N,) and uv (N, 2)."""
        return self.closest(points)[1:]

    def _closest(
        self, points: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32]]:
        local = np.ascontiguousarray(points - self.origin, dtype=np.float32)
        found = self.scene.compute_closest_points(open3d().core.Tensor(local))
        gaps: NDArray[np.float32] = np.linalg.norm(local - found["points"].numpy(), axis=1)
        return gaps, found["primitive_ids"].numpy(), found["primitive_uvs"].numpy()

    def cast(
        self, rays: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32]]:
        """Casts (N, 6) rays (origin less ``self.origin``, direction).

        Returns:
            distance (N,) with inf for a miss, triangle (N,), barycentric uv (N, 2) of corners 1 and 2, unit
            normal of the triangle (N, 3) on its outer side.
        """
        hit = self.scene.cast_rays(open3d().core.Tensor(rays))
        names = ("t_hit", "primitive_ids", "primitive_uvs", "primitive_normals")
        far, triangle, uv, normal = (hit[name].numpy() for name in names)
        return far, triangle, uv, normal

    def blocked(self, rays: NDArray[np.float32], far: float) -> NDArray[np.bool_]:
        """Says for (N, 6) rays whether anything lies on them nearer than ``far``."""
        answer: NDArray[np.bool_] = self.scene.test_occlusions(open3d().core.Tensor(rays), tfar=far).numpy()
        return answer


def _build(surface: Surface) -> Scene:
    o3d = open3d()
    low, high = surface.bounds
    origin = (low + high) / 2
    scene = o3d.t.geometry.RaycastingScene()
    points = np.ascontiguousarray(surface.positions - origin, dtype=np.float32)
    triangles = np.ascontiguousarray(surface.triangles, dtype=np.uint32)
    scene.add_triangles(o3d.core.Tensor(points), o3d.core.Tensor(triangles))
    # the first question builds the tree; two threads that both ask first crash the process
    scene.compute_closest_points(o3d.core.Tensor(np.zeros((1, 3), np.float32)))
    return Scene(scene, origin)


scene_of = PerForm(_build)
"""Gives the scene of a surface, built once for as long as the surface is alive."""
