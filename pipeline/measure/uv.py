"""How well a surface is laid out in its textures: overlap, use of the room, stretch.

Stretch after Sander, Snyder, Gortler and Hoppe: Texture Mapping Progressive Meshes (SIGGRAPH 2001): the map
from the texture to the surface scales by two singular values a triangle; L2 is the root of their mean square
over the surface, with the texture scaled to the surface's area, so that 1 is best. The ratio of the two is
what makes a texel oblong.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.proof import UvLayout
from pipeline.matter.surface import Surface, TextureUse
from pipeline.measure.coverage import coverage

COLLAPSED = 1e-4
"""A triangle with less than this share of the mean number of texels for its area has none that could be
seen: scans have a few such needles, and one of them would make every mean meaningless."""


def uv_layout(surface: Surface) -> UvLayout | None:
    """Measures the layout of every colour texture's triangles together; None where there is no texture."""
    groups = list(_groups(surface))
    if not groups:
        return None
    covered = np.array([coverage(uv) for _, uv, _ in groups])
    room = np.array([float(width * height) for _, _, (width, height) in groups])
    used, double = covered[:, 0] @ room, covered[:, 1] @ room
    stretch = [_stretch(corner, uv * size) for corner, uv, size in groups]
    areas, ratios, squares, lost = (np.concatenate([part[i] for part in stretch]) for i in range(4))
    total = float(areas.sum())
    order = np.argsort(ratios)
    share = np.cumsum(areas[order])
    p95 = float(ratios[order[min(int(np.searchsorted(share, 0.95 * total)), len(order) - 1)]]) if total else 1
    return UvLayout(
        overlap_percent=_percent(double, used),
        utilisation_percent=_percent(used, room.sum()),
        stretch_l2=round(float(np.sqrt((squares * areas).sum() / total)) if total else 1.0, 3),
        stretch_p95=round(p95, 3),
        stretch_max=round(float(ratios.max()) if len(ratios) else 1.0, 3),
        collapsed_percent=_percent(float(lost.sum()), float(lost.sum()) + total),
    )


def _groups(
    surface: Surface,
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64], tuple[int, int]]]:
    """For each colour texture: corners of its triangles (T, 3, 3), their UVs (T, 3, 2), its size in px."""
    uses: dict[tuple[str, int], tuple[TextureUse, list[int]]] = {}
    for index, material in enumerate(surface.materials):
        use = material.colour_texture
        if use is not None and use.uv_set < len(surface.uvs):
            uses.setdefault((use.texture.sha256, use.uv_set), (use, []))[1].append(index)
    for use, materials in uses.values():
        triangles = surface.triangles
        if len(materials) < len(surface.materials):
            triangles = triangles[np.isin(surface.material_of, materials)]
        if len(triangles):
            size = (use.texture.width, use.texture.height)
            yield surface.positions[triangles], surface.uvs[use.uv_set][triangles].astype(np.float64), size


def _stretch(corner: NDArray[np.float64], flat: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Of triangles with an area in both: area on the surface, ratio of the singular values, their mean
    square; of the others the area on the surface."""
    p, q = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    (s1, t1), (s2, t2) = (flat[:, 1] - flat[:, 0]).T, (flat[:, 2] - flat[:, 0]).T
    area = np.linalg.norm(np.cross(p, q), axis=1)
    texels = s1 * t2 - s2 * t1
    good = (np.abs(texels) > 1e-9) & (area > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.abs(texels).sum() / area.sum()
        good &= np.abs(texels) > COLLAPSED * density * area
    lost = area[~good]
    p, q, s1, t1, s2, t2, area, texels = (a[good] for a in (p, q, s1, t1, s2, t2, area, texels))
    along = (p * t2[:, None] - q * t1[:, None]) / texels[:, None]
    down = (q * s1[:, None] - p * s2[:, None]) / texels[:, None]
    a, b, c = (np.einsum("ij,ij->i", x, y) for x, y in ((along, along), (along, down), (down, down)))
    root = np.sqrt(np.maximum((a - c) ** 2 + 4 * b * b, 0))
    most = (a + c + root) / 2
    # their product is the square of the areas' ratio: the smaller one by subtraction would lose its digits
    ratios = np.maximum(most / (area / np.abs(texels)), 1)
    spread = np.abs(texels).sum() / max(float(area.sum()), 1e-300)
    return area, ratios, (a + c) / 2 * spread, lost


def _percent(part: float, whole: float) -> float:
    return round(100 * float(part) / float(whole), 3) if whole > 0 else 0.0
