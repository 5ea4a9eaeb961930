"""What a checked recipe is: common steps, then levels with steps of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.catalogue.derivative import Quality, Usage

if TYPE_CHECKING:
    from pipeline.steps.registry import Step

FACTS = frozenset(
    {"unit", "evidence", "factor", "up", "register_height_mm", "front_deg", "keep_support", "metadata"}
)
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
