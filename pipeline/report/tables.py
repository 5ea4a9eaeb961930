"""The table of figures: one row a figure, one column a level, each cell with its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.catalogue.derivative import Derivative
from pipeline.catalogue.figures import figure_name, figures, unit_of
from pipeline.catalogue.finding import number
from pipeline.catalogue.proof import Outcome, Verdict
from pipeline.measure.verdicts import figures_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one level: the number, a dash where it does not apply, its verdict if it has limits."""

    text: str
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of all levels, with its limits in words; these are empty where they differ by level."""

    zh: str
    en: str
    limits: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The figures of one level by name, and the verdicts on some of them."""

    figures: Mapping[str, float]
    verdicts: Sequence[Verdict] = ()


def columns(made: Sequence[Derivative]) -> list[Column]:
    """Gives a column for each level that has a proof."""
    return [
        Column(figures_of(one.deviation_mm, one.colour_de2000, one.proof), one.proof.verdicts)
        for one in made
        if one.proof is not None
    ]


def rows(of: Sequence[Column]) -> list[Row]:
    """Gives the rows of the figures that any column has, in the order of ``figures.toml``."""
    held = [{verdict.figure: verdict for verdict in column.verdicts} for column in of]
    return [
        Row(
            figure_name(name, "zh-Hans").strip(),
            figure_name(name, "en").removeprefix("the "),
            _limits(name, [verdicts[name] for verdicts in held if name in verdicts]),
            tuple(
                _cell(name, column.figures.get(name), verdicts.get(name))
                for column, verdicts in zip(of, held, strict=True)
            ),
        )
        for name in figures()
        if any(name in column.figures for column in of)
    ]


def worst(made: Derivative) -> Outcome | None:
    """Gives the worst verdict of a level, None where nothing was judged."""
    return made.proof.outcome if made.proof is not None and made.proof.verdicts else None


def _cell(name: str, value: float | None, verdict: Verdict | None) -> Cell:
    return Cell("–") if value is None else Cell(f"{number(value)}{unit_of(name)}", verdict)


def _limits(name: str, held: Sequence[Verdict]) -> str:
    limits = {(verdict.warn, verdict.fail) for verdict in held}
    if len(limits) != 1:
        return ""
    warn, fail = limits.pop()
    sign = "≥" if figures()[name]["sense"] == "least" else "≤"
    return f"{sign} {number(warn)}" if warn == fail else f"{sign} {number(warn)} / {number(fail)}"
