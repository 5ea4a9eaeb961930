"""The report on two meshes as JSON and as a page, of the same parts as that of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.catalogue.proof import Verdict

from . import words
from .charts import chart, scale
from .page import LOCALES, finding_told
from .sides import Sides
from .style import embedded, filled, turn_frames
from .tables import Row

if TYPE_CHECKING:
    from pipeline.comparison import Comparison, Mesh

COMPARISON_SCHEMA = "mobile-museum/comparison/1"


def comparison_report(
    found: Comparison, verdicts: tuple[Verdict, ...], rows: list[Row], sides: Sides
) -> dict[str, bytes]:
    """Gives the report's files by name: ``report.json`` and ``report.html``.

    Args:
        found: what was compared and measured.
        verdicts: the figures held against limits.
        rows: the table of figures, one column.
        sides: pictures of both.
    """
    proven = found.proven
    findings = [finding_told(one) for one in found.findings]
    data = {
        "schema": COMPARISON_SCHEMA,
        "a": _mesh(found.a),
        "b": _mesh(found.b),
        "deviation_mm": msgspec.to_builtins(proven.deviation),
        "colour_de2000": msgspec.to_builtins(proven.colour),
        "proof": msgspec.to_builtins(proven.proof),
        "verdicts": [
            msgspec.to_builtins(one) | {"sentences": {locale: one.sentence(locale) for locale in LOCALES}}
            for one in verdicts
        ],
        "findings": findings,
    }
    page = filled(
        "compare.html",
        name=f"{found.a.name} · {found.b.name}",
        name_en="",
        a=found.a,
        b=found.b,
        deviation=proven.deviation,
        colour=proven.colour,
        likeness=proven.proof.likeness if proven.proof is not None else None,
        rows=rows,
        findings=findings,
        pictures={name: embedded(p) for name, p in sides.pictures.items() if "-" not in name},
        turn=turn_frames(sides.pictures),
        scale=scale(sides.heat_mm),
        chart=chart(proven.deviation, proven.proof, sides.heat_mm) if proven.proof is not None else None,
        words=words,
    )
    text = msgspec.json.format(msgspec.json.encode(data), indent=2)
    return {"report.json": text + b"\n", "report.html": page}


def _mesh(mesh: Mesh) -> dict[str, Any]:
    return {
        "name": mesh.name,
        "format": mesh.format,
        "unit": mesh.unit.unit,
        "evidence": mesh.unit.evidence,
        "triangles": mesh.triangles,
        "vertices": mesh.vertices,
        "low_mm": mesh.low_mm,
        "high_mm": mesh.high_mm,
    }
