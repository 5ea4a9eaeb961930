"""What the register's wording means, beside it. The wording is kept, and figures that people gave win."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from .artifact import Artifact, Dimensions, Mass, Period, Quantity
from .numerals import Status
from .parse_amount import mass, quantity
from .parse_dimensions import dimensions
from .parse_period import period

__all__ = ["Status", "dimensions", "mass", "period", "quantity", "statuses", "understood"]

_Item = Period | Dimensions | Mass | Quantity
_PARSERS: dict[str, Callable[[str], tuple[_Item, Status]]] = {
    "period": period,
    "dimensions": dimensions,
    "mass": mass,
    "quantity": quantity,
}


def understood(artifact: Artifact) -> Artifact:
    """Gives the record with figures filled in where it has only the register's wording."""
    items = {name: _read(artifact, name)[0] for name in _PARSERS}
    return msgspec.structs.replace(artifact, register=msgspec.structs.replace(artifact.register, **items))


def statuses(artifact: Artifact) -> dict[str, Status]:
    """Gives how far each item's wording was understood; items without wording and figures are left out."""
    read = {name: _read(artifact, name) for name in _PARSERS}
    return {name: status for name, (item, status) in read.items() if item != type(item)()}


def _read(artifact: Artifact, name: str) -> tuple[_Item, Status]:
    item: _Item = getattr(artifact.register, name)
    empty = type(item)(literal=item.literal)
    if item != empty:
        return _with_years(item), "given"
    return _PARSERS[name](item.literal) if item.literal else (item, "unparsed")


def _with_years(item: _Item) -> _Item:
    """A period given by its term alone has that term's years."""
    if isinstance(item, Period) and item.term and item.from_year is None and item.to_year is None:
        named, _ = period(item.term)
        return msgspec.structs.replace(item, from_year=named.from_year, to_year=named.to_year)
    return item
