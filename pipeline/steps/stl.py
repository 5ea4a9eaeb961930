"""Ends a level in an STL for a printer."""

from __future__ import annotations

import numpy as np

from pipeline.errors import Refused
from pipeline.formats.stl_write import off_the_bed_m, on_the_bed_mm, write_stl
from pipeline.matter.encoded import Encoded, of_surface
from pipeline.matter.surface import Surface
from pipeline.measure.closed import seams_of
from pipeline.steps.about import told
from pipeline.steps.registry import step
from pipeline.steps.solid import hold_closed


@step(version=1)
def stl(surface: Surface, *, metadata: str = "") -> Encoded:
    """Writes a closed surface as binary STL: millimetres, Z up.

    Args:
        surface: placed and closed (step ``solid``).
        metadata: JSON of a KHR_xmp_json_ld packet; the number of the object goes into the head.

    Returns:
        The file; its deviation is measured on the single precision numbers that are in it.

    Raises:
        Refused: not placed or not closed.
    """
    if surface.placement is None:
        raise Refused("the scan has no size in metres yet", where="step stl", do="put step place before it")
    hold_closed(surface, "step stl")
    single = on_the_bed_mm(surface.positions).astype(np.float32)
    kept = surface.but(positions=off_the_bed_m(single), normals=None)
    if not seams_of(kept).closed:
        raise Refused(
            "some details are finer than the numbers of an STL", where="step stl", do="simplify a little more"
        )
    rounding_mm = float(np.abs(single).max()) * 2.0**-24 * np.sqrt(3)
    return of_surface(
        kept,
        write_stl(surface, title=told(metadata, "step stl").get("identifier", "")),
        "model/stl",
        ".stl",
        vertices=3 * len(surface.triangles),
        error_mm=surface.error_mm + float(rounding_mm),
    )
