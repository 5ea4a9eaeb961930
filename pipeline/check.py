"""A scan looked at before work: what it is, how large, whether the register agrees, what is missing.

Nothing is written. The figures are of the scan as it came; ``clean`` will take specks away and ``place`` will
say the same of unit and up axis, as both are decided by the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline import formats, together, unit
from pipeline.asked import Options, asserted, dimensions_of, measured_in
from pipeline.catalogue.capture import METRES
from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.cloud import Cloud
from pipeline.matter.rows import same_rows
from pipeline.measure import topology
from pipeline.measure.upright import Upright, by_format, find_up
from pipeline.pieces import sides_of
from pipeline.unlikely import unlikely_size

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface
    from pipeline.scan import Scan

MISSING = frozenset({"texture-missing", "material-library-missing"})
"""Codes of findings that say that a file is not there."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    Attributes:
        format: of the model file.
        unit: decided as a run would.
        size_mm: sides of the box along the scan's x, y, z.
        register_mm: sizes the register knows, largest first.
        agrees: whether they agree, None where the register knows none.
        agrees_mm: sides of the part that agrees where the whole does not (the rest are remains).
        triangles, vertices: as read.
        holes, largest_hole_mm: boundary loops and the longest way round one.
        crowded_edges: edges of more than two triangles.
        pieces, largest_share: connected pieces, and the share of the triangles in the largest.
        points, sensors: points of a cloud, and known places of the scanner.
        up: which axis is up and how we know; None for a cloud whose mesh will tell.
        textures: name, width and height in pixels of each.
        colours: whether vertices carry colours.
        findings: what the reader noticed, and a unit that is unlikely.
    """

    format: str
    unit: unit.Decision
    size_mm: tuple[float, float, float]
    register_mm: tuple[float, ...]
    agrees: bool | None
    agrees_mm: tuple[float, ...]
    triangles: int
    vertices: int
    holes: int
    largest_hole_mm: float
    crowded_edges: int
    pieces: int
    largest_share: float
    points: int
    sensors: int
    up: Upright | None
    textures: tuple[tuple[str, int, int], ...]
    colours: bool
    findings: tuple[Finding, ...]


def examine(scan: Scan, options: Options) -> Check:
    """Reads a scan and looks at it.

    Raises:
        Refused: it cannot be read.
    """
    scanned = together.read(scan, formats.read)
    said, dimensions = asserted(scan, options), dimensions_of(scan)
    if not isinstance(scanned, Cloud) and len(scanned.triangles) == 0:
        raise Refused("the scan has no triangles", where=scan.model.name, do="export a mesh")
    boxes = list(sides_of(scanned))
    decision = unit.decide(
        boxes,
        given=said.unit if said.source == "given" else None,
        capture=said.unit if said.source == "capture" else None,
        source_format=scanned.source_format,
        stated=scanned.unit if isinstance(scanned, Cloud) else "",
        dimensions=dimensions,
        measured=measured_in(scan),
    )
    scale = METRES[decision.unit] * decision.factor * 1000
    sizes = [unit.in_mm(box, decision.unit, decision.factor) for box in boxes]
    height = dimensions.height_mm / scale if dimensions.height_mm else None
    unit.hold_possible(sizes[0], decision, scan.model.name)
    fitting = next((size for size in sizes if unit.agrees(size, dimensions)), None)
    known = unit.known_mm(dimensions)
    form = _points(scanned) if isinstance(scanned, Cloud) else _shape(scanned, scale)
    doubts = () if isinstance(scanned, Cloud) else unlikely_size(sizes[0], decision)
    told = Upright(said.up, "given", certain=True) if said.up else None
    return Check(
        format=scanned.source_format,
        unit=decision,
        size_mm=(sizes[0][0], sizes[0][1], sizes[0][2]),
        register_mm=known,
        agrees=fitting is not None if known else None,
        agrees_mm=() if fitting in (None, sizes[0]) else tuple(fitting or ()),
        **form._asdict(),
        up=told
        or (by_format(scanned.source_format) if isinstance(scanned, Cloud) else find_up(scanned, height)),
        textures=tuple((texture.name, texture.width, texture.height) for texture in scanned.textures()),
        colours=scanned.colours is not None,
        findings=(*scan.findings, *scanned.findings, *doubts),
    )


class _Form(NamedTuple):
    """What the scan is made of, named as in :class:`Check`."""

    triangles: int = 0
    vertices: int = 0
    holes: int = 0
    largest_hole_mm: float = 0.0
    crowded_edges: int = 0
    pieces: int = 1
    largest_share: float = 1.0
    points: int = 0
    sensors: int = 0


def _points(cloud: Cloud) -> _Form:
    return _Form(points=len(cloud.positions), sensors=len(cloud.sensors))


def _shape(surface: Surface, scale: float) -> _Form:
    """Holes, crowded edges, pieces and the largest piece's share; vertices at one place count as one.
    ``scale`` is millimetres a unit."""
    points = same_rows(surface.positions)
    places = np.zeros((int(points.max()) + 1, 3))
    places[points] = surface.positions
    welded = points[surface.triangles]
    edges = topology.edges(welded)
    counts = np.bincount(topology.components(welded, len(places)))
    rims = topology.holes(edges, places)
    return _Form(
        triangles=len(surface.triangles),
        vertices=len(surface.positions),
        holes=rims.count,
        largest_hole_mm=float(rims.perimeters[0]) * scale if rims.count else 0.0,
        crowded_edges=int((edges.uses > 2).sum()),
        pieces=len(counts),
        largest_share=float(counts.max() / counts.sum()),
    )
