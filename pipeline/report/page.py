"""The report of a run as JSON and as a page.

Both hold figures and the sentences of ``catalogue/findings.toml``; no time of day and no duration, so that
the same input gives the same bytes. The page is one file without script: Chinese and English stand side by
side in every heading and sentence, pictures are inside it, and it turns by style alone. A server that forbids
inline style allows its one style sheet by ``style_hash``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.derivative import Derivative, Manifest
from pipeline.catalogue.finding import Finding, without_names, without_places
from pipeline.catalogue.phrases import in_chinese
from pipeline.catalogue.readable import is_provisional, readable, shown_name
from pipeline.catalogue.text import Text
from pipeline.measure.budget import budgets, check, fits

from . import words
from .charts import chart, scale
from .sides import Sides, most_missed
from .style import embedded, filled, millimetres, turn_frames
from .tables import columns, rows, worst

REPORT_SCHEMA = "mobile-museum/report/1"
LOCALES = ("zh-Hans", "en")


def report(
    manifest: Manifest, artifact: Artifact | None = None, sides: Sides | None = None
) -> dict[str, bytes]:
    """Gives the report's files by name: ``report.json`` and ``report.html``.

    Args:
        manifest: everything that was made.
        artifact: the object's record, for its name and number.
        sides: pictures of scan and finest model (:func:`side_by_side`); left out of the page where there are
            none.
    """
    name = dict(artifact.name.items()) if artifact is not None else {}
    number = artifact.number if artifact is not None else ""
    synthetic = artifact.synthetic if artifact is not None else False
    data = {
        "schema": REPORT_SCHEMA,
        "object": {"slug": manifest.object, "name": name, "number": number, "synthetic": synthetic},
        "manifest": msgspec.to_builtins(manifest),
        "levels": [_level(d) for d in manifest.derivatives],
        "findings": [finding_told(f) for f in _by_weight(manifest.findings)],
    }
    text = msgspec.json.format(msgspec.json.encode(data), indent=2)
    # the page is served beside the object; where it was found, and names that came with the scan (of persons,
    # of places), are for the museum's own report.json
    page = _page(manifest, artifact, data, sides or Sides())
    return {"report.json": text + b"\n", "report.html": page}


def _level(made: Derivative) -> dict[str, Any]:
    over = {device: [v.what for v in check(made, device) if not v.within] for device in budgets()}
    return {
        "usage": made.usage,
        "quality": made.quality,
        "path": made.path,
        "fits": list(fits(made)),
        "over_budget": {device: what for device, what in over.items() if what},
        "bytes_per_triangle": round(made.bytes / max(1, made.triangles), 2),
        "verdicts": [
            {
                "figure": one.figure,
                "outcome": one.outcome,
                "sentences": {locale: one.sentence(locale) for locale in LOCALES},
            }
            for one in (made.proof.verdicts if made.proof is not None else ())
        ],
    }


def finding_told(finding: Finding) -> dict[str, Any]:
    """Gives a finding with its sentences, for templates and JSON."""
    return {
        "code": finding.code,
        "level": finding.level,
        "figures": finding.figures,
        "sentences": {locale: finding.sentence(locale) for locale in LOCALES},
    }


def _by_weight(findings: tuple[Finding, ...]) -> list[Finding]:
    """Failures first, then warnings; otherwise in the order they were made."""
    return sorted(findings, key=lambda finding: list(words.LEVELS).index(finding.level))


def _page(manifest: Manifest, artifact: Artifact | None, data: Mapping[str, Any], sides: Sides) -> bytes:
    place_shown = artifact is not None and artifact.sensitivity.coordinates == "public"
    finest = finest_of(manifest)
    told = manifest.findings if place_shown else without_names(without_places(manifest.findings))
    proof = finest.proof if finest is not None else None
    return filled(
        "report.html",
        **_title(manifest, artifact),
        manifest=manifest,
        place_shown=place_shown,
        object=data["object"],
        levels=list(zip(manifest.derivatives, data["levels"], strict=True)),
        heads=[_head(one) for one in manifest.derivatives if one.proof is not None],
        checks=[(one, one.proof) for one in manifest.derivatives if one.proof is not None],
        rows=rows(columns(manifest.derivatives)),
        worst=[worst(one) for one in manifest.derivatives],
        findings=[finding_told(finding) for finding in _by_weight(told)],
        pictures={name: embedded(p) for name, p in sides.pictures.items() if "-" not in name},
        missed=_missed(manifest),
        turn=turn_frames(sides.pictures),
        scale=scale(sides.heat_mm),
        finest=finest,
        chart=chart(finest.deviation_mm, proof, sides.heat_mm) if finest and proof else None,
        verdict=_verdict(manifest),
        evidence=words.EVIDENCE[manifest.scale.evidence],
        upright=(in_chinese(manifest.scale.up_evidence, group="figures"), manifest.scale.up_evidence),
        words=words,
    )


def _missed(manifest: Manifest) -> tuple[Derivative, float] | None:
    """The level whose misses are drawn, and their share in percent."""
    place = most_missed(manifest.derivatives)
    if place is None:
        return None
    made = manifest.derivatives[place]
    assert made.proof is not None
    return made, made.proof.bake_miss_percent or 0.0


def _title(manifest: Manifest, artifact: Artifact | None) -> dict[str, Any]:
    """The name over the page, the English one where it is another, and whether it is one for now."""
    name = shown_name(artifact) if artifact is not None else Text()
    shown, locale = name.pick("zh-Hans")
    return {
        "name": shown or readable(manifest.object),
        "name_en": name.get("en", "") if locale == "zh-Hans" else "",
        "unnamed": artifact is None or is_provisional(artifact),
    }


def _head(made: Derivative) -> tuple[str, str]:
    """A level's name in Chinese and English, for the head of its column."""
    return words.level_name(made)


def finest_of(manifest: Manifest) -> Derivative | None:
    """Gives the level that the page shows: of those for viewing the one with most triangles."""
    return max(manifest.derivatives, key=lambda one: (one.usage == "view", one.triangles), default=None)


def _verdict(manifest: Manifest) -> tuple[str, str]:
    """The whole report in a sentence or two, zh-Hans and en: how near, in which colours, what is open."""
    finest = finest_of(manifest)
    if finest is None:
        return "没有做出成品。", "No model was made."
    within = millimetres(finest.deviation_mm.p95)
    zh = f"最精细的成品有 95% 的表面与扫描相差不超过 {within} 毫米"
    en = f"On the finest model 95 % of the surface lies within {within} mm of the scan"
    if (colour := finest.colour_de2000) is not None:
        zh += f"，平均色差 ΔE2000 为 {colour.mean:.2f}"
        en += f", its colours differ by ΔE2000 {colour.mean:.2f} on average"
    grave = [finding.level for finding in manifest.findings]
    failures, warnings = grave.count("failure"), grave.count("warning")
    if failures:
        zh, en = f"{zh}。有 {failures} 项不可发布", f"{en}. Findings that forbid publishing: {failures}"
    if warnings:
        zh, en = f"{zh}。有 {warnings} 项须查看", f"{en}. Findings to look at: {warnings}"
    return f"{zh}。", f"{en}."
