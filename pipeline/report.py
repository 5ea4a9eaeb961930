"""The report on one run: ``report.json`` for programs, ``report.html`` for the technician and for paper.

Both hold figures and the sentences of ``catalogue/findings.toml``; no time of day and no duration, so that
the same input gives the same bytes. The page is one file without script: Chinese and English stand side by
side in every heading and sentence, pictures are inside it. A server that forbids inline style allows this
page's one style sheet by :func:`style_hash`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import msgspec

from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.derivative import Derivative, Manifest
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.phrases import in_chinese
from pipeline.measure.budget import budgets, check, fits

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface

REPORT_SCHEMA = "mobile-museum/report/1"
TEMPLATES = Path(__file__).parent / "templates"
PICTURE_PX = 640
LOCALES = ("zh-Hans", "en")
LEVELS = {
    "failure": ("不可发布", "Not fit to publish"),
    "warning": ("请查看", "Look at this"),
    "info": ("已记录", "Noted"),
}
QUALITIES = {"thumb": "缩略", "small": "小", "medium": "中", "large": "大", "full": "全"}
EVIDENCE = {
    "scale-bar": ("用标尺量得", "measured with a scale bar"),
    "targets": ("用标志点量得", "measured with targets"),
    "given": ("技术员给定", "given by the technician"),
    "capture": ("采集记录", "from the capture record"),
    "format": ("文件格式规定", "said by the file's format"),
    "register": ("与登记尺寸相符", "agrees with the register"),
    "assumed": ("假定，未经确认", "assumed, not confirmed"),
}
DEVICES = {
    "phone": ("手机", "phone"),
    "tablet": ("平板", "tablet"),
    "headset": ("头显", "headset"),
    "panel": ("大屏", "panel"),
    "quick_look": ("苹果 AR", "Quick Look"),
}


def report(
    manifest: Manifest, artifact: Artifact | None = None, pictures: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Gives the report's files by name: ``report.json`` and ``report.html``.

    Args:
        manifest: everything that was made.
        artifact: the object's record, for its name and number.
        pictures: WebP pictures ``scan`` and ``large`` of the same view (:func:`side_by_side`); left out of
            the page where there are none.
    """
    name = dict(artifact.name.items()) if artifact is not None else {}
    number = artifact.number if artifact is not None else ""
    synthetic = artifact.synthetic if artifact is not None else False
    data = {
        "schema": REPORT_SCHEMA,
        "object": {"slug": manifest.object, "name": name, "number": number, "synthetic": synthetic},
        "manifest": msgspec.to_builtins(manifest),
        "levels": [_level(d) for d in manifest.derivatives],
        "findings": [_finding(f) for f in _by_weight(manifest.findings)],
    }
    text = msgspec.json.format(msgspec.json.encode(data), indent=2)
    # the page is served beside the object; where it was found is for the museum's own report.json
    place_shown = artifact is not None and artifact.sensitivity.coordinates == "public"
    page = _page(manifest, data, dict(pictures or {}), place_shown)
    return {"report.json": text + b"\n", "report.html": page}


def side_by_side(scan: Surface, model: Surface) -> dict[str, bytes]:
    """Draws scan and model from the same place for the report: WebP pictures ``scan`` and ``large``."""
    from pipeline.render import poster, poster_camera, smaller_poster, webp

    drawn = {
        "scan": smaller_poster(scan, PICTURE_PX),
        "large": poster(model, size_px=PICTURE_PX, camera=poster_camera(scan)),
    }
    return {name: webp(picture, quality=82) for name, picture in drawn.items()}


def style_hash() -> str:
    """Gives the page's style sheet as a source for Content-Security-Policy: ``'sha256-…'``."""
    digest = hashlib.sha256(_style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _style() -> str:
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def _level(made: Derivative) -> dict[str, Any]:
    over = {device: [v.what for v in check(made, device) if not v.within] for device in budgets()}
    return {
        "usage": made.usage,
        "quality": made.quality,
        "path": made.path,
        "fits": list(fits(made)),
        "over_budget": {device: what for device, what in over.items() if what},
        "bytes_per_triangle": round(made.bytes / max(1, made.triangles), 2),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level,
        "figures": finding.figures,
        "sentences": {locale: finding.sentence(locale) for locale in LOCALES},
    }


def _by_weight(findings: tuple[Finding, ...]) -> list[Finding]:
    """Failures first, then warnings; otherwise in the order they were made."""
    return sorted(findings, key=lambda finding: list(LEVELS).index(finding.level))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"mm": _mm, "size": _size, "count": _count}
    return environment.get_template("report.html")


def _page(
    manifest: Manifest, data: Mapping[str, Any], pictures: dict[str, bytes], place_shown: bool
) -> bytes:
    embedded = {
        name: "data:image/webp;base64," + base64.b64encode(p).decode() for name, p in pictures.items()
    }
    page = _template().render(
        manifest=manifest,
        place_shown=place_shown,
        object=data["object"],
        levels=list(zip(manifest.derivatives, data["levels"], strict=True)),
        findings=data["findings"],
        pictures=embedded,
        style=_style(),
        verdict=_verdict(manifest),
        evidence=EVIDENCE[manifest.scale.evidence],
        upright=(in_chinese(manifest.scale.up_evidence, group="figures"), manifest.scale.up_evidence),
        words=LEVELS,
        qualities=QUALITIES,
        devices=DEVICES,
    )
    return page.encode()


def _verdict(manifest: Manifest) -> tuple[str, str]:
    """The whole report in a sentence or two, zh-Hans and en: how near, in which colours, what is open."""
    if not manifest.derivatives:
        return "没有做出成品。", "No model was made."
    finest = max(manifest.derivatives, key=lambda one: (one.usage == "view", one.triangles))
    within = _mm(finest.deviation_mm.p95)
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


def _mm(value: float) -> str:
    """Millimetres to three figures that mean something: 1234, 12.3, 0.123."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _size(value: int) -> str:
    """Bytes for people: 812 B, 56 kB, 1.24 MB (decimal)."""
    if value < 1000:
        return f"{value} B"
    return f"{value / 1000:.0f} kB" if value < 1_000_000 else f"{value / 1_000_000:.2f} MB"


def _count(value: int) -> str:
    return f"{value:,}"
