"""A level that costs more than its device can bear steps down: texture halved, then triangles by the budget's
share, and is made again. What cannot step down far enough is told as a failure. Nothing is reduced silently.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.catalogue.finding import Finding
from pipeline.formats.packed import pack
from pipeline.measure.budget import Verdict, check
from pipeline.recipe import Level, Use

if TYPE_CHECKING:
    from pipeline.matter.encoded import Encoded

ROUNDS = 8
"""Times that a level is made again at most: from 4096 to 256 px is four, triangles need two or three."""
LEAST_PX = 128
"""A texture is not halved below this: an icon has as much."""
LEAST_TRIANGLES = 200
PAYS = 0.9
"""A halving that leaves more than this of what is over shows that the texture is not what weighs."""
AIM = 0.95
"""Triangles aim below the limit: bytes do not fall quite as the triangles do."""
FORM, TEXTURE = ("simplify", "reduce", "balance"), ("textures", "balance")
"""Steps that decide about triangles, and about textures."""
WORDS = {
    "triangles": "triangles",
    "wire_bytes": "bytes on the wire",
    "decoded_bytes": "bytes of GPU memory",
    "draw_calls": "draw calls",
    "texture_px": "pixels of texture",
}
PACKED = frozenset({".glb", ".usdz"})
"""Files that are served to visitors over slow lines; archives are compressed already or never served."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A level's file with its brotli form, the steps that it was really made by, and what has to be told."""

    made: Encoded
    packed: bytes | None
    uses: tuple[Use, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Costs:
    triangles: int
    bytes_wire: int
    decoded_bytes: int
    draw_calls: int
    texture_px: int


def fitted(level: Level, make: Callable[[Sequence[Use]], Encoded]) -> Fitted:
    """Makes a level, and makes it smaller until it keeps to its device's budget.

    Args:
        level: of the recipe; without a device it is made as it is.
        make: makes the file by steps.
    """
    uses = level.uses
    made, packed, over = _measured(level, make(uses))
    first, excess = made, tuple(over)
    stuck = False  # the last halving did not help
    for _ in range(ROUNDS):
        if not over:
            break
        smaller = _smaller(uses, made, over, stuck=stuck)
        if smaller is None:
            break
        uses = smaller
        before, worst = made, over[0]
        made, packed, over = _measured(level, make(uses))
        now = next((one.value for one in over if one.what == worst.what), 0)
        halved = made.texture_px < before.texture_px
        stuck = stuck or (halved and now > PAYS * worst.value)
    down = () if made is first else (_step_down(level, excess[0], first, made),)
    return Fitted(made, packed, uses, (*down, *(_failure(level, one) for one in over)))


def _measured(level: Level, made: Encoded) -> tuple[Encoded, bytes | None, list[Verdict]]:
    """The file, its brotli form, and what is over the budget."""
    packed = pack(made.data) if made.suffix in PACKED else None
    if not level.device:
        return made, packed, []
    # whether Quick Look asks for brotli is Apple's affair, and over plain http it does not
    wire = len(made.data if packed is None or made.suffix == ".usdz" else packed)
    costs = _Costs(made.triangles, wire, made.decoded_bytes, made.draw_calls, made.texture_px)
    return made, packed, [one for one in check(costs, level.device) if not one.within]


def _smaller(
    uses: tuple[Use, ...], made: Encoded, over: Sequence[Verdict], *, stuck: bool
) -> tuple[Use, ...] | None:
    """The steps with one parameter smaller, None where there is nothing left to make smaller."""
    limits = {one.what: one for one in over}
    if "texture_px" in limits:
        return _with(uses, TEXTURE, "max_px", limits["texture_px"].limit)
    if "triangles" in limits:
        return _with(uses, FORM, "max_triangles", limits["triangles"].limit)
    heavy = [one for one in over if one.what in {"wire_bytes", "decoded_bytes"}]
    if not heavy:
        return None  # draw calls are materials: they are the scan's own
    if not stuck and made.texture_px > LEAST_PX:
        halved = _with(uses, TEXTURE, "max_px", max(LEAST_PX, made.texture_px // 2))
        if halved is not None:
            return halved
    share = min(one.limit / one.value for one in heavy)
    fewer = int(made.triangles * share * AIM)
    if fewer >= LEAST_TRIANGLES:
        cut = _with(uses, FORM, "max_triangles", fewer)
        if cut is not None:
            return cut
    return _with(uses, TEXTURE, "max_px", made.texture_px // 2) if made.texture_px > LEAST_PX else None


def _with(uses: tuple[Use, ...], steps: Sequence[str], parameter: str, value: int) -> tuple[Use, ...] | None:
    """The steps with a parameter changed of the first that has one of the names; None where there is none."""
    at = next((i for i, use in enumerate(uses) if use.step.name in steps), None)
    if at is None:
        return None
    parameters: dict[str, Any] = {**uses[at].parameters, parameter: value}
    return (*uses[:at], replace(uses[at], parameters=parameters), *uses[at + 1 :])


def _step_down(level: Level, over: Verdict, before: Encoded, after: Encoded) -> Finding:
    figures: dict[str, float | int | str] = {
        "level": level.name,
        "device": over.device,
        "what": WORDS[over.what],
        "value": over.value,
        "limit": over.limit,
        "from_px": before.texture_px,
        "to_px": after.texture_px,
        "from_triangles": before.triangles,
        "to_triangles": after.triangles,
    }
    return Finding("level-stepped-down", "warning", figures)


def _failure(level: Level, over: Verdict) -> Finding:
    figures: dict[str, float | int | str] = {
        "level": level.name,
        "device": over.device,
        "what": WORDS[over.what],
    }
    return Finding("level-over-budget", "failure", figures | {"value": over.value, "limit": over.limit})
