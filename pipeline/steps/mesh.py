"""Lays a surface through the points of a cloud. What no point supports is cut away again.

Screened Poisson reconstruction (Kazhdan and Hoppe, ACM Trans. Graph. 32, 2013) closes everything, holes and
the underside too. A part of the surface that is farther from every point than their spacing allows is not
measured but invented: it goes, and its share of the area is noted.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.capture import METRES
from pipeline.errors import Failed, Refused
from pipeline.matter.cloud import Cloud
from pipeline.matter.surface import Material, Surface
from pipeline.measure.o3d import open3d
from pipeline.measure.scene import scene_of
from pipeline.steps.cloud_colours import Made, at_vertices, coloured
from pipeline.steps.facing import facing, tangent_planes
from pipeline.steps.prepared import prepared
from pipeline.steps.registry import step
from pipeline.steps.sight import believable
from pipeline.steps.support import supported, welded

SHALLOWEST = 5
SCALE = 1.1
"""Side of the cube that is solved in, as a share of the points' box."""
NEAREST = 1.4
"""How many times farther than the nearest neighbour the twelve nearest are on average, on a surface."""
WELD = 1e-3
"""Vertices nearer to one another than this share of the points' spacing become one."""
PROVED_POINTS = 50_000


@step(version=2)
def mesh(
    scan: Surface | Cloud,
    *,
    unit: Literal["m", "cm", "mm", "in", "ft"] = "m",
    max_depth: int = 10,
    max_points: int = 1_000_000,
    reach: float = 1.75,
    colours: Literal["auto", "vertices"] = "auto",
    max_px: int = 4096,
) -> Surface:
    """Makes a surface of a point cloud; a scan that is a surface passes through as it is.

    Points in one small cube become one; stray points go; normals are estimated and turned to where each point
    was seen from, else outwards; the surface is solved for (screened Poisson), and what lies farther from
    every point than their spacing allows is cut away, so that what was not scanned stays open.

    Colours go to the vertices. Where the cloud has two coloured points and more to a vertex, the surface is
    laid out flat instead and gets a texture with a texel for each point and no more: every texel takes its
    colour from the nearest points that face its way, where scanner positions are known those seen squarely
    and from near before others. All that was done is noted with figures.

    Args:
        scan: as read, in the scan's unit and axes.
        unit: the unit of the scan's numbers; only for the figures that are noted.
        max_depth: halvings of the box at most: 9 solves for 1/512 of its longest side, each more takes four
            times as long. Where points are farther apart than that, fewer are taken.
        max_points: points used at most; more are thinned evenly to one in each small cube. A million become
            1 to 3 million vertices, and solving takes 0.7 kB for each (942,000: 0.73 GB with all libraries).
        reach: how far a surface may be from the nearest point, in spacings of the points there.
        colours: ``auto`` as said above, or at the ``vertices`` in any case: to lay out 1.8 million triangles
            takes 1 GB and twice as long as to solve for them.
        max_px: longest side of the texture. 4096 hold eight million points, as many as are read of a file.

    Returns:
        A surface with colours in a texture or at its vertices, where the points have colours.

    Raises:
        Refused: fewer points than a surface needs, or all in one line; a parameter out of range.
        Failed: no surface came of them.
    """
    if isinstance(scan, Surface):
        return scan
    if not 64 <= max_px <= 16384:
        raise Refused(f"max_px = {max_px} is not allowed", where="step mesh", do="give 64 to 16384")
    if not SHALLOWEST <= max_depth <= 13:
        raise Refused(f"max_depth = {max_depth} is not allowed", where="step mesh", do="give 5 to 13")
    cloud, spaced = prepared(scan, SCALE / 2**max_depth, max_points)
    centre = (cloud.bounds[0] + cloud.bounds[1]) / 2
    points = cloud.positions - centre
    planes = tangent_planes(cloud, points)
    cloud = believable(cloud, planes, spaced.median)
    faced = facing(cloud, points, planes)
    if not faced.certain:
        cloud = cloud.noting("normals-guessed", "warning", evidence=faced.evidence)
    if faced.inwards:
        cloud = cloud.noting("faces-inwards", "warning")
    depth = _depth(points, spaced.median, max_depth)
    vertices, triangles = _poisson(points, faced.normals, depth)
    vertices, triangles = welded(vertices, triangles, WELD * spaced.median)
    vertices, triangles, cut = supported(vertices, triangles, points, spaced, reach)
    if len(triangles) == 0:
        raise Failed("no surface came of the points", where="step mesh", do="look at the cloud")
    made = Surface(
        positions=vertices,
        triangles=triangles,
        material_of=np.zeros(len(triangles), np.int32),
        materials=(Material(),),
        source_format=cloud.source_format,
        findings=cloud.findings,
    )
    if cut > 0:
        made = made.noting("surface-cut", "info", area_percent=round(cut * 100, 2))
    in_mm = METRES[unit] * 1000
    made = made.noting(
        "cloud-meshed",
        "info",
        points=len(points),
        triangles=len(triangles),
        spacing_mm=round(spaced.median * in_mm, 4),
        p95_mm=round(_p95(made, points) * in_mm, 4),
        sides=faced.evidence,
    )
    of = Made(cloud, faced.normals, spaced, centre)
    if colours == "vertices":
        made = at_vertices(made, of)
    else:
        made = coloured(made, scan, of, max_px=max_px, unit_mm=in_mm)
    return made.but(positions=made.positions + centre)


def _depth(points: NDArray[np.float64], spacing_: float, most: int) -> int:
    """Halvings of the box until a cell is about as wide as the way from a point to the nearest one: vertices
    then are as dense as points, one to three for each."""
    longest = float((points.max(axis=0) - points.min(axis=0)).max())
    return int(np.clip(np.ceil(np.log2(SCALE * longest * NEAREST / spacing_) - 0.3), SHALLOWEST, most))


def _poisson(
    points: NDArray[np.float64], normals: NDArray[np.float64], depth: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Solves for the surface. On one thread: with two the same points give other bytes each time, for a fifth
    less time."""
    o3d = open3d()
    cloud = o3d.geometry.PointCloud()
    cloud.points, cloud.normals = o3d.utility.Vector3dVector(points), o3d.utility.Vector3dVector(normals)
    with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
        try:
            found, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(
                cloud, depth=depth, scale=SCALE, n_threads=1
            )
        except RuntimeError as error:
            raise Failed(
                "no surface came of the points", where="step mesh", do="look at the cloud"
            ) from error
    return np.array(found.vertices), np.array(found.triangles, np.int32)


def _p95(made: Surface, points: NDArray[np.float64]) -> float:
    """How far 95 % of the points lie from the surface at most, in the unit of the positions."""
    some = points[:: max(1, len(points) // PROVED_POINTS)]
    return float(np.quantile(scene_of(made).distances(some), 0.95))
