"""A relic: one object that stands free and can be turned. What its page says, in one language."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipeline.catalogue.derivative import Derivative
from pipeline.catalogue.readable import shown_name

from ..i18n import Language
from ..library import Relic
from ..words import Passage, dimensions, literal, measured, passage, term

_QUALITIES = ("thumb", "small", "medium", "large", "full")
_CODED = ("grade", "category", "completeness", "preservation", "source", "entry_date")
_VIEWER_WORDS = (
    "load",
    "loading",
    "loaded",
    "failed",
    "retry",
    "no_webgl",
    "rotate_left",
    "rotate_right",
    "tilt_up",
    "tilt_down",
    "zoom_in",
    "zoom_out",
    "pan_left",
    "pan_right",
    "pan_up",
    "pan_down",
    "fit",
    "reset",
    "stop_turning",
    "turn",
    "full_screen",
    "leave_full_screen",
    "more",
    "scale_bar",
    "size",
    "width",
    "height",
    "depth",
    "size_unconfirmed",
    "context_lost",
    "help",
    "help_text",
    "level",
    "controls",
)


class Label(NamedTuple):
    """The museum label beside an object."""

    name: Passage
    period: Passage
    material: list[Passage]
    size: list[tuple[str, str]]
    size_confirmed: bool
    place: Passage
    number: str
    holder: Passage
    summary: Passage


class Row(NamedTuple):
    """One item of the register: its name, what was understood, the register's own words if they say more.

    ``measured`` is what the scan says of the same thing.
    """

    key: str
    values: list[Passage]
    literal: Passage
    measured: tuple[str, ...] = ()


def label(relic: Relic, language: Language) -> Label:
    """Gives the label of an object."""
    artifact, register = relic.artifact, relic.artifact.register
    return Label(
        name=passage(shown_name(artifact), language),
        period=_in_its_tongue(_period(relic, language), language),
        material=[term("material", code, language) for code in register.material],
        size=dimensions(artifact, language) or measured(relic.manifest, language),
        size_confirmed=relic.manifest is None or relic.manifest.scale.confirmed,
        place=passage(artifact.place, language),
        number=artifact.number,
        holder=passage(register.holder, language),
        summary=passage(artifact.summary, language),
    )


def context(relic: Relic, language: Language) -> dict[str, Any]:
    """Gives what the template ``kinds/relic.html`` needs besides the relic itself."""
    artifact = relic.artifact
    return {
        "card": label(relic, language),
        "looks": passage(artifact.image_description, language),
        "story": passage(artifact.story, language),
        "record": record(relic, language),
        "sources": [(passage(source.text, language), source.certainty) for source in artifact.sources],
        "credit": passage(artifact.rights.credit, language),
        "rights_holder": passage(artifact.rights.holder, language),
        "best": best_view(relic),
        "deviation": deviation(relic, language),
        "files": sorted(
            relic.derivatives,
            key=lambda d: (d.usage != "view", d.usage, _QUALITIES.index(d.quality), d.media_type),
        ),
        "labels": viewer_words(language),
    }


def record(relic: Relic, language: Language) -> list[Row]:
    """Gives the register's items that are filled in, in the register's order."""
    artifact, register = relic.artifact, relic.artifact.register
    coded = {key: _terms(key, getattr(register, key), language) for key in _CODED}
    size = [Passage(f"{what} {value}") for what, value in dimensions(artifact, language)]
    scanned = tuple(f"{what} {value}" for what, value in measured(relic.manifest, language))
    mass = register.mass.kg
    count = register.quantity.count
    rows = [
        Row("name", [passage(artifact.name, language)], Passage("")),
        Row("grade", coded["grade"], Passage("")),
        Row("category", coded["category"], Passage("")),
        Row("period", [_period(relic, language)], literal(register.period.literal)),
        Row("material", [term("material", code, language) for code in register.material], Passage("")),
        Row(
            "quantity",
            _given(None if count is None else language.number(count)),
            literal(register.quantity.literal),
        ),
        Row("dimensions", size, literal(register.dimensions.literal), scanned),
        Row(
            "mass",
            _given(None if mass is None else language.text("record.kg", value=language.number(mass, 3))),
            literal(register.mass.literal),
        ),
        *(
            Row(key, coded[key], Passage(""))
            for key in ("completeness", "preservation", "source", "entry_date")
        ),
        Row("number", _given(artifact.number), Passage("")),
        Row("holder", [passage(register.holder, language)], Passage("")),
    ]
    return [tidy for row in rows if (tidy := _tidy(row)) is not None]


def best_view(relic: Relic) -> Derivative | None:
    """Gives the finest model that the page shows."""
    views = [d for d in relic.derivatives if d.usage == "view"]
    return max(views, key=lambda d: _QUALITIES.index(d.quality), default=None)


def deviation(relic: Relic, language: Language) -> dict[str, str]:
    """Gives the measured deviation of :func:`best_view` in mm, as it is written."""
    best = best_view(relic)
    if best is None:
        return {}
    measured = best.deviation_mm
    figures = {"mean": measured.mean, "p95": measured.p95, "max": measured.max}
    written = {key: language.number(mm, 2 if mm >= 0.01 else 4) for key, mm in figures.items()}
    return written | {"samples": language.number(measured.samples)}


def viewer_words(language: Language) -> dict[str, str]:
    """Gives the words of the element's buttons and messages."""
    words = {key: language.text(f"viewer.{key}") for key in _VIEWER_WORDS}
    return words | {unit: language.text(f"unit.{unit}") for unit in ("mm", "cm", "m")}


def _period(relic: Relic, language: Language) -> Passage:
    period = relic.artifact.register.period
    return term("period", period.term, language) if period.term else literal(period.literal)


def _in_its_tongue(words: Passage, language: Language) -> Passage:
    """Gives words that a reader of the page can read, else none: the register has them further down."""
    return words if words.lang in ("", language.tag) else Passage("")


def _terms(key: str, code: str, language: Language) -> list[Passage]:
    return [term(key, code, language)] if code else []


def _given(words: str | None) -> list[Passage]:
    return [Passage(words)] if words else []


def _tidy(row: Row) -> Row | None:
    values = [value for value in row.values if value.text]
    words = Passage("") if any(value.text == row.literal.text for value in values) else row.literal
    return row._replace(values=values, literal=words) if values or words.text else None
