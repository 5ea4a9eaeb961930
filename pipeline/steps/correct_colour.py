"""Brings a scan's colours to those that a ColorChecker, photographed with it, is known to have.

The chart stands in ``capture.toml`` (table ``[colour]``): a photograph that lies in the folder of the model
and was taken with the object's own (same camera, same light, developed alike), or one of the textures.
Textures are not touched yet: each carries the correction as a promise (``matter.texture.Change``) and is
encoded once, later, from the camera's own pixels.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.formats.images import pixels, probe
from pipeline.formats.paths import resolve
from pipeline.matter.painted import shows_own_colour
from pipeline.matter.surface import Material, Surface
from pipeline.matter.texture import Change, Texture
from pipeline.measure.checker import difference
from pipeline.measure.checker_find import Reading, find
from pipeline.measure.colour import linear_of, srgb_of
from pipeline.measure.colour_fit import LEAST_PATCHES, Fit, applied, fit
from pipeline.steps.registry import step

READ_PX = 4096
"""Longest side at which the chart's picture is read: a patch of a chart that fills a tenth of it still has
thirty pixels across."""
GOOD_MEAN_DE = 3.0
"""Mean CIEDE2000 after correction up to which nothing is remarked: what DB14/T 3257-2025 allows a mural."""
BETTER = 0.98
"""The mean difference must fall below this share of what it was."""


@step(version=1, paints=True)
def correct_colour(
    surface: Surface,
    *,
    checker: str = "",
    corners: tuple[tuple[float, float], ...] | None = None,
    folder: str = "",
    model: Literal["matrix", "root-polynomial"] = "matrix",
) -> Surface:
    """Corrects textures and vertex colours by a ColorChecker photographed with the object.

    Does nothing where the capture names no chart. Exposure, white balance, contrast and the mixing of colours
    are fitted to the patches in linear light (``measure.colour_fit``) and judged by CIEDE2000 against the
    maker's values of the edition after November 2014 (``measure.checker``).

    Args:
        surface: any, as read or placed.
        checker: name of the picture that shows the chart: a texture of the model, or a file in ``folder``.
        corners: of the chart in that picture, four points (x, y) in pixels going round; looked for where none
            are given.
        folder: where the model lies; given by the run.
        model: ``matrix`` (3x3) or ``root-polynomial``, which bends saturated colours further.

    Returns:
        The surface with corrected colours and a finding with the differences before and after.

    Raises:
        Refused: no such picture, no chart in it, patches overexposed, a correction that no photograph needs
        or that would make the colours worse.
    """
    if not checker or not _coloured(surface):
        return surface
    reading = _reading(_picture(surface, checker, folder), corners or ())
    usable = ~reading.clipped
    if usable.sum() < LEAST_PATCHES:
        raise Refused(
            f"{24 - int(usable.sum())} of the chart's 24 patches are overexposed",
            where=checker,
            do="take a picture of the chart with less exposure, or take [colour] out of capture.toml",
        )
    found = fit(reading.patches, use=usable, model=model)
    _hold_plausible(found, checker)
    before, after = difference(reading.patches), difference(_applied(reading, found))
    if after.mean >= BETTER * before.mean:
        raise Refused(
            f"the correction would not bring the chart's colours nearer (ΔE2000 {before.mean} before, "
            f"{after.mean} after)",
            where=checker,
            do="take [colour] out of capture.toml: the colours are as good as this chart can tell",
        )
    return recoloured(surface, Change(found.matrix, tone=found.tone)).noting(
        "colour-corrected",
        "info" if after.mean <= GOOD_MEAN_DE else "warning",
        checker=checker,
        before_mean_de=before.mean,
        before_max_de=before.max,
        after_mean_de=after.mean,
        after_max_de=after.max,
        worst=after.worst,
        unseen_mean_de=found.unseen_mean_de,
        exposure=round(found.gain, 3),
        tone=round(found.tone, 3),
    )


def recoloured(surface: Surface, change: Change) -> Surface:
    """Gives a surface whose colour textures promise a change; colours of vertices without texture are changed
    at once.
    """
    colours = surface.colours
    if colours is not None and (own := shows_own_colour(surface)).any():
        colours = colours.copy()
        for places in np.array_split(np.flatnonzero(own), 1 + len(colours) // (1 << 20)):
            light = linear_of(colours[places, :3])
            colours[places, :3] = srgb_of(applied(light, change.matrix, change.tone))
    return surface.but(materials=tuple(_changed(m, change) for m in surface.materials), colours=colours)


def _applied(reading: Reading, found: Fit) -> NDArray[np.float64]:
    return applied(reading.patches, found.matrix, found.tone)


def _changed(material: Material, change: Change) -> Material:
    use = material.colour_texture
    if use is None:
        return material
    return replace(material, colour_texture=replace(use, texture=use.texture.changed(change)))


def _coloured(surface: Surface) -> bool:
    return surface.colours is not None or any(m.colour_texture is not None for m in surface.materials)


def _picture(surface: Surface, checker: str, folder: str) -> Texture:
    for texture in surface.textures():
        if texture.name == checker:
            return texture
    path = resolve(Path(folder), checker) if folder else None
    if path is None:
        raise Refused(
            f"neither a texture nor a picture beside the model is called {checker}",
            where="capture.toml [colour]",
            do="copy the picture of the chart into the folder of the model",
        )
    return probe(path)


def _reading(picture: Texture, corners: tuple[tuple[float, float], ...]) -> Reading:
    shown: NDArray[np.uint8] = pixels(picture, max_px=READ_PX)
    scale = shown.shape[1] / picture.width
    reading = find(shown, corners=[(x * scale, y * scale) for x, y in corners])
    if reading is None and corners:
        raise Refused(
            "the four corners enclose no ColorChecker of 24 patches",
            where=picture.name,
            do="give the outer corners of its corner patches in pixels of the upright picture, going round",
        )
    if reading is None:
        raise Refused(
            "no ColorChecker of 24 patches was found in the picture",
            where=picture.name,
            do="add its four corners to [colour] in capture.toml, or take a picture that shows it larger",
        )
    return reading


def _hold_plausible(found: Fit, checker: str) -> None:
    if not found.plausible:
        raise Refused(
            f"the chart asks for a correction that no photograph needs (a grey {found.gain} times as bright, "
            f"one channel {found.cast} times another, colours stretched {found.stretch} times)",
            where=checker,
            do="light chart and object alike, expose so that the white patch is just not white",
        )
