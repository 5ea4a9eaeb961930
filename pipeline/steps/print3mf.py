"""Ends a level in a 3MF for a printer."""

from __future__ import annotations

import numpy as np

from pipeline.errors import Refused
from pipeline.formats.stl_write import off_the_bed_m, on_the_bed_mm
from pipeline.formats.threemf import DIGITS, MEDIA_TYPE, write_3mf
from pipeline.matter.encoded import Encoded, of_surface
from pipeline.matter.surface import Surface
from pipeline.steps.about import told
from pipeline.steps.registry import step
from pipeline.steps.solid import hold_closed


@step(version=1)
def print3mf(surface: Surface, *, metadata: str = "") -> Encoded:
    """Writes a closed surface as 3MF: millimetres, with its title and rights.

    Args:
        surface: placed and closed (step ``solid``).
        metadata: JSON of a KHR_xmp_json_ld packet: title, rights and licence go into the file.

    Returns:
        The file; its deviation is measured on the digits that are in it.

    Raises:
        Refused: not placed or not closed.
    """
    if surface.placement is None:
        raise Refused(
            "the scan has no size in metres yet", where="step print3mf", do="put step place before it"
        )
    hold_closed(surface, "step print3mf")
    rounded = np.round(on_the_bed_mm(surface.positions), DIGITS)
    return of_surface(
        surface.but(positions=off_the_bed_m(rounded)),
        write_3mf(surface, about=told(metadata, "step print3mf")),
        MEDIA_TYPE,
        ".3mf",
        vertices=len(surface.positions),
        error_mm=surface.error_mm + 10.0**-DIGITS,
    )
