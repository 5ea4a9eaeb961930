"""No file is published that a validator of its format finds fault with: Khronos' (GLB), Pixar's (USDZ)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.cache import write
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.proof import ValidatorCounts
from pipeline.errors import Failed
from pipeline.scan import PRIVATE

from .job import Job

if TYPE_CHECKING:
    from pipeline.matter.encoded import Encoded
    from pipeline.node.validator import Validation

WORST = 2
"""Severity of the validator's messages that count: 0 are errors, 1 warnings."""
GLB, USDZ = "model/gltf-binary", "model/vnd.usdz+zip"


def checked(job: Job, made: Encoded, level: str) -> tuple[tuple[Finding, ...], ValidatorCounts | None]:
    """Has a file validated before it is written, where its format has a validator here; says of a USDZ
    whether Pixar's was there to ask (of GLB the run says it once, for all), and what was counted.

    Raises:
        Failed: there are errors or warnings; the validator's messages lie in a file that the sentence names.
    """
    if made.media_type == GLB:
        return (), _held(job, job.tools.validate(made.data), "glTF", level)
    if made.media_type != USDZ:
        return (), None
    found = job.tools.validate_usdz(made.data)
    if found is None:
        return (Finding("usdz-not-validated", "info"),), None
    return (Finding("usdz-validated", "info"),), _held(job, found, "USDZ", level)


def _held(job: Job, found: Validation, kind: str, level: str) -> ValidatorCounts:
    """What a validator counts in a file that it finds no fault with."""
    if found.clean:
        codes = sorted({str(one["code"]) for one in found.messages})
        return ValidatorCounts(found.errors, found.warnings, found.infos, found.hints, tuple(codes))
    path = job.scan.out / PRIVATE / f"validator.{level.replace(' ', '-')}.json"
    write(path, [msgspec.json.format(msgspec.json.encode(found.messages), indent=2)])
    first: dict[str, Any] = next((one for one in found.messages if one["severity"] < WORST), {})
    raise Failed(
        f"the model is not valid {kind}: errors {found.errors}, warnings {found.warnings}, "
        f"first {first.get('code', '?')} at {first.get('pointer', '?')}",
        where=level,
        do=f"report it with {path}",
    )
