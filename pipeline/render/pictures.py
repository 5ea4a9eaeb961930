"""The pictures that are published: the poster (transparent ground) and the one for sharing (dark hall)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.render.camera import framed, poster_camera
from pipeline.render.draw import render

DARK_HALL = (20, 17, 15)
POSTER_PX = 1200
SHARE_PX = (1200, 630)

__all__ = ["DARK_HALL", "DrawnPicture", "framed", "pictures", "poster", "share", "webp"]


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """One encoded picture."""

    usage: Literal["poster", "share"]
    data: bytes
    width_px: int
    height_px: int
    media_type: str = "image/webp"


def poster(surface: Surface, *, size_px: int = POSTER_PX) -> NDArray[np.uint8]:
    """Draws the poster: (size, size, 4) uint8 sRGB, transparent but for the object and its shadow."""
    return render(surface, camera=poster_camera(surface), width=size_px, height=size_px)


def share(
    surface: Surface, *, width_px: int = SHARE_PX[0], height_px: int = SHARE_PX[1]
) -> NDArray[np.uint8]:
    """Draws the picture for messages and search engines: (height, width, 3) uint8, in the dark hall."""
    camera = poster_camera(surface, width_px / height_px)
    drawn = render(surface, camera=camera, width=width_px, height=height_px, background=DARK_HALL)
    return np.ascontiguousarray(drawn[..., :3])


def webp(picture: NDArray[np.uint8], *, quality: int = 86) -> bytes:
    """Encodes a picture as WebP; the same pixels give the same bytes."""
    image = pyvips.Image.new_from_array(np.ascontiguousarray(picture), interpretation="srgb")
    data: bytes = image.webpsave_buffer(Q=quality, alpha_q=90, effort=4, keep="none")
    return data


def pictures(surface: Surface) -> tuple[DrawnPicture, ...]:
    """Draws and encodes what the manifest lists under ``pictures``."""
    return (
        DrawnPicture("poster", webp(poster(surface)), POSTER_PX, POSTER_PX),
        DrawnPicture("share", webp(share(surface)), *SHARE_PX),
    )
