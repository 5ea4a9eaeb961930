"""A surface cut along a plane: triangles that cross it are cut in two, so that the rim lies in the plane.

Not a step: ``detach`` asks it. Left whole, the triangles at a cut leave a rim of teeth as long as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface


def above(surface: Surface, heights: NDArray[np.float64], gone: NDArray[np.bool_]) -> Surface:
    """Gives what lies above a plane.

    Args:
        surface: any; positions, normals, texture coordinates and colours are interpolated at the cut.
        heights: (V,) of the vertices above the plane; what is 0 or less goes.
        gone: (T,) triangles that go whole, wherever they lie.
    """
    up = heights[surface.triangles] > 0
    count = up.sum(axis=1)
    whole = np.flatnonzero((count == 3) & ~gone)
    crossed = np.flatnonzero((count > 0) & (count < 3) & ~gone)
    # the corner that is alone on its side comes first, the order round the triangle stays
    alone = np.where(count[crossed] == 1, up[crossed].argmax(axis=1), (~up[crossed]).argmax(axis=1))
    turned = surface.triangles[crossed[:, None], (alone[:, None] + np.arange(3)) % 3]
    first = np.where(up[crossed, alone][:, None], turned[:, (1, 2)], turned[:, (0, 0)])
    second = np.where(up[crossed, alone][:, None], turned[:, (0, 0)], turned[:, (1, 2)])
    # from the vertex below to the one above: two that share a place but not a number cut at the same place
    low, high = first.reshape(-1).astype(np.int64), second.reshape(-1).astype(np.int64)
    keys, number = np.unique(low << 32 | high, return_inverse=True)
    low, high = keys >> 32, keys & 0xFFFFFFFF
    share = heights[low] / (heights[low] - heights[high])
    middle = (len(surface.positions) + number.reshape(-1, 2)).astype(np.int32)
    lonely = up[crossed, alone]
    tips = np.stack([turned[:, 0], middle[:, 0], middle[:, 1]], axis=1)[lonely]
    a, b = middle[~lonely].T
    c, d = turned[~lonely][:, 1:].T
    made = np.concatenate([tips, np.stack([a, c, d], 1), np.stack([a, d, b], 1)]).astype(np.int32)
    of = np.concatenate([crossed[lonely], crossed[~lonely], crossed[~lonely]])

    def grown(values: NDArray[Any]) -> NDArray[Any]:
        start, end = values[low].astype(np.float64), values[high].astype(np.float64)
        new = start + share[:, None] * (end - start)
        if values.dtype.kind == "u":
            new = np.rint(new)
        return np.concatenate([values, new.astype(values.dtype)])

    normals = None
    if surface.normals is not None:
        normals = grown(surface.normals)
        lengths = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = (normals / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return surface.but(
        positions=grown(surface.positions),
        triangles=np.concatenate([surface.triangles[whole], made]),
        material_of=np.concatenate([surface.material_of[whole], surface.material_of[of]]),
        normals=normals,
        uvs=tuple(grown(uv) for uv in surface.uvs),
        colours=None if surface.colours is None else grown(surface.colours),
    )
