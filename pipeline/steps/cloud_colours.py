"""Where the colours of a cloud go on its surface: to the vertices, or into a texture that holds more of them.

A surface is made of at most a million points, and its vertices are as far apart as those; a scanner with a
camera has eight times as many, each with its colour. What lies between vertices is kept in a texture with no
more texels than the cloud has points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.bake.paint import Dots, painted
from pipeline.bake.sheet import texture_of
from pipeline.bake.size import USED
from pipeline.bake.unwrap import unwrapped, utilisation
from pipeline.matter.areas import areas_of
from pipeline.matter.cloud import Cloud
from pipeline.matter.normals import smooth_normals
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.steps.support import nearest
from pipeline.steps.thinning import Spacing

COLOUR_POINTS = 4
"""Points that a vertex takes its colour from, by inverse squared distance."""
FINER = 2.0
"""Points to a vertex from which a texture is made. Mean CIEDE2000 of a plane with 1 mm squares and of one
with a picture of 1/f detail, noise of 4 in 255 on its points, colours at vertices and in a texture:

    points to a vertex   squares       picture
                  1.20   16.6  15.3    8.32  8.90
                  1.63   15.7  13.1    8.14  8.36
                  2.76   15.5  10.4    8.02  7.61
                  3.96   15.1   9.0    7.87  7.17

Vertices coloured from all points and not from the thinned ones were nearer by 0.3 at most, and farther on the
picture."""
MOST_TRIANGLES = 1_500_000
"""A surface of more keeps its colours at the vertices: laying out 1.8 million takes 102 s and 1.1 GB, more
than in proportion, and so many vertices hold as much as a texture of 900 px."""
STRAY = 2.0
"""A point farther than so many spacings from every point that the surface was made of colours nothing."""
REACH = 4.0
"""How far from a texel a point may be, in spacings of the points that the surface was made of."""
SKIMMED = 0.05
"""Least cosine of sight and normal: 87 degrees, beyond which a normal is not known well enough."""
STEP_PX = 8
"""The side of a texture is a multiple of this."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a surface was made of: the points that were left, which way each of them faces, how far they are
    apart, and what was taken off their coordinates."""

    cloud: Cloud
    normals: NDArray[np.float64]
    spaced: Spacing
    centre: NDArray[np.float64]


def coloured(surface: Surface, scan: Cloud, made: Made, *, max_px: int, unit_mm: float) -> Surface:
    """Gives a surface the colours of its cloud, and notes where they went.

    Args:
        surface: less ``made.centre``, without colours.
        scan: with all its points, in its own frame.
        made: what the surface came of.
        max_px: longest side of a texture.
        unit_mm: millimetres in the unit of the positions, for what is noted.
    """
    if scan.colours is None or not (seen := scan.colours[:, 3] > 0).any():
        return surface
    enough, count = FINER * len(surface.positions), int(seen.sum())
    small = len(surface.triangles) <= MOST_TRIANGLES
    if small and count >= enough and len((dots := _dots(scan, seen, made)).positions) >= enough:
        return _in_texture(surface, dots, made, max_px, unit_mm)
    plain = at_vertices(surface, made)
    if plain.colours is None:
        return plain
    code = "cloud-colours-at-vertices" if small else "cloud-colours-of-large-surface"
    return plain.noting(code, "info", points=count, vertices=len(surface.positions))


def _in_texture(surface: Surface, dots: Dots, made: Made, max_px: int, unit_mm: float) -> Surface:
    smooth = surface.but(normals=smooth_normals(surface.positions, surface.triangles))
    guess = _side(len(dots.positions), USED, max_px)
    flat = unwrapped(smooth, side_px=guess, gutter_px=max(2, guess // 256))
    used = utilisation(flat.uvs[0], flat.triangles)
    side = _side(len(dots.positions), used, max_px)
    area = float(np.linalg.norm(areas_of(flat), axis=1).sum()) / 2
    texel = math.sqrt(area / max(used, 1e-9)) / side
    result = painted(flat, dots, side_px=side, texel=texel, reach=REACH * max(texel, made.spaced.median))
    use = TextureUse(texture_of("cloud-colour", result.picture, "colour"))
    return flat.but(normals=None, materials=(Material(name="cloud", colour_texture=use),)).noting(
        "cloud-colours-in-texture",
        "info",
        points=len(dots.positions),
        vertices=len(surface.positions),
        px=side,
        texel_mm=round(texel * unit_mm, 4),
        empty_percent=round(100 * result.empty / max(1, result.texels), 3),
    )


def _side(points: int, used: float, max_px: int) -> int:
    """Side of the square that has a texel for each point, and never more."""
    return max(STEP_PX, min(max_px, int(math.sqrt(points / max(used, 1e-9)))) // STEP_PX * STEP_PX)


def _dots(scan: Cloud, seen: NDArray[np.bool_], made: Made) -> Dots:
    """Gives the coloured points that belong to the surface. Each faces as the nearest one of those that the
    surface was made of."""
    from scipy.spatial import cKDTree

    which = np.flatnonzero(seen)
    positions = scan.positions[which] - made.centre
    near, gaps = nearest(cKDTree(made.cloud.positions - made.centre), positions, 1)
    own = gaps[:, 0] <= STRAY * np.maximum(made.spaced.of[near[:, 0]], made.spaced.median)
    which, positions, near = which[own], positions[own], near[own, 0]
    assert scan.colours is not None
    return Dots(positions, scan.colours[which, :3], made.normals, near, _worth(scan, made, which, near))


def _worth(
    scan: Cloud, made: Made, which: NDArray[np.int64], near: NDArray[np.int32]
) -> NDArray[np.float32] | None:
    """Says how well each point was seen: the cosine of sight and normal over the squared distance, as many as
    a scanner puts on a piece of surface; 1 in the middle of them and where it is not known."""
    believed = made.cloud.seen_from
    if scan.seen_from is None or believed is None:
        return None
    known = np.zeros(len(scan.sensors) + 1, bool)
    known[believed] = True
    known[-1] = False
    stand = scan.seen_from[which]
    out = np.ones(len(which), np.float32)
    told = np.flatnonzero(known[stand])
    for start in range(0, len(told), 1 << 18):
        some = told[start : start + (1 << 18)]
        sight = scan.sensors[stand[some]] - scan.positions[which[some]]
        far = np.maximum(np.linalg.norm(sight, axis=1), 1e-300)
        cosine = np.einsum("ij,ij->i", sight, made.normals[near[some]]) / far
        out[some] = np.maximum(cosine, SKIMMED) / far**2
    if len(told):
        out[told] /= np.median(out[told])
    return out


def at_vertices(surface: Surface, made: Made) -> Surface:
    """Gives the vertices the colours of the nearest points that have one."""
    from scipy.spatial import cKDTree

    colours = made.cloud.colours
    if colours is None or not (seen := colours[:, 3] > 0).any():
        return surface
    own = colours[seen, :3].astype(np.float64)
    tree = cKDTree(made.cloud.positions[seen] - made.centre)
    near, gaps = nearest(tree, surface.positions, min(COLOUR_POINTS, len(own)))
    weights = 1 / np.maximum(gaps, 1e-12) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    out = np.full((len(surface.positions), 4), 255, np.uint8)
    for channel in range(3):
        out[:, channel] = np.rint((own[near, channel] * weights).sum(axis=1))
    return surface.but(colours=out)
