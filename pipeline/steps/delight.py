"""Takes the light out that was baked into a scan's colours, so that another light may fall on them.

In no recipe of ours: it estimates, and an archive keeps what the camera saw. For models that are lit anew
(a headset, a relighting tool) colours with the light of the dig still on them are lit twice.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.formats.images import probe
from pipeline.matter.painted import shows_own_colour
from pipeline.matter.surface import Material, Surface
from pipeline.matter.texture import MAP_STOPS, Change, Texture, spared
from pipeline.measure.colour import linear_of, srgb_of
from pipeline.measure.shading import shading_of
from pipeline.measure.uv_map import uv_map
from pipeline.steps.registry import step

MAP_PX = 1024
"""Longest side of the map of gains: light varies slowly, and the map is drawn out over the texture."""
LEAST_CORRELATION = 0.2
"""Between brightness and fitted light: below it the light explains less than 4 % of what varies."""


@step(version=1, paints=True)
def delight(surface: Surface, *, strength: float = 1.0, max_stops: float = 1.0) -> Surface:
    """Divides the light that the shape explains out of the colours.

    Far light by nine spherical harmonics of the normals, dimmed in hollows by ambient occlusion, is fitted to
    the brightness (``measure.shading``) and divided out. What is nearly black or nearly white is left, since
    noise and clipping hold no colour. Changes nothing where the colours hardly follow the shape.

    Args:
        surface: any with textures or vertex colours.
        strength: how much of the light is taken out, 0 to 1 (by exponent: 0.5 is half of it in stops).
        max_stops: most that a place is made brighter or darker, in stops, at most 2.

    Returns:
        The surface with changed colours and a finding with the correlation of brightness and light before and
        after.

    Raises:
        Refused: a parameter out of range.
    """
    if not 0 < strength <= 1 or not 0 < max_stops <= MAP_STOPS:
        raise Refused("strength is above 0 and at most 1, max_stops at most 2", where="step delight")
    if surface.colours is None and all(m.colour_texture is None for m in surface.materials):
        return surface
    shading = shading_of(surface)
    if shading is None or shading.correlation < LEAST_CORRELATION:
        found = 0.0 if shading is None else shading.correlation
        return surface.noting("light-not-found", "info", correlation=found)
    stops = _stops(shading.light, strength, max_stops)
    sampled = _stops(shading.sampled, strength, max_stops)
    lit = surface.but(materials=_materials(surface, stops), colours=_colours(surface, stops))
    return lit.noting(
        "light-taken-out",
        "warning",
        correlation_before=shading.correlation,
        correlation_after=shading.correlation_in(lit),
        brighter_stops=round(float(np.quantile(sampled, 0.99)), 2),
        darker_stops=round(float(-np.quantile(sampled, 0.01)), 2),
    )


def _stops(light: NDArray[np.float64], strength: float, max_stops: float) -> NDArray[np.float64]:
    """How many stops each place becomes brighter."""
    out: NDArray[np.float64] = np.clip(-np.log2(light) * strength, -max_stops, max_stops)
    return out


def _materials(surface: Surface, stops: NDArray[np.float64]) -> tuple[Material, ...]:
    uses = (m.colour_texture for m in surface.materials)
    textures = {use.texture.sha256: use.texture for use in uses if use is not None}
    lit = {digest: _lit(surface, texture, stops) for digest, texture in textures.items()}
    return tuple(_with(material, lit) for material in surface.materials)


def _with(material: Material, lit: dict[str, Texture]) -> Material:
    use = material.colour_texture
    if use is None:
        return material
    return replace(material, colour_texture=replace(use, texture=lit[use.texture.sha256]))


def _lit(surface: Surface, texture: Texture, stops: NDArray[np.float64]) -> Texture:
    scale = min(1.0, MAP_PX / max(texture.width, texture.height))
    width, height = (max(1, round(side * scale)) for side in (texture.width, texture.height))
    laid = uv_map(surface, stops, digest=texture.sha256, width=width, height=height)
    if laid is None:
        return texture
    values = np.rint((laid / MAP_STOPS + 1) / 2 * 65535).clip(0, 65535).astype(np.uint16)
    image = pyvips.Image.new_from_array(values, interpretation="grey16")
    data: bytes = image.pngsave_buffer(compression=6, keep="none")
    return texture.changed(Change(gains=probe(data, name=f"gains of {texture.name}", role="data")))


def _colours(surface: Surface, stops: NDArray[np.float64]) -> NDArray[np.uint8] | None:
    if surface.colours is None:
        return None
    own = shows_own_colour(surface)
    light = linear_of(surface.colours[own, :3])
    factor = 1 + (2.0 ** stops[own] - 1) * spared(light.max(axis=1))
    colours = surface.colours.copy()
    colours[own, :3] = srgb_of(light * factor[:, None])
    return colours
