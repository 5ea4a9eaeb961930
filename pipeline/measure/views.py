"""How alike pictures of scan and model are: SSIM and PSNR of views all around, from the same places.

One light rig for both, without shadows: they would say of a texture what the form already said, and cost five
times as much. Edges get four rays: with one, a level of a tenth of the triangles lost 0.05 of SSIM to jagged
outlines alone. Only where the object is in one of the two pictures is compared, else an empty background
would lift every figure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.proof import Likeness
from pipeline.matter.alive import PerSurface
from pipeline.matter.surface import Surface
from pipeline.measure.similarity import ssim
from pipeline.measure.textures import db

VIEWS = 12
VIEW_PX = 480
"""Twelve of them take about a second; a phone shows the object about so large. A level that is made for a
smaller screen (``thumb``: 256) is looked at in its own size: at twice that, SSIM counts detail that nobody
will see."""
WINDOW_PX = 8
"""As far as the window of SSIM reaches (five sigma)."""
GREY = 119
"""Middle grey (L* 50) behind the object: neither a dark nor a light outline is favoured."""

Drawn = NDArray[np.uint8]


def likeness(scan: Surface, model: Surface, *, views: int = VIEWS, view_px: int = VIEW_PX) -> Likeness | None:
    """Compares pictures of two placed surfaces; None where one of the two has no triangles.

    Args:
        scan: gives the places to look from, alternately 10 and 35 degrees above the horizon.
        model: drawn from the same places.
        views: how many around.
        view_px: side of each picture.
    """
    if len(scan.triangles) == 0 or len(model.triangles) == 0:
        return None
    known = _drawn(scan)
    if (views, view_px) not in known:
        known[views, view_px] = tuple(draw(scan, scan, views, view_px))
    alike, squares, texels = [], 0.0, 0
    for one, two in zip(known[views, view_px], draw(scan, model, views, view_px), strict=True):
        mask = (one[..., 3] > 0) | (two[..., 3] > 0)
        if not mask.any():
            continue
        part = _around(mask)
        mask, a, b = mask[part], _on_grey(one[part]), _on_grey(two[part])
        alike.append(ssim(a, b, mask=mask))
        gap = a[mask].astype(np.int32) - b[mask]
        squares += float(np.square(gap).sum())
        texels += gap.size
    if not alike:
        return None
    return Likeness(
        ssim=round(float(np.mean(alike)), 4),
        ssim_least=round(min(alike), 4),
        psnr_db=round(db(squares / texels), 2),
        views=len(alike),
        view_px=view_px,
    )


def draw(placed: Surface, shown: Surface, views: int, view_px: int) -> list[Drawn]:
    """Draws ``shown`` from the places that show ``placed`` best: (px, px, 4) uint8 each."""
    from pipeline.render import render, view_cameras

    return [
        render(
            shown, camera=camera, width=view_px, height=view_px, supersample=2, ground=False, shadows=False
        )
        for camera in view_cameras(placed, views, aspect=1.0)
    ]


def _around(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The part of a picture that a mask fills, with what the window of SSIM sees around it."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = max(int(rows[0]) - WINDOW_PX, 0), max(int(columns[0]) - WINDOW_PX, 0)
    return slice(top, int(rows[-1]) + WINDOW_PX + 1), slice(left, int(columns[-1]) + WINDOW_PX + 1)


def _on_grey(picture: Drawn) -> Drawn:
    alpha = picture[..., 3:].astype(np.float32) / 255
    out: Drawn = np.rint(picture[..., :3] * alpha + GREY * (1 - alpha)).astype(np.uint8)
    return out


def _nothing_yet(_: Surface) -> dict[tuple[int, int], tuple[Drawn, ...]]:
    return {}


_drawn = PerSurface(_nothing_yet)
"""A scan's own pictures: every level is compared with the same ones (11 MB)."""
