"""Where textures meet: places of the surface that two textures colour, and how far they agree there.

A scan whose photographs were not exposed alike shows it at the borders between its textures. At a border the
surface has one colour, whichever of the two is asked, so two answers for one place measure the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.rows import same_rows
from pipeline.matter.surface import Surface
from pipeline.matter.texture import Texture
from pipeline.measure.colour import ciede2000, lab
from pipeline.measure.topology import edges

TEXTURE_PX = 2048
"""Longest side at which textures are asked: an area mean, so that grain and a pixel's offset count little."""
MOST_PER_PAIR = 20_000
"""Places kept of each pair of textures, every n-th."""
GAP = 1e-3
"""Share of the diagonal within which rims meet: the tiles of a dig of 11 m, 4 mm a texel, lie 1 cm apart."""
NEIGHBOURS = 8
DARK, BRIGHT = 0.004, 0.92
"""Linear light outside of which a place says nothing of exposure: noise below, clipping above."""


@dataclass(frozen=True, slots=True)
class Seams:
    """Places that two textures colour.

    Attributes:
        textures: the colour textures, numbered.
        pair: (N, 2) the two textures of each place, the smaller number first.
        one, other: (N, 3) linear sRGB that each of the two says.
    """

    textures: tuple[Texture, ...]
    pair: NDArray[np.int32]
    one: NDArray[np.float64]
    other: NDArray[np.float64]

    def differences(self, gains: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gives CIEDE2000 between the two answers (N,), each texture times its gains (textures, 3)."""
        first, second = (
            np.clip(side * gains[self.pair[:, column]], 0, 1)
            for column, side in ((0, self.one), (1, self.other))
        )
        return ciede2000(lab(first), lab(second))


def seams_of(surface: Surface) -> Seams:
    """Finds the places where textures meet and asks both; none where the surface has fewer than two.

    They meet where corners of triangles lie at one point, and where the rims of pieces that were cut apart
    (tiles of a survey) come within :data:`GAP` of one another.
    """
    from pipeline.render.look import Look

    textures, of_material = _numbered(surface)
    if len(textures) < 2:
        return Seams(textures, np.zeros((0, 2), np.int32), np.zeros((0, 3)), np.zeros((0, 3)))
    corners = _corners(surface, of_material, len(textures))
    met, near = _at_one_point(corners), _at_rims(surface, corners)
    one, other = (np.concatenate(ends) for ends in zip(met, near, strict=True))
    kept = _some(corners.texture[one], corners.texture[other])
    one, other = one[kept], other[kept]
    look = Look(surface, TEXTURE_PX)
    asked = (corners.corner[at] for at in (one, other))
    light = [look.colours((c // 3).astype(np.uint32), _WEIGHTS[c % 3]).astype(np.float64) for c in asked]
    pair = np.stack([corners.texture[one], corners.texture[other]], axis=1).astype(np.int32)
    good = np.all([((side > DARK) & (side < BRIGHT)).all(axis=1) for side in light], axis=0)
    return Seams(textures, pair[good], light[0][good], light[1][good])


@dataclass(frozen=True, slots=True)
class _Corners:
    """One corner of a triangle for every texture at a place, in the order of the places."""

    place: NDArray[np.int64]
    texture: NDArray[np.int64]
    corner: NDArray[np.int64]


def _corners(surface: Surface, of_material: NDArray[np.int64], count: int) -> _Corners:
    texture = np.repeat(of_material[surface.material_of], 3)
    corner = np.flatnonzero(texture >= 0)
    place = same_rows(surface.positions)[surface.triangles.ravel()[corner]].astype(np.int64)
    keys, first = np.unique(place * count + texture[corner], return_index=True)
    return _Corners(keys // count, keys % count, corner[first])


def _at_one_point(corners: _Corners) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    one = np.flatnonzero(corners.place[:-1] == corners.place[1:])
    return one, one + 1


def _at_rims(surface: Surface, corners: _Corners) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rim corners of different textures, each with the nearest of the other."""
    from scipy.spatial import cKDTree

    found = edges(same_rows(surface.positions)[surface.triangles])
    rim = np.flatnonzero(np.isin(corners.place, found.ends[found.uses == 1]))
    if len(rim) < 2:
        return rim[:0], rim[:0]
    points = surface.positions[surface.triangles.ravel()[corners.corner[rim]]]
    tree, reach = cKDTree(points), GAP * surface.diagonal
    gap, near = tree.query(points, k=min(NEIGHBOURS, len(rim)), distance_upper_bound=reach)
    near = np.where(np.isfinite(gap), near, np.arange(len(rim))[:, None])
    differs = corners.texture[rim][near] > corners.texture[rim][:, None]
    there = differs.any(axis=1)
    return rim[there], rim[near[there, differs[there].argmax(axis=1)]]


_WEIGHTS = np.array([(0, 0), (1, 0), (0, 1)], np.float32)
"""Barycentric weights of corners 1 and 2 at each corner of a triangle."""


def _numbered(surface: Surface) -> tuple[tuple[Texture, ...], NDArray[np.int64]]:
    """The colour textures once each, and each material's number among them, -1 without one."""
    numbers: dict[str, int] = {}
    textures: list[Texture] = []
    of_material = np.full(len(surface.materials), -1, np.int64)
    for index, material in enumerate(surface.materials):
        if material.colour_texture is not None:
            texture = material.colour_texture.texture
            if texture.sha256 not in numbers:
                numbers[texture.sha256] = len(textures)
                textures.append(texture)
            of_material[index] = numbers[texture.sha256]
    return tuple(textures), of_material


def _some(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which places are kept: at most so many of each pair of textures, spread evenly."""
    pairs = one << 32 | other
    kept = []
    for pair in np.unique(pairs):
        there = np.flatnonzero(pairs == pair)
        kept.append(there[:: -(-len(there) // MOST_PER_PAIR)])
    return np.sort(np.concatenate(kept)) if kept else np.zeros(0, np.int64)
