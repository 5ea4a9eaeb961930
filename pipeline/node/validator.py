"""Khronos' glTF validator. It does not look inside meshopt or Draco: read those back and compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.node import worker


@dataclass(frozen=True, slots=True)
class Validation:
    """What the validator says: counts, and messages (each with code, message, severity 0 to 3, pointer)."""

    errors: int
    warnings: int
    infos: int
    hints: int
    messages: tuple[dict[str, Any], ...]

    @property
    def clean(self) -> bool:
        """Whether there is neither error nor warning."""
        return self.errors == 0 and self.warnings == 0


def validate(glb: bytes, *, max_issues: int = 100) -> Validation:
    """Has a GLB (or a glTF without external files) validated against glTF 2.0.

    Raises:
        Failed: it is not glTF at all.
    """
    report, _ = worker().call("validate", {"maxIssues": max_issues}, [glb], limit_s=120)
    issues = report["issues"]
    return Validation(
        issues["numErrors"],
        issues["numWarnings"],
        issues["numInfos"],
        issues["numHints"],
        tuple(issues["messages"]),
    )
