"""The table of figures: one row a figure, one column a level, each cell with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.catalogue.derivative import Derivative
from pipeline.catalogue.figures import figure_name, figures, unit_of
from pipeline.catalogue.proof import Outcome, Verdict, number
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


def rows(made: Sequence[Derivative]) -> list[Row]:
    """Gives the rows of the levels that have a proof, in the order of ``figures.toml``."""
    proven = [(one, one.proof) for one in made if one.proof is not None]
    known = [figures_of(one.deviation_mm, one.colour_de2000, proof) for one, proof in proven]
    held = [{verdict.figure: verdict for verdict in proof.verdicts} for _, proof in proven]
    return [
        Row(
            figure_name(name, "zh-Hans").strip(),
            figure_name(name, "en").removeprefix("the "),
            _limits(name, [verdicts[name] for verdicts in held if name in verdicts]),
            tuple(
                _cell(name, of.get(name), verdicts.get(name))
                for of, verdicts in zip(known, held, strict=True)
            ),
        )
        for name in figures()
        if any(name in of for of in known)
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
