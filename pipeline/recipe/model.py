"""What a checked recipe is: common steps, then levels with steps of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pipeline.catalogue.derivative import Quality, Usage
from pipeline.errors import Refused

if TYPE_CHECKING:
    from pipeline.steps.registry import Step

FACTS = frozenset({"unit", "evidence", "up", "metadata"})
"""Parameters that are facts of the capture: given when a recipe is run, so a recipe need not (and rarely
does)."""


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
    """One derivative to be made: what it is for and its own steps."""

    usage: Usage
    quality: Quality
    uses: tuple[Use, ...]
    device: str = ""

    @property
    def name(self) -> str:
        """``view small``: how the level is called on the screen."""
        return f"{self.usage} {self.quality}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A checked recipe."""

    name: str
    sha256: str
    uses: tuple[Use, ...]
    levels: tuple[Level, ...]


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
