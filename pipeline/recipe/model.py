"""What a checked recipe is: common steps, then levels with steps of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from pipeline.catalogue.derivative import Quality, Usage
from pipeline.errors import Refused

from .words import meant

if TYPE_CHECKING:
    from pipeline.steps.registry import Step

FACTS = frozenset(
    {
        *("unit", "evidence", "factor", "up", "register_height_mm", "front_deg"),
        *("keep_support", "cut_support", "metadata", "origin", "checker", "corners", "folder"),
    }
)
"""Parameters that are facts of the capture: given when a recipe is run, so a recipe need not (and rarely
does)."""

PLACES = frozenset({"folder"})
"""Facts that say where something lies and not what it is: no part of a key or a record, so that a folder may
be moved. What lies there is known by its digest among the files that came in."""


@dataclass(frozen=True, slots=True)
class Use:
    """One step as a recipe uses it: checked parameters (defaults left out), and where it stands for
    messages."""

    step: Step
    parameters: Mapping[str, Any]
    where: str

    def given(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Gives the parameters to call with: the recipe's, with the capture's facts over them."""
        known = {parameter.name for parameter in self.step.parameters}
        return {**self.parameters, **{k: v for k, v in facts.items() if k in known and v is not None}}


@dataclass(frozen=True, slots=True)
class Level:
    """One file to be made: what it is for and its own steps.

    A level of the recipe that ends in several files is several of these, which share their usage, quality
    and all steps but the last.

    Attributes:
        usage, quality: what it is for.
        uses: its steps, the last of which writes the file.
        device: class of device whose budget it is held to, "" for none.
        from_scan: begins with the scan as it was read, and not with the result of the common steps.
        on_request: made only when the technician asks for its usage.
        ending: tells the files of one level apart (``usdz``), "" where there is one.
    """

    usage: Usage
    quality: Quality
    uses: tuple[Use, ...]
    device: str = ""
    from_scan: bool = False
    on_request: bool = False
    ending: str = ""

    @property
    def name(self) -> str:
        """``view small``, ``ar medium usdz``: how the level is called on the screen."""
        return " ".join(word for word in (self.usage, self.quality, self.ending) if word)

    @property
    def stem(self) -> str:
        """``small``, ``ar``: what its file's name begins with."""
        return self.quality if self.usage == "view" else self.usage

    def asked_for(self, also: Collection[str]) -> bool:
        """Whether a run makes it: always, or because its usage was asked for."""
        return not self.on_request or self.usage in also


@dataclass(frozen=True, slots=True)
class Recipe:
    """A checked recipe; ``proof`` is ``full``, or ``short``: distance and colours alone, in a tenth of the
    time."""

    name: str
    sha256: str
    uses: tuple[Use, ...]
    levels: tuple[Level, ...]
    proof: Literal["full", "short"] = "full"

    def hold_known(self, also: Collection[str]) -> None:
        """Makes sure that what is asked for beside the usual can be made, and that anything is.

        Raises:
            Refused: no level on request has such a usage, or all are on request and none is asked for.
        """
        known = list(dict.fromkeys(level.usage for level in self.levels if level.on_request))
        for usage in also:
            if usage not in known:
                raise Refused(
                    f"on request the recipe {self.name} makes no {usage!r}{meant(usage, known)}",
                    do=f"on request are {', '.join(known) or '(none)'}",
                )
        if not any(level.asked_for(also) for level in self.levels):
            raise Refused(
                f"everything that the recipe {self.name} makes is on request",
                do=f"say what to make: --also {','.join(known)}",
            )


def hold_first(recipe: Recipe, workpiece: object, model: str) -> None:
    """Stops before a recipe is run over a kind of scan that its first step does not take.

    Raises:
        Refused: the recipe is for surfaces and the scan is a cloud.
    """
    lists = [recipe.uses] if recipe.uses else [level.uses for level in recipe.levels]
    for use in (uses[0] for uses in lists if uses):
        kinds = get_args(use.step.takes) or (use.step.takes,)
        if not any(isinstance(kind, type) and isinstance(workpiece, kind) for kind in kinds):
            raise Refused(
                f"the scan is a {type(workpiece).__name__}, which the step {use.step.name} does not take",
                where=model,
                do="begin the recipe with the step mesh",
            )
