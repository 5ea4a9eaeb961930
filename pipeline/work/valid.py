"""No file is published that the Khronos validator finds fault with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.cache import write
from pipeline.catalogue.proof import ValidatorCounts
from pipeline.errors import Failed
from pipeline.scan import PRIVATE

from .job import Job

if TYPE_CHECKING:
    from pipeline.node.validator import Validation

WORST = 2
"""Severity of the validator's messages that count: 0 are errors, 1 warnings."""


def checked(job: Job, glb: bytes, level: str) -> ValidatorCounts:
    """Has a model file validated before it is written; gives what the validator says of it.

    Raises:
        Failed: there are errors or warnings; the validator's messages lie in a file that the sentence names.
    """
    found: Validation = job.tools.validate(glb)
    if found.clean:
        codes = sorted({str(one["code"]) for one in found.messages})
        return ValidatorCounts(found.errors, found.warnings, found.infos, found.hints, tuple(codes))
    path = job.scan.out / PRIVATE / f"validator.{level.replace(' ', '-')}.json"
    write(path, [msgspec.json.format(msgspec.json.encode(found.messages), indent=2)])
    first: dict[str, Any] = next((one for one in found.messages if one["severity"] < WORST), {})
    raise Failed(
        f"the model is not valid glTF: errors {found.errors}, warnings {found.warnings}, "
        f"first {first.get('code', '?')} at {first.get('pointer', '?')}",
        where=level,
        do=f"report it with {path}",
    )
