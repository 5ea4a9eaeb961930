"""The pictures that are published: the poster (transparent ground) and the one for sharing (dark hall)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.matter.alive import PerSurface
from pipeline.matter.surface import Surface
from pipeline.render.camera import Camera, front_view, poster_camera
from pipeline.render.draw import finished, gathered

DARK_HALL = (20, 17, 15)
POSTER_PX, QUICK_PX = 1200, 900
"""Side of the poster, and of one that is wanted soon: half the rays."""
SHARE_PX = (1200, 630)
SHARE_MARGIN = 0.09
FADE = 0.16
"""Share of the poster's side within which a shadow runs out: cut by the edge it would look like a mistake."""

__all__ = ["DARK_HALL", "DrawnPicture", "pictures", "poster", "share", "smaller_poster", "webp"]


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """One encoded picture; ``view_deg`` is :func:`front_view`'s azimuth and elevation."""

    usage: Literal["poster", "share"]
    data: bytes
    width_px: int
    height_px: int
    view_deg: tuple[float, float]
    media_type: str = "image/webp"


def poster(surface: Surface, *, size_px: int = POSTER_PX, camera: Camera | None = None) -> NDArray[np.uint8]:
    """Draws the poster: (size, size, 4) uint8 sRGB, transparent but for the object and its shadow; from the
    poster's place if no other is given.
    """
    return finished(_light(surface, size_px, camera), None)


def smaller_poster(surface: Surface, size_px: int) -> NDArray[np.uint8]:
    """Gives the poster made smaller: (size, size, 4) uint8. Its light is gathered once for all pictures."""
    side = max(_lights(surface), default=POSTER_PX)
    light = pyvips.Image.new_from_array(_poster_light(surface, side)).resize(
        size_px / side, kernel="mitchell"
    )
    return finished(np.asarray(light.numpy(), np.float32), None)


def share(
    surface: Surface, *, width_px: int = SHARE_PX[0], height_px: int = SHARE_PX[1]
) -> NDArray[np.uint8]:
    """Draws the picture for messages and search engines: (height, width, 3) uint8, in the dark hall."""
    return _in_the_hall(_light(surface, width_px), width_px, height_px)


def _light(surface: Surface, size_px: int, camera: Camera | None = None) -> NDArray[np.float32]:
    """The poster as light, the shadow on the ground run out before the picture ends."""
    light = gathered(
        surface,
        camera=camera or poster_camera(surface),
        width=size_px,
        height=size_px,
        supersample=3 if size_px > 1000 else 2,
    )
    along = (np.arange(size_px, dtype=np.float32) + 0.5) / size_px
    ramp = np.clip(np.minimum(along, 1 - along) / FADE, 0, 1)
    ramp *= ramp * (3 - 2 * ramp)
    ground = (light[..., 3] < 1) & (light[..., :3].max(axis=2) <= 0)
    light[..., 3] *= np.where(ground, ramp[:, None] * ramp, 1)
    return light


def _no_light_yet(_: Surface) -> dict[int, NDArray[np.float32]]:
    return {}


_lights = PerSurface(_no_light_yet)


def _poster_light(surface: Surface, side: int) -> NDArray[np.float32]:
    known = _lights(surface)
    if side not in known:
        known[side] = _light(surface, side)
    return known[side]


def _in_the_hall(light: NDArray[np.float32], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The poster's light once more, made smaller so that the object just fills the wide picture."""
    solid = light[..., 3] >= 1
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if len(rows) == 0:
        rows, columns = (np.arange(side) for side in light.shape[:2])
    across, down = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    scale = (1 - 2 * SHARE_MARGIN) * min(width_px / across, height_px / down)
    image = pyvips.Image.new_from_array(np.ascontiguousarray(light)).resize(scale, kernel="mitchell")
    left = round(width_px / 2 - (columns[0] + across / 2) * scale)
    top = round(height_px / 2 - (rows[0] + down / 2) * scale)
    wide = image.embed(left, top, width_px, height_px) if left >= 0 and top >= 0 else None
    if wide is None:
        wide = image.embed(max(left, 0), max(top, 0), width_px + max(-left, 0), height_px + max(-top, 0))
        wide = wide.crop(max(-left, 0), max(-top, 0), width_px, height_px)
    drawn = finished(np.asarray(wide.numpy(), np.float32), DARK_HALL)
    return np.ascontiguousarray(drawn[..., :3])


def webp(picture: NDArray[np.uint8], *, quality: int = 86) -> bytes:
    """Encodes a picture as WebP; the same pixels give the same bytes."""
    image = pyvips.Image.new_from_array(np.ascontiguousarray(picture), interpretation="srgb")
    data: bytes = image.webpsave_buffer(Q=quality, alpha_q=90, effort=4, keep="none")
    return data


def pictures(surface: Surface, *, side_px: int = POSTER_PX) -> tuple[DrawnPicture, ...]:
    """Draws and encodes what the manifest lists under ``pictures``: the light is gathered once for both.

    Args:
        surface: placed.
        side_px: of the poster.
    """
    light, view = _poster_light(surface, side_px), front_view(surface)
    return (
        DrawnPicture("poster", webp(finished(light, None)), side_px, side_px, view),
        DrawnPicture("share", webp(_in_the_hall(light, *SHARE_PX)), *SHARE_PX, view),
    )
