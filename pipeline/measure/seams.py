"""Where textures meet: places of the surface that two textures colour, and how far they agree there.

A scan whose photographs were not exposed alike shows it at the borders between its textures. At a border the
surface has one colour, whichever of the two is asked, so the two answers for one place measure the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.matter.texture import Texture
from pipeline.measure.colour import ciede2000, lab
from pipeline.measure.topology import same_rows

TEXTURE_PX = 2048
"""Longest side at which textures are asked: an area mean, so that grain and a pixel's offset count little."""
MOST_PER_PAIR = 20_000
"""Places kept of each pair of textures, every n-th."""
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
    """Finds the places where textures meet and asks both; none where the surface has fewer than two."""
    from pipeline.render.look import Look

    textures, of_material = _numbered(surface)
    empty = Seams(textures, np.zeros((0, 2), np.int32), np.zeros((0, 3)), np.zeros((0, 3)))
    if len(textures) < 2:
        return empty
    corner = np.arange(surface.triangles.size)
    texture = np.repeat(of_material[surface.material_of], 3)
    corner, texture = corner[texture >= 0], texture[texture >= 0]
    place = same_rows(surface.positions)[surface.triangles.ravel()[corner]]
    # one corner of every texture at a place: the first in the file
    keys = place.astype(np.int64) * len(textures) + texture
    keys, first = np.unique(keys, return_index=True)
    place, texture, corner = keys // len(textures), keys % len(textures), corner[first]
    neighbours = np.flatnonzero(place[:-1] == place[1:])
    neighbours = _some(neighbours, texture)
    if len(neighbours) == 0:
        return empty
    look = Look(surface, TEXTURE_PX)
    one, other = (
        look.colours((corner[at] // 3).astype(np.uint32), _WEIGHTS[corner[at] % 3]).astype(np.float64)
        for at in (neighbours, neighbours + 1)
    )
    pair = np.stack([texture[neighbours], texture[neighbours + 1]], axis=1).astype(np.int32)
    good = ((one > DARK) & (one < BRIGHT) & (other > DARK) & (other < BRIGHT)).all(axis=1)
    return Seams(textures, pair[good], one[good], other[good])


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


def _some(neighbours: NDArray[np.int64], texture: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most so many of each pair of textures, spread evenly."""
    kept = []
    pairs = texture[neighbours] << 32 | texture[neighbours + 1]
    for pair in np.unique(pairs):
        there = neighbours[pairs == pair]
        kept.append(there[:: -(-len(there) // MOST_PER_PAIR)])
    return np.sort(np.concatenate(kept)) if kept else neighbours
