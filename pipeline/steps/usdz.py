"""Ends a level in a USDZ, for AR on Apple's devices."""

from __future__ import annotations

from pipeline.errors import Refused
from pipeline.formats.usdz import MEDIA_TYPE, write_usdz
from pipeline.matter.encoded import Encoded, of_surface
from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Surface
from pipeline.steps.about import told
from pipeline.steps.cells import painted
from pipeline.steps.registry import step


@step(version=1)
def usdz(surface: Surface, *, metadata: str = "") -> Encoded:
    """Writes a level as USDZ: metres, Y up, JPEG and PNG textures only.

    Coordinates are rounded to decimal digits, by a tenth of the level's error at most. Colours that only
    vertices carry become a texture, for Quick Look does not show them otherwise (``steps.cells``).

    Args:
        surface: placed, its textures encoded as JPEG or PNG.
        metadata: JSON of a KHR_xmp_json_ld packet (``formats.gltf_xmp.packet``); title, number and rights
            of it go into the layer.

    Returns:
        The file; its deviation is measured on what was written, with the digits that are in the file.

    Raises:
        Refused: not placed, a texture is neither JPEG nor PNG, or too many triangles with vertex colours.
    """
    if surface.placement is None:
        raise Refused("the scan has no size in metres yet", where="step usdz", do="put step place before it")
    if surface.colours is not None and not any(m.colour_texture for m in surface.materials):
        surface = painted(surface.but(normals=normals_of(surface))).noting("usdz-vertex-colours", "info")
    written = write_usdz(surface, about=told(metadata, "step usdz"))
    return of_surface(
        written.surface,
        written.data,
        MEDIA_TYPE,
        ".usdz",
        vertices=written.vertices,
        error_mm=surface.error_mm + written.rounding_mm,
    )
