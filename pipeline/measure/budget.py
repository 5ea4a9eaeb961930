"""Device budgets: what a class of device may be asked to show, and how a file compares with it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

Device = Literal["thumb", "phone", "tablet", "headset", "panel", "quick_look", "scene_viewer"]


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one object may cost; see ``budgets.toml`` for what each figure counts."""

    triangles: int
    wire_bytes: int
    decoded_bytes: int
    draw_calls: int
    texture_px: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure held against a budget."""

    device: str
    what: str
    value: int
    limit: int

    @property
    def within(self) -> bool:
        """Whether the figure keeps to the budget."""
        return self.value <= self.limit


class Costs(Protocol):
    """What a written file costs: a ``Derivative`` has all of these, and so has a row of a benchmark."""

    @property
    def triangles(self) -> int:
        """Triangles drawn."""

    @property
    def bytes_wire(self) -> int:
        """Bytes as served."""

    @property
    def decoded_bytes(self) -> int:
        """GPU memory once loaded."""

    @property
    def draw_calls(self) -> int:
        """Primitives drawn."""

    @property
    def texture_px(self) -> int:
        """Longest side of the largest texture."""


@cache
def budgets() -> dict[str, Budget]:
    """Gives the budget of every device class."""
    with (Path(__file__).parent / "budgets.toml").open("rb") as file:
        return {device: Budget(**row) for device, row in tomllib.load(file).items()}


def check(costs: Costs, device: str) -> tuple[Verdict, ...]:
    """Holds a file against a device's budget: one verdict a figure, in the order of :class:`Budget`."""
    budget = budgets()[device]
    names = [field.name for field in fields(Budget)]
    values = [getattr(costs, "bytes_wire" if name == "wire_bytes" else name) for name in names]
    return tuple(Verdict(device, n, v, getattr(budget, n)) for n, v in zip(names, values, strict=True))


def fits(costs: Costs) -> tuple[str, ...]:
    """Gives the device classes whose whole budget the file keeps to."""
    return tuple(device for device in budgets() if all(v.within for v in check(costs, device)))


def texture_bytes(width: int, height: int, *, bits_per_texel: int = 32) -> int:
    """Gives the GPU memory of a texture with its mips: a third more than its texels."""
    return -(-width * height * bits_per_texel // 8 * 4 // 3)
