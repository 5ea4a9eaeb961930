"""The report's pictures: scan and model side by side, and both turned with the heat map of what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface

PICTURE_PX = 640
QUALITY, TURN_QUALITY = 82, 72


class Sides(msgspec.Struct, frozen=True):
    """Pictures of scan and model, WebP by name, and the value in mm at the end of the heat map's scale.

    Names are ``scan`` and ``large`` for the pair; ``scan-00``, ``model-00``, ``heat-00`` and on for the turn.
    """

    pictures: dict[str, bytes] = {}
    heat_mm: float = 0.0


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
