"""In which unit a scan's numbers are, and how we know. A wrong unit is the dearest mistake a digitisation
makes.

In this order, the first that speaks decides: what was measured (``scale-bar``, ``targets``), the technician
(``given``), ``capture.toml`` (``capture``), the format (glTF and E57 say metres, a LAS file's coordinate
system its own), the register's dimensions where exactly one unit agrees with them within 5 % (``register``),
and last an assumption: metres unless that makes the object implausible and millimetres do not, or the format
is in millimetres by habit (``assumed``).

What was measured is rarely a unit: a photogrammetry program's numbers have a size of their own. Then the unit
is the one that somebody says, else the nearest, and a ``factor`` beside it makes the size right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, permutations
from math import log
from typing import Literal, get_args

from pipeline.catalogue.artifact import Dimensions
from pipeline.catalogue.capture import METRES, Unit
from pipeline.errors import Refused
from pipeline.scale import Measured

TOLERANCE = 0.05
"""Share by which a scan and the register may differ: registers are measured by ruler, often to half a
centimetre."""

SMALLEST_M, LARGEST_M = 0.002, 60.0
"""A longest side outside of these is implausible for one object or one capture of a site, in metres."""

IMPOSSIBLE_M = 100_000.0
"""No site is this long: numbers that mean nothing, or a point that lies at the end of the world."""

MILLIMETRE_FORMATS = frozenset({"stl"})
"""Formats that say no unit and are in millimetres by habit."""

METRE_FORMATS = frozenset({"gltf", "glb", "usd", "usdz", "e57"})
"""Formats whose standard says metres: glTF 2.0, USDZ, ASTM E2807."""

Evidence = Literal["scale-bar", "targets", "given", "capture", "format", "register", "assumed"]

MEASURED: tuple[Evidence, ...] = ("scale-bar", "targets")


@dataclass(frozen=True, slots=True)
class Decision:
    """The unit of a scan, how it is known, and what its numbers are multiplied by beside the unit."""

    unit: Unit
    evidence: Evidence
    factor: float = 1.0


def decide(
    boxes: Iterable[Sequence[float]],
    *,
    given: Unit | None = None,
    capture: Unit | None = None,
    source_format: str = "",
    stated: str = "",
    dimensions: Dimensions | None = None,
    measured: Measured | None = None,
) -> Decision:
    """Says in which unit a scan's numbers are.

    Args:
        boxes: the three sides of the scan's box in its own unit; then, asked for only while none agrees with
            the register, those of its parts (``pieces.sides_of``).
        given: what the technician said.
        capture: what ``capture.toml`` says.
        source_format: ``obj``, ``gltf`` …
        stated: the unit that the file itself states, as a LAS file's coordinate system does; empty if none.
        dimensions: what the register says.
        measured: what scale bars or targets say.
    """
    if measured is not None:
        return _measured(measured, given or capture or ("m" if source_format in METRE_FORMATS else None))
    if given:
        return Decision(given, "given")
    if capture:
        return Decision(capture, "capture")
    by_file = "m" if source_format in METRE_FORMATS else stated
    for unit in get_args(Unit):
        if unit == by_file:
            return Decision(unit, "format")
    boxes = iter(boxes)
    whole = next(boxes)
    for box in chain([whole], boxes) if known_mm(dimensions) else ():
        agreeing = [unit for unit in get_args(Unit) if agrees(in_mm(box, unit), dimensions)]
        if agreeing:
            break
    else:
        agreeing = []
    if len(agreeing) == 1:
        return Decision(agreeing[0], "register")
    return _assumed(max(whole), source_format)


def _measured(measured: Measured, said: Unit | None) -> Decision:
    """The unit that was said, else the nearest, and the factor that makes the measured size of it."""
    nearest: Unit = min(get_args(Unit), key=lambda one: abs(log(measured.metres / METRES[one])))
    unit = said or nearest
    return Decision(unit, measured.evidence, measured.metres / METRES[unit])


def _assumed(longest: float, source_format: str) -> Decision:
    metres, millimetres = _plausible(longest * METRES["m"]), _plausible(longest * METRES["mm"])
    if millimetres and (not metres or source_format in MILLIMETRE_FORMATS):
        return Decision("mm", "assumed")
    return Decision("m", "assumed")


def known_mm(dimensions: Dimensions | None) -> tuple[float, ...]:
    """Gives the register's sizes that must show as sides of the box, in mm, largest first."""
    return () if dimensions is None else dimensions.sides_mm


def agrees(extents_mm: Sequence[float], dimensions: Dimensions | None) -> bool:
    """Says whether every size of the register is one of the scan's sides within the tolerance.

    Which side is which is not asked: a plate may lie or stand. False where the register knows no size.
    """
    known = known_mm(dimensions)[:3]
    if not known:
        return False
    return any(
        all(abs(side - value) <= TOLERANCE * value for side, value in zip(sides, known, strict=True))
        for sides in permutations(extents_mm, len(known))
    )


def hold_against(extents_mm: Sequence[float], dimensions: Dimensions | None, decision: Decision) -> None:
    """Stops where the scan's size and the register's do not agree.

    Raises:
        Refused: with both figures, and the unit that would agree if there is one.
    """
    known = known_mm(dimensions)[:3]
    if not known or agrees(extents_mm, dimensions):
        return
    scan = [side / METRES[decision.unit] for side in extents_mm]
    better = [unit for unit in get_args(Unit) if agrees([side * METRES[unit] for side in scan], dimensions)]
    hint = f"--unit {better[0]} would agree; otherwise " if len(better) == 1 else ""
    raise Refused(
        f"the scan measures {size_text(extents_mm)} in {decision.unit} ({decision.evidence}), "
        f"the register says {size_text(known)}",
        do="look at the points and lengths of the scale in capture.toml, or say --force-size to go on"
        if decision.evidence in MEASURED
        else f"{hint}correct the unit or the register, or say --force-size to go on",
    )


def hold_possible(extents_mm: Sequence[float], decision: Decision, model: str) -> None:
    """Stops before work on a scan whose size nothing on earth has.

    Raises:
        Refused: its longest side is over :data:`IMPOSSIBLE_M`.
    """
    if max(extents_mm) / 1000 > IMPOSSIBLE_M:
        raise Refused(
            f"the scan is over {IMPOSSIBLE_M / 1000:g} km long in {decision.unit} ({decision.evidence})",
            where=model,
            do="give the right --unit, or look for points that lie far away and export it again",
        )


def size_text(sides_mm: Sequence[float], *, sort: bool = True) -> str:
    """Gives sides as text, largest first: ``312 × 205 × 198 mm``, in metres from 10 m."""
    sides = sorted(sides_mm, reverse=True) if sort else list(sides_mm)
    scale, name = (0.001, "m") if max(sides) >= 10_000 else (1.0, "mm")
    return " × ".join(_figure(side * scale) for side in sides) + f" {name}"


def _figure(value: float) -> str:
    """Four digits, never an exponent."""
    return (
        f"{value:.0f}"
        if value >= 1000
        else f"{value:.4g}"
        if value >= 0.001 or value == 0
        else f"{value:.6f}"
    )


def in_mm(sides: Iterable[float], unit: Unit, factor: float = 1.0) -> list[float]:
    """Gives sides in millimetres."""
    return [float(side) * METRES[unit] * factor * 1000 for side in sides]


def _plausible(metres: float) -> bool:
    return SMALLEST_M <= metres <= LARGEST_M
