"""Lays a surface out flat: charts of low stretch without overlap, packed into one square with gutters.

Three open unwrappers on levels of real scans (anisotropy: largest stretch over smallest, by area):

    trench_019, 21,734 triangles    seconds  charts  used   anisotropy p50, p95   turned over
      uvunwrap 0.3                      2.8     294  67 %   1.02, 1.10             0
      Open3D UVAtlas               throws: non-manifold edges, which simplifiers leave behind
      xatlas 0.0.11                    26.1     337  66 %   1.04, 1.11            35 %
    laurana, 13,691 triangles
      uvunwrap 0.3                      1.5     122  65 %   1.03, 1.07             0
      Open3D UVAtlas                   83.8       5  60 %   1.27, 2.54             0
      xatlas 0.0.11                     4.8     108  56 %   1.03, 1.06            47 %

(two busy cores: the seconds compare, they do not promise). A chart that is turned over mirrors the tangent
space and wastes what normal maps of two sides could share; five charts stretch.

Its charts lie side by side as long as they and their gutters find room. Where they do not, it lays them upon
one another without a word (a sheet of 1,152 triangles in 182 charts, at 64 px with gutters of 2: a hundredth
of the square twice over). So the layout is measured, as the proof measures it, and made again with more room.
"""

from __future__ import annotations

import numpy as np
import uvunwrap
from numpy.typing import NDArray

from pipeline.bake.size import uv_areas
from pipeline.errors import Failed
from pipeline.matter.surface import Material, Surface
from pipeline.measure.coverage import coverage

MAX_ANGLE_DEG = 65.0
"""Between a face and its chart's mean normal: wider charts stretch, narrower ones have more seams."""
MAX_STRETCH = 2.0
"""Ratio of areas within a chart before it is split."""


MOST_PX = 16384
"""Square in which the charts are laid out at the most: 10 million of them with gutters of 2 px."""


def unwrapped(surface: Surface, *, side_px: int, gutter_px: int) -> Surface:
    """Gives a surface with one material and UVs of its own; vertices on seams are doubled.

    Args:
        surface: with triangles; its own UVs and materials are dropped.
        side_px: side of the square picture that the gutters are meant for.
        gutter_px: empty texels around every chart, so that a smaller mip does not mix neighbours. Where
            charts would overlap, they become narrower, down to a fraction of a texel.

    Raises:
        Failed: nothing could be laid out (no triangle has an area).
    """
    return laid_out(surface, side_px=side_px, gutter_px=gutter_px, max_px=side_px)[0]


def laid_out(surface: Surface, *, side_px: int, gutter_px: int, max_px: int) -> tuple[Surface, int]:
    """Gives a surface as :func:`unwrapped` does, and the side of the picture in which its charts have room.

    Args:
        surface: with triangles; its own UVs and materials are dropped.
        side_px: side of the square picture that is wanted.
        gutter_px: empty texels around every chart.
        max_px: the picture may be made larger up to this side; only then do gutters become narrower.

    Raises:
        Failed: nothing could be laid out (no triangle has an area).
    """
    page = side_px
    flat = _flat(surface, page, gutter_px)
    while overlap(flat) > 0:
        if page >= MOST_PX:
            raise Failed("the surface cannot be laid out flat", do="look at the scan: its charts overlap")
        page *= 2
        flat = _flat(surface, page, gutter_px)
    while side_px < page and 2 * side_px <= max_px:
        side_px *= 2
    return flat, side_px


def overlap(flat: Surface) -> float:
    """Gives the share of the square that more than one triangle of a layout covers, as the proof has it."""
    return coverage(flat.uvs[0][flat.triangles].astype(np.float64))[1]


def _flat(surface: Surface, side_px: int, gutter_px: int) -> Surface:
    low, high = surface.bounds
    size = max(float((high - low).max()), 1e-12)
    points = ((surface.positions - (low + high) / 2) / size).astype(np.float32)
    mesh = uvunwrap.Mesh(np.ascontiguousarray(points), np.ascontiguousarray(surface.triangles, np.uint32))
    made = uvunwrap.generate(
        [mesh],
        page_size=side_px,
        padding=gutter_px,
        max_chart_angle=MAX_ANGLE_DEG,
        max_area_distortion=MAX_STRETCH,
    ).meshes[0]
    uv = np.frombuffer(made.uv, np.float32).reshape(-1, 2).copy()
    if not len(uv) or not np.isfinite(uv).all():
        raise Failed("the surface cannot be laid out flat", do="look at the scan: its triangles have no area")
    origin = np.frombuffer(made.xref, np.uint32).astype(np.int64)
    triangles = np.frombuffer(made.indices, np.uint32).reshape(-1, 3).astype(np.int32)
    return surface.but(
        positions=surface.positions[origin],
        triangles=triangles,
        material_of=np.zeros(len(triangles), np.int32),
        materials=(Material(name="baked"),),
        normals=None if surface.normals is None else surface.normals[origin],
        uvs=(uv,),
        colours=None,
    )


def utilisation(uv: NDArray[np.float32], triangles: NDArray[np.int32]) -> float:
    """Gives the share of the unit square that triangles cover, 0 to 1 (overlaps counted twice)."""
    return float(uv_areas(uv, triangles).sum())
