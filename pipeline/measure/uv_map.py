"""Values at vertices as a picture over a texture: what the surface says at each texel.

Triangles are laid flat by their UVs and asked by rays, as a scan is (``measure.scene``); texels outside of
all of them take the value of the nearest that is inside, so that nothing bleeds in at the borders of charts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure.o3d import open3d

ROWS = 128
"""Rows of texels asked at a time."""


def uv_map(
    surface: Surface, values: NDArray[np.floating], *, digest: str, width: int, height: int
) -> NDArray[np.float32] | None:
    """Lays values out over a texture.

    Args:
        surface: with the texture.
        values: (V,) one a vertex.
        digest: of the colour texture whose triangles are meant.
        width, height: of the map, in texels.

    Returns:
        (height, width) float32; where charts lie upon one another, one of them. None where no triangle with
        that texture covers a texel.
    """
    from scipy.ndimage import distance_transform_edt  # half a second to import, and few runs come here

    flat, corner = _flat(surface, digest)
    if len(flat) == 0:
        return None
    o3d = open3d()
    scene = o3d.t.geometry.RaycastingScene()
    points = np.concatenate([flat.reshape(-1, 2), np.zeros((flat.shape[0] * 3, 1))], axis=1)
    scene.add_triangles(
        o3d.core.Tensor(points.astype(np.float32)),
        o3d.core.Tensor(np.arange(len(points), dtype=np.uint32).reshape(-1, 3)),
    )
    out = np.zeros((height, width), np.float32)
    covered = np.zeros((height, width), bool)
    at = values.astype(np.float32)[corner]
    for begin in range(0, height, ROWS):
        rows = slice(begin, min(height, begin + ROWS))
        hit = scene.cast_rays(o3d.core.Tensor(_rays(rows, width, height)))
        triangle, uv = hit["primitive_ids"].numpy(), hit["primitive_uvs"].numpy()
        there = np.isfinite(hit["t_hit"].numpy())
        weight = np.stack([1 - uv.sum(axis=1), uv[:, 0], uv[:, 1]], axis=1)
        found = (at[np.where(there, triangle, 0)] * weight).sum(axis=1)
        out[rows] = np.where(there, found, 0).reshape(-1, width)
        covered[rows] = there.reshape(-1, width)
    if not covered.any():
        return None
    nearest = distance_transform_edt(~covered, return_distances=False, return_indices=True)
    filled: NDArray[np.float32] = out[tuple(nearest)]
    return filled


def _flat(surface: Surface, digest: str) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Triangles with the texture, flat (T, 3, 2) and moved into 0..1 as repetition allows; their corners."""
    flats, corners = [], []
    for index, material in enumerate(surface.materials):
        use = material.colour_texture
        if use is None or use.texture.sha256 != digest or use.uv_set >= len(surface.uvs):
            continue
        corner = surface.triangles[surface.material_of == index]
        flat = np.nan_to_num(surface.uvs[use.uv_set][corner].astype(np.float64))
        flats.append(flat - np.floor(flat.mean(axis=1))[:, None])
        corners.append(corner)
    if not flats:
        return np.zeros((0, 3, 2)), np.zeros((0, 3), np.int32)
    return np.concatenate(flats), np.concatenate(corners)


def _rays(rows: slice, width: int, height: int) -> NDArray[np.float32]:
    """One ray down through the middle of each texel."""
    v, u = np.meshgrid(
        (np.arange(rows.start, rows.stop) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij"
    )
    rays = np.zeros((u.size, 6), np.float32)
    rays[:, 0], rays[:, 1], rays[:, 2], rays[:, 5] = u.ravel(), v.ravel(), 1, -1
    return rays
