"""A scan of one or several model files as one workpiece: its files and its surface.

Parts are read one after another, each by its own reader, and joined without moving anything. They must be of
one format: glTF counts in metres and OBJ in whatever its exporter had, and no file says which of two is
meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Refused
from pipeline.formats import limits

if TYPE_CHECKING:
    from pipeline.matter.cloud import Cloud
    from pipeline.matter.surface import Surface
    from pipeline.scan import Scan

DOUBLE_SHARE_MIN = 0.002
"""Share of vertices lying double from which on a finding says so. Tiles that only share a border have 0."""


def files_of(scan: Scan, files: Callable[[Path], Sequence[Path]]) -> tuple[Path, ...]:
    """Gives every file that a scan consists of: of each model all it needs, then what tells of the capture.

    Args:
        scan: what is meant.
        files: gives every file of one model.
    """
    found = [file for model in scan.models for file in files(model)]
    return tuple(dict.fromkeys((*found, *scan.evidence)))


def read(scan: Scan, reader: Callable[[Path], Surface | Cloud]) -> Surface | Cloud:
    """Reads a scan, its parts joined; how they meet becomes findings.

    Args:
        scan: what is meant.
        reader: reads one model.

    Raises:
        Refused: a part cannot be read, the parts are of several formats, or together they are too large.
    """
    if not scan.parts:
        return reader(scan.model)
    from pipeline.matter.join import joined
    from pipeline.matter.surface import Surface

    parts: list[Surface] = []
    vertices, triangles = 0, 0
    for model in scan.models:
        part = reader(model)
        if not isinstance(part, Surface):
            raise Refused(
                "a point cloud cannot be a part of an object of several models",
                where=model.name,
                do="join the clouds in the program that made them, or name meshes only",
            )
        vertices, triangles = vertices + len(part.positions), triangles + len(part.triangles)
        if vertices > limits.VERTICES_MAX or triangles > limits.TRIANGLES_MAX:
            raise Refused(
                f"the parts together have more than {limits.VERTICES_MAX} vertices or triangles",
                where=model.name,
                do="process them as several objects",
            )
        parts.append(part)
    formats = list(dict.fromkeys(part.source_format for part in parts))
    if len(formats) > 1:
        raise Refused(
            f"the parts of one object are of several formats: {', '.join(formats)}",
            where=scan.name,
            do="export all of them in one format, so that their units agree",
        )
    return _noted(joined(parts), parts)


def _noted(whole: Surface, parts: Sequence[Surface]) -> Surface:
    """Says of a joined surface how its parts meet."""
    from pipeline.measure.borders import meeting

    whole = whole.noting("parts-joined", "info", parts=len(parts))
    found = meeting(parts)
    diagonal = whole.diagonal or 1.0
    for number in found.apart:
        whole = whole.noting("part-apart", "warning", part=number + 1, parts=len(parts))
    if found.pairs and found.seen and found.gap_p95 <= 1e-6 * diagonal:
        whole = whole.noting("parts-meet", "info", pairs=found.pairs)
    elif found.pairs and found.seen:
        whole = whole.noting(
            "parts-gap", "warning", pairs=found.pairs, median=found.gap_median, p95=found.gap_p95
        )
    if found.double_share >= DOUBLE_SHARE_MIN:
        whole = whole.noting("parts-overlap", "warning", percent=round(100 * found.double_share, 2))
    return whole
