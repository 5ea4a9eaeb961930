"""How large the object is: the unit before the steps, the size and what the register says of it after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import inputs
from pipeline import unit as units
from pipeline.asked import asserted, dimensions_of, measured_in, scale_digest
from pipeline.cache import key
from pipeline.catalogue.derivative import Scale
from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.pieces import sides_of
from pipeline.scan import GIVEN
from pipeline.unlikely import unlikely_size

from .chain import Made
from .counts import counts
from .job import Job
from .records import Facts, Placed

if TYPE_CHECKING:
    from pipeline.catalogue.artifact import Dimensions
    from pipeline.matter.cloud import Cloud
    from pipeline.matter.surface import Surface

DISAGREEING_PERCENT = 1.0
"""Bars or targets that lie farther apart than this were marked wrongly, or the scan is bent."""


def facts(job: Job, source: Made) -> Facts:
    """Counts, and the unit; needs the scan only the first time."""
    said, name = asserted(job.scan, job.options), facts_name(job, source)
    known = job.cache.record(name, Facts)
    if known is not None:
        return known
    measured = measured_in(job.scan)
    scan: Surface | Cloud = source.get()
    triangles, vertices, points = counts(scan, job.scan.model.name)
    decision = units.decide(
        sides_of(scan),
        given=said.unit if said.source == "given" else None,
        capture=said.unit if said.source == "capture" else None,
        source_format=scan.source_format,
        stated=getattr(scan, "unit", ""),
        dimensions=dimensions_of(job.scan),
        measured=measured,
    )
    sides = next(sides_of(scan))
    units.hold_possible(units.in_mm(sides, decision.unit, decision.factor), decision, job.scan.model.name)
    textures = scan.textures()
    found = Facts(
        unit=decision.unit,
        evidence=decision.evidence,
        format=scan.source_format,
        triangles=triangles,
        vertices=vertices,
        texture_px=max((max(t.width, t.height) for t in textures), default=0),
        pixels=sum(t.width * t.height for t in textures),
        points=points,
        factor=decision.factor,
        measured=measured,
    )
    job.cache.keep_record(name, found)
    return found


def facts_name(job: Job, source: Made) -> str:
    """Gives the key that the facts are kept under."""
    said = asserted(job.scan, job.options)
    code = inputs.code_digest("unit.py", "scale.py", "pieces.py", "catalogue", "matter", "measure")
    asked = [said.unit, said.source, dimensions_of(job.scan), scale_digest(job.scan)]
    return key("facts", source.key, asked, code)


def placed_name(job: Job, common: Made) -> str:
    """Gives the key that size and findings are kept under."""
    code = inputs.code_digest(
        "unit.py", "unlikely.py", "scale.py", "pieces.py", "work", "catalogue", "measure"
    )
    return key("placed", common.key, dimensions_of(job.scan), job.options.force_size, code)


def placed(job: Job, common: Made, known: Facts) -> Placed:
    """Gives size and findings after the common steps.

    Raises:
        Refused: the register says another size, or the recipe does not place.
    """
    dimensions = dimensions_of(job.scan)
    name = placed_name(job, common)
    record = job.cache.record(name, Placed)
    if record is None:
        surface: Surface = common.get()
        findings = (
            *held_against(surface, dimensions, known, forced=job.options.force_size),
            *doubted(surface, known),
        )
        scale = _scale(surface, known, job.recipe.name)
        matrix = surface.placement.matrix if surface.placement is not None else ()
        record = Placed(scale, (*surface.findings, *findings), matrix)
        job.cache.keep_record(name, record)
    return record


def overruled(job: Job) -> tuple[Finding, ...]:
    """Says where the technician's unit is not the one that ``capture.toml`` has; one that an earlier run
    noted there just follows."""
    capture = job.scan.capture
    given, written = job.options.unit, capture.unit if capture else None
    if capture is None or not given or not written or given == written or capture.unit_evidence == GIVEN:
        return ()
    return (Finding("unit-overrules-capture", "warning", {"given": given, "capture": written}),)


def measured_findings(job: Job, known: Facts) -> tuple[Finding, ...]:
    """Says what scale bars or targets gave, and where they contradict one another or the unit somebody
    said."""
    found = known.measured
    if found is None:
        return ()
    figures: dict[str, float | int | str] = {
        "count": found.count,
        "spread_percent": round(found.spread_percent, 3),
        "factor": float(f"{known.factor:.8g}"),
        "unit": known.unit,
    }
    if found.evidence == "targets":
        figures["residual_mm"] = round(found.residual_mm, 4)
    if found.uncertainty_percent is not None:
        figures["uncertainty_percent"] = round(found.uncertainty_percent, 4)
    sure = "" if found.uncertainty_percent is None else "-with-uncertainty"
    made = [Finding(f"scale-by-{found.evidence}{sure}", "info", figures)]
    if found.spread_percent > DISAGREEING_PERCENT:
        made.append(Finding("scale-scatters", "warning", figures))
    if asserted(job.scan, job.options).unit and abs(known.factor - 1) > units.TOLERANCE:
        made.append(
            Finding(
                "scale-contradicts-unit",
                "warning",
                {"unit": known.unit, "factor": figures["factor"], "evidence": found.evidence},
            )
        )
    return tuple(made)


def held_against(
    surface: Surface, dimensions: Dimensions | None, known: Facts, *, forced: bool
) -> tuple[Finding, ...]:
    """What there is to say of the scan's size and the register's.

    Raises:
        Refused: they do not agree, and nobody said to go on.
    """
    whole = units.in_mm(surface.bounds[1] - surface.bounds[0], "m")
    if not units.known_mm(dimensions) or units.agrees(whole, dimensions):
        return ()
    register = units.size_text(units.known_mm(dimensions))
    parts = (units.in_mm(sides, "m") for sides in sides_of(surface))
    part = next((sides for sides in parts if units.agrees(sides, dimensions)), None)
    if part is not None:
        figures: dict[str, float | int | str] = {
            "scan": units.size_text(whole),
            "part": units.size_text(part),
            "register": register,
        }
        return (Finding("size-of-largest-piece", "warning", figures),)
    try:
        units.hold_against(whole, dimensions, units.Decision(known.unit, known.evidence, known.factor))
    except Refused:
        if not forced:
            raise
    return (
        Finding(
            "size-contradicts-register", "warning", {"scan": units.size_text(whole), "register": register}
        ),
    )


def doubted(surface: Surface, known: Facts) -> tuple[Finding, ...]:
    """Says where the unit was assumed and another would make a likelier object; nothing of a point cloud."""
    sides = units.in_mm(surface.bounds[1] - surface.bounds[0], "m")
    return () if known.points else unlikely_size(sides, units.Decision(known.unit, known.evidence))


def _rounded(percent: float | None) -> float | None:
    return None if percent is None else round(percent, 4)


def _scale(surface: Surface, known: Facts, recipe: str) -> Scale:
    place = surface.placement
    if place is None:
        raise Refused("the recipe does not place the object", where=recipe, do="add the step place")
    size = units.in_mm(surface.bounds[1] - surface.bounds[0], "m")
    return Scale(
        unit=known.unit,
        evidence=known.evidence,
        confirmed=known.evidence != "assumed",
        size_mm=(round(size[0], 3), round(size[1], 3), round(size[2], 3)),
        up=place.up,
        up_evidence=place.up_evidence,
        offset_m=place.offset_m,
        factor=known.factor,
        uncertainty_percent=_rounded(known.measured.uncertainty_percent) if known.measured else None,
        front_deg=place.front_deg,
        levelled_deg=place.levelled_deg,
    )
