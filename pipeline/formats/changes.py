"""Carries out what steps promised to do to a texture's colours (``matter.texture.Change``), as the picture
streams: libvips holds some rows of it at a time, whatever its size.

All in linear light and in float, from 16 bits where the picture was reduced before. It comes after the
reduction, since a mean of colours times a matrix is the mean of the colours times it (8192² to 2048² in 3.4 s
and not 14); of an exponent or a root that is nearly true. Alpha stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyvips

from pipeline.matter.texture import BRIGHT, BRIGHT_END, DARK, DARK_END, MAP_STOPS, Change, Texture


def changed(image: Any, changes: tuple[Change, ...], opened: Callable[[Texture], Any]) -> Any:
    """Gives an image (``pyvips.Image``, sRGB of 8 or 16 bit, 3 or 4 bands) with its colours changed.

    Args:
        image: upright, 3 or 4 bands.
        changes: in the order in which they are to be made; none gives the image as it is.
        opened: gives a gain map's values 0..1 as an image of one band.
    """
    if not changes:
        return image
    alpha = None
    if image.bands == 4:
        alpha = image[3].cast("ushort") if image.format == "ushort" else (image[3] * 257).cast("ushort")
    light = image[:3].colourspace("scrgb")
    for change in changes:
        if change.tone != 1.0:
            light = (light > 0).ifthenelse(light, 0) ** change.tone
        light = _terms(light, len(change.matrix[0])).recomb(_matrix(change))
        if change.gains is not None:
            factors = _stretched(opened(change.gains), light.width, light.height)
            light = light * ((factors - 1) * _spared(light) + 1)
    out = light.copy(interpretation="scrgb").colourspace("rgb16")
    return out if alpha is None else out.bandjoin(alpha).copy(interpretation="rgb16")


def _matrix(change: Change) -> Any:
    return pyvips.Image.new_from_array([list(row) for row in change.matrix])


def _terms(light: Any, count: int) -> Any:
    """Red, green and blue, for a root polynomial with the roots of their products after them."""
    if count == 3:
        return light
    light = (light > 0).ifthenelse(light, 0)
    r, g, b = light[0], light[1], light[2]
    return light.bandjoin([(r * g) ** 0.5, (g * b) ** 0.5, (r * b) ** 0.5])


def _stretched(values: Any, width: int, height: int) -> Any:
    """The factors of a gain map, brought to the texture's size by straight lines between its values."""
    factors = ((values * 2 - 1) * (MAP_STOPS * math.log(2))).exp()
    wide = factors.resize(width / factors.width, vscale=height / factors.height, kernel="linear")
    return wide.embed(0, 0, width, height, extend="copy")


def _spared(light: Any) -> Any:
    """As ``matter.texture.spared``, as an image."""
    brightest = light[0].bandrank([light[1], light[2]], index=2)
    above = _share((brightest - DARK) / (DARK_END - DARK))
    return above * _share((BRIGHT_END - brightest) / (BRIGHT_END - BRIGHT))


def _share(image: Any) -> Any:
    image = (image > 0).ifthenelse(image, 0)
    return (image < 1).ifthenelse(image, 1)
