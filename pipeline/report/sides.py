"""The report's pictures: scan and model side by side, and both turned with the heat map of what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pipeline.catalogue.derivative import Derivative
    from pipeline.catalogue.proof import Proof
    from pipeline.matter.surface import Surface

PICTURE_PX = 640
QUALITY, TURN_QUALITY = 82, 72
SHOWN_PERCENT = 0.1
"""Misses below this share of a level's texels are counted and not drawn: a texel here and there on rims."""


class Sides(msgspec.Struct, frozen=True):
    """Pictures of scan and model, WebP by name, and the value in mm at the end of the heat map's scale.

    Names are ``scan`` and ``large`` for the pair; ``scan-00``, ``model-00``, ``heat-00`` and on for the turn;
    ``missed`` and ``missed2`` for where the level of :func:`most_missed` met no scan.
    """

    pictures: dict[str, bytes] = {}
    heat_mm: float = 0.0


def misses_shown(proof: Proof) -> bool:
    """Says whether a level has so many misses that a curator should see where they are."""
    return (proof.bake_miss_percent or 0) >= SHOWN_PERCENT


def most_missed(made: Sequence[Derivative]) -> int | None:
    """Gives the place of the level with most misses among those for the screen whose misses are drawn; None
    where there is none."""
    shares = [
        (one.proof.bake_miss_percent or 0, -place)
        for place, one in enumerate(made)
        if one.proof is not None and misses_shown(one.proof) and one.media_type == "model/gltf-binary"
    ]
    return -max(shares)[1] if shares else None


def side_by_side(scan: Surface, model: Surface, *, pair: bool = True, turn: bool = True) -> Sides:
    """Draws scan and model from the same places.

    Args:
        scan: placed and cleaned.
        model: the finest level, read back.
        pair: draw the two large pictures too.
        turn: draw both all around, and the heat map.
    """
    from pipeline.measure.heat import deviation_at_vertices_mm, top_mm
    from pipeline.render import poster, poster_camera, smaller_poster, webp
    from pipeline.render.heat import heat
    from pipeline.render.turn import TURN_PX, turn_cameras, turned

    drawn: dict[str, bytes] = {}
    if pair:
        drawn["scan"] = webp(smaller_poster(scan, PICTURE_PX), quality=QUALITY)
        front = poster(model, size_px=PICTURE_PX, camera=poster_camera(scan))
        drawn["large"] = webp(front, quality=QUALITY)
    if not turn:
        return Sides(drawn)
    values = deviation_at_vertices_mm(scan, model)
    top, cameras = top_mm(values, model.used()), turn_cameras(scan)
    for name, surface in (("scan", scan), ("model", model)):
        for index, picture in enumerate(turned(surface, cameras)):
            drawn[f"{name}-{index:02}"] = webp(picture, quality=TURN_QUALITY)
    for index, camera in enumerate(cameras):
        picture = heat(model, values, top, camera=camera, size_px=TURN_PX)
        drawn[f"heat-{index:02}"] = webp(picture, quality=TURN_QUALITY)
    return Sides(drawn, top)
