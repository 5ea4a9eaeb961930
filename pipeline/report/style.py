"""The one style sheet of report pages, and how their templates are filled."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import jinja2

from pipeline.catalogue.finding import number
from pipeline.render.turn import FRAMES

from . import fonts

TEMPLATES = Path(__file__).parent.parent / "templates"
ON_PAPER = 4
"""Views that a printed page shows of the turn, evenly all around."""


def filled(template: str, **values: Any) -> bytes:
    """Gives a page: a template with its values, style sheet and letters inside it."""
    page = _environment().get_template(template).render(style=style(), frames=FRAMES, **values)
    return fonts.with_letters(page).encode()


def ready() -> None:
    """Loads templates and fonts, 0.2 s that may be spent before the last figures are there."""
    for template in _environment().list_templates(["html"]):
        _environment().get_template(template)
    fonts.ready()


def style_hash() -> str:
    """Gives the page's style sheet as a source for Content-Security-Policy: ``'sha256-…'``."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def style() -> str:
    """Gives the style sheet; the rules by which a chosen or pointed at view comes to the front are made here,
    one pair a view."""
    sheet = (TEMPLATES / "report.css").read_text(encoding="utf-8").rstrip()
    front = [
        f"#t{i}:checked ~ .stage .f{i} {{ z-index: 2; visibility: visible; }}\n"
        f".s{i}:hover ~ .f{i} {{ z-index: 3; visibility: visible; }}"
        for i in range(FRAMES)
    ]
    kept = ", ".join(f".f{round(i * FRAMES / ON_PAPER)}" for i in range(ON_PAPER))
    paper = f"@media print {{ .stage .frame {{ display: none; }} .stage :is({kept}) {{ display: grid; }} }}"
    return "\n".join([sheet, *front, paper, ""])


def embedded(picture: bytes) -> str:
    """Gives a WebP picture as an address that holds it."""
    return "data:image/webp;base64," + base64.b64encode(picture).decode()


def turn_frames(pictures: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Gives the views of the turn, each with the addresses of its pictures; none where one is missing."""
    names = ("scan", "model", "heat")
    if any(f"{name}-{i:02}" not in pictures for name in names for i in range(FRAMES)):
        return []
    return [{name: embedded(pictures[f"{name}-{i:02}"]) for name in names} for i in range(FRAMES)]


def millimetres(value: float) -> str:
    """Millimetres to three figures that mean something: 1,234, 12.3, 0.123."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def size(value: int) -> str:
    """Bytes for people: 812 B, 56 kB, 1.24 MB (decimal)."""
    if value < 1000:
        return f"{value} B"
    return f"{value / 1000:.0f} kB" if value < 1_000_000 else f"{value / 1_000_000:.2f} MB"


def kind(path: str) -> str:
    """What sort of file it is, without its name: OBJ; a dash for an ending that no program writes."""
    ending = PurePosixPath(path).suffix[1:]
    return ending.upper() if ending.isascii() and ending.isalnum() and len(ending) <= 4 else "–"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    filters: dict[str, Callable[..., str]] = {
        "mm": millimetres,
        "size": size,
        "count": lambda value: f"{value:,}",
        "number": number,
        "kind": kind,
    }
    environment.filters |= filters
    return environment
