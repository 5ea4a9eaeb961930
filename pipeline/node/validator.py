"""Khronos' glTF validator. It does not look inside meshopt or Draco: read those back and compare.

It knows no KTX2 either and warns of every such image, although KHR_texture_basisu allows it: those two
warnings are left out, for images that are KTX2 and no others.
"""

from __future__ import annotations

import json
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
    allowed = _allowed(glb)
    known = [m for m in issues["messages"] if (m["code"], m.get("pointer")) in allowed]
    return Validation(
        issues["numErrors"],
        issues["numWarnings"] - len(known),
        issues["numInfos"],
        issues["numHints"],
        tuple(m for m in issues["messages"] if m not in known),
    )


def _allowed(glb: bytes) -> set[tuple[str, str]]:
    """Warnings (code, pointer) that KTX2 images draw."""
    is_glb = glb[:4] == b"glTF"
    text = glb[20 : 20 + int.from_bytes(glb[12:16], "little")] if is_glb else glb
    images = json.loads(text).get("images", [])
    at = [i for i, image in enumerate(images) if image.get("mimeType") == "image/ktx2"]
    return {("IMAGE_UNRECOGNIZED_FORMAT", f"/images/{i}") for i in at} | {
        ("VALUE_NOT_IN_LIST", f"/images/{i}/mimeType") for i in at
    }
