"""Two meshes in one coordinate system held against each other: the same figures as a derivative's proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import formats, unit
from pipeline.catalogue.capture import METRES, Unit
from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.surface import Surface
from pipeline.measure.proof import SAMPLES, Proven, prove
from pipeline.progress import stage
from pipeline.steps.place import place

FACTORS = (1000.0, 100.0, 10.0, 25.4, 304.8, 30.48, 12.0, 2.54)
"""Between units that a mesh may be in: metres, centimetres, millimetres, inches, feet."""
LIKE = 0.05
"""Diagonals that differ by less than this share are taken for equal, as a register's sizes are."""
OTHER = 1.5
"""A diagonal so many times the other's is no difference of fidelity."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """One of the two as it was read: its box (low and high corner) in mm along its own x, y, z."""

    name: str
    format: str
    unit: unit.Decision
    triangles: int
    vertices: int
    low_mm: tuple[float, float, float]
    high_mm: tuple[float, float, float]

    @property
    def size_mm(self) -> tuple[float, float, float]:
        """Sides of the box."""
        x, y, z = (high - low for low, high in zip(self.low_mm, self.high_mm, strict=True))
        return (x, y, z)

    @property
    def diagonal_mm(self) -> float:
        """Diagonal of the box."""
        return float(np.linalg.norm(self.size_mm))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both meshes, what was measured of the second against the first, what is doubtful, and both surfaces in
    metres, upright as the first one stands."""

    a: Mesh
    b: Mesh
    proven: Proven
    findings: tuple[Finding, ...]
    surfaces: tuple[Surface, Surface]


def compared(
    a: Path, b: Path, *, given: Unit | None = None, screen_px: int | None = None, samples: int = SAMPLES
) -> Comparison:
    """Measures mesh ``b`` against mesh ``a``.

    Args:
        a: the reference; how it stands decides which way is up for both.
        b: the other, in the same coordinate system.
        given: unit of both; None leaves it to the format, or to the size of ``a``.
        screen_px: pixels that the diagonal of ``a`` fills on a screen, for figures in pixels.
        samples: points drawn on each surface.

    Raises:
        Refused: one of them is not readable, or has no triangles.
    """
    with stage("read"):
        first, second = (_read(path) for path in (a, b))
    unit_a = _unit(first, given)
    unit_b = unit_a if second.source_format not in unit.METRE_FORMATS or given else _unit(second, given)
    placed = place(first, unit=unit_a.unit, evidence=unit_a.evidence)
    other = _moved(second, placed, first, METRES[unit_b.unit] / METRES[unit_a.unit])
    meshes = _mesh(a, first, unit_a), _mesh(b, second, unit_b)
    with stage("measure"):
        proven = prove(placed, other, screen_px=screen_px, samples=samples)
    noted = tuple(one for one in placed.findings if one.code == "unit-assumed" and given is None)
    return Comparison(*meshes, proven, (*noted, *_doubts(*meshes)), (placed, other))


def _read(path: Path) -> Surface:
    surface = formats.read(path)
    if not isinstance(surface, Surface) or len(surface.triangles) == 0:
        raise Refused("the scan has no triangles", where=path.name, do="export a mesh")
    return surface


def _unit(surface: Surface, given: Unit | None) -> unit.Decision:
    low, high = surface.bounds
    return unit.decide([tuple(high - low)], given=given, source_format=surface.source_format)


def _mesh(path: Path, surface: Surface, known: unit.Decision) -> Mesh:
    low, high = (unit.in_mm(corner, known.unit) for corner in surface.bounds)
    return Mesh(
        name=path.name,
        format=surface.source_format,
        unit=known,
        triangles=len(surface.triangles),
        vertices=len(surface.positions),
        low_mm=(low[0], low[1], low[2]),
        high_mm=(high[0], high[1], high[2]),
    )


def _moved(surface: Surface, placed: Surface, before: Surface, scale: float) -> Surface:
    """The surface moved as ``before`` was to become ``placed``; its numbers times ``scale`` are in the unit
    of ``before``."""
    placement = placed.placement
    assert placement is not None
    matrix: NDArray[np.float64] = np.array(placement.matrix)
    turn, shift = matrix[:3, :3], matrix[:3, 3]
    centre = np.mean(before.bounds, axis=0)  # comes off first, or a survey's far offset costs its digits
    positions = (surface.positions * scale - centre) @ turn.T + (turn @ centre + shift)
    normals = surface.normals
    if normals is not None:
        normals = (normals @ (turn / METRES[placement.unit]).T).astype(np.float32)
    return surface.but(positions=positions, normals=normals, placement=placement)


def _doubts(a: Mesh, b: Mesh) -> Iterator[Finding]:
    """What makes a comparison doubtful: other units, another size, another place."""
    larger, smaller = (a, b) if a.diagonal_mm >= b.diagonal_mm else (b, a)
    ratio = larger.diagonal_mm / max(smaller.diagonal_mm, 1e-9)
    factor = next((one for one in FACTORS if abs(ratio / one - 1) < LIKE), None)
    figures: dict[str, float | int | str]
    if factor is not None:
        figures = {"factor": factor, "larger": larger.name, "smaller": smaller.name}
        yield Finding("compare-factor", "warning", figures)
    elif ratio > OTHER:
        figures = {"a_mm": round(a.diagonal_mm, 3), "b_mm": round(b.diagonal_mm, 3)}
        yield Finding("compare-size-differs", "warning", figures)
    middles = [np.add(mesh.low_mm, mesh.high_mm) / 2 for mesh in (a, b)]
    apart = float(np.linalg.norm(middles[0] - middles[1]))
    if apart > max(a.diagonal_mm, b.diagonal_mm) / 2:
        figures = {"apart_mm": round(apart, 3), "diagonal_mm": round(a.diagonal_mm, 3)}
        yield Finding("compare-apart", "warning", figures)
