"""The records of a PLY file as columns.

Records of scalars are one structured read. Records with lists are tried as if all lists were as long as the
first record's (a triangle mesh: one structured read again); where that fails the record offsets are walked
one by one (about 0.5 s for a million faces) and the values gathered at once. ASCII becomes a stream of
doubles first and then goes the same way. Nothing is allocated before the file has been seen to be long
enough for what it claims.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.progress import report

from . import limits, numbers
from .ply_header import Element, Header, Property

_WALK_RECORDS = 200_000
"""Records walked at a time: their offsets are Python numbers, 60 bytes a property."""

Ragged = tuple[NDArray[Any], NDArray[np.int64]]
"""Values of all lists in a row, and the length of each list."""


@dataclass
class Table:
    """The wanted columns of one element."""

    scalars: dict[str, NDArray[Any]] = field(default_factory=dict)
    lists: dict[str, Ragged] = field(default_factory=dict)


def read_body(file: BinaryIO, header: Header, wanted: dict[str, set[str]], *, name: str) -> dict[str, Table]:
    """Reads the wanted properties of the wanted elements; everything else is passed over.

    Raises:
        Refused: the file is shorter than its head claims, or ASCII data holds something that is no number.
    """
    file.seek(header.body_at)
    order, elements = header.order, header.elements
    if order == "ascii":
        file, order = _numbers(file, name), "<"
        elements = tuple(replace(e, properties=tuple(_as_doubles(p) for p in e.properties)) for e in elements)
    end = file.seek(0, io.SEEK_END)
    file.seek(0 if header.order == "ascii" else header.body_at)
    tables: dict[str, Table] = {}
    last = max((i for i, e in enumerate(elements) if e.name in wanted), default=-1)
    for element, declared in zip(elements[: last + 1], header.elements, strict=False):
        _long_enough(file, end, element, name)
        keep = wanted.get(element.name, set())
        read = _with_lists if element.lists else _flat
        table = read(file, element, order, keep, name)
        if element.name in wanted and element.name not in tables:
            tables[element.name] = _declared(table, declared) if header.order == "ascii" else table
        report(file.tell(), end, "bytes")
    return tables


def _as_doubles(p: Property) -> Property:
    return Property(p.name, "f8", "f8" if p.count_type else "")


def _declared(table: Table, element: Element) -> Table:
    """Doubles of an ASCII file in the types that its head declares."""
    types = {p.name: np.dtype(p.type) for p in element.properties}
    return Table(
        {n: _cast(v, types[n]) for n, v in table.scalars.items()},
        {n: (_cast(v, types[n]), lengths) for n, (v, lengths) in table.lists.items()},
    )


def _cast(values: NDArray[Any], to: np.dtype[Any]) -> NDArray[Any]:
    if to.kind == "f":
        with np.errstate(over="ignore"):
            return values.astype(to)
    low, high = (
        (float(np.iinfo(to).min), float(np.iinfo(to).max)) if to.itemsize < 8 else (-(2.0**53), 2.0**53)
    )
    return np.asarray(np.clip(np.nan_to_num(values, nan=-1.0), low, high).astype(to))


def _cut_off(element: Element, name: str) -> Refused:
    return Refused(
        f"the file ends before its {element.count} records of {element.name!r} do",
        where=name,
        do="copy or export it again",
    )


def _long_enough(file: BinaryIO, end: int, element: Element, name: str) -> None:
    least = sum(np.dtype(p.count_type or p.type).itemsize for p in element.properties)
    if element.count < 0 or element.count * least > end - file.tell():
        raise _cut_off(element, name)


def _numbers(file: BinaryIO, name: str) -> BinaryIO:
    """All numbers of the text as little-endian doubles in memory."""
    out, rest = io.BytesIO(), b""
    while True:
        block = file.read(limits.BLOCK_BYTES)
        text = rest + block
        cut = len(text) if not block else max(text.rfind(b"\n"), text.rfind(b" "), text.rfind(b"\r")) + 1
        if cut == 0 and len(text) > limits.LINE_MAX_BYTES:
            raise Refused("the data holds something that is no number", where=name, do="export it again")
        text, rest = text[:cut], text[cut:]
        out.write(numbers.floats(text, where=name).astype("<f8").tobytes())
        if not block:
            return out


def _flat(file: BinaryIO, element: Element, order: str, keep: set[str], name: str) -> Table:
    """Records without lists."""
    record = np.dtype([(f"{i}", order + p.type) for i, p in enumerate(element.properties)])
    kept = {p.name: i for i, p in enumerate(element.properties) if p.name in keep}
    table = Table(
        {n: np.empty(element.count, element.properties[i].type) for n, i in kept.items()},
    )
    if not kept or record.itemsize == 0:
        file.seek(record.itemsize * element.count, io.SEEK_CUR)
        return table
    step, done = max(1, limits.BLOCK_BYTES // record.itemsize), 0
    while done < element.count:
        data = file.read(record.itemsize * min(step, element.count - done))
        if len(data) < record.itemsize:
            raise _cut_off(element, name)
        rows = np.frombuffer(data, record, count=len(data) // record.itemsize)
        for column, i in kept.items():
            table.scalars[column][done : done + len(rows)] = rows[f"{i}"]
        done += len(rows)
    return table


def _with_lists(file: BinaryIO, element: Element, order: str, keep: set[str], name: str) -> Table:
    parts: list[Table] = []
    done = 0
    while done < element.count:
        at = file.tell()
        left = element.count - done
        part, rows = _alike(file, element, order, keep, left)
        if rows == 0:
            file.seek(at)
            part, rows = _walked(file, element, order, keep, left=left, name=name)
        parts.append(part)
        done += rows
    return _joined(parts, element, keep)


def _joined(parts: list[Table], element: Element, keep: set[str]) -> Table:
    whole = Table()
    for p in element.properties:
        if p.name not in keep:
            continue
        if p.count_type:
            values = [part.lists[p.name][0] for part in parts] or [np.empty(0, p.type)]
            lengths = [part.lists[p.name][1] for part in parts] or [np.empty(0, np.int64)]
            whole.lists[p.name] = np.concatenate(values), np.concatenate(lengths)
        else:
            whole.scalars[p.name] = np.concatenate(
                [part.scalars[p.name] for part in parts] or [np.empty(0, p.type)]
            )
    return whole


def _alike(file: BinaryIO, element: Element, order: str, keep: set[str], left: int) -> tuple[Table, int]:
    """Reads records as long as all lists have the first record's lengths; 0 rows where that does not pay."""
    at = file.tell()
    lengths = _first_lengths(file, element, order)
    file.seek(at)
    if lengths is None:
        return Table(), 0
    fields: list[tuple[Any, ...]] = []
    for i, p in enumerate(element.properties):
        if p.count_type:
            fields.append((f"n{i}", order + p.count_type))
            fields.append((f"{i}", order + p.type, (lengths[i],)))
        else:
            fields.append((f"{i}", order + p.type))
    record = np.dtype(fields)
    rows_wanted = min(left, max(1, limits.BLOCK_BYTES // record.itemsize))
    data = file.read(record.itemsize * rows_wanted)
    rows = np.frombuffer(data, record, count=len(data) // record.itemsize)
    same = np.ones(len(rows), np.bool_)
    for i in lengths:
        same &= rows[f"n{i}"] == lengths[i]
    good = len(rows) if same.all() else int(np.argmin(same))
    if good < min(left, 64) or good < len(rows) // 4:
        return Table(), 0
    file.seek(at + good * record.itemsize)
    rows = rows[:good]
    part = Table()
    for i, p in enumerate(element.properties):
        if p.name in keep and p.count_type:
            values = rows[f"{i}"].reshape(-1).astype(p.type)
            part.lists[p.name] = values, np.full(good, lengths[i], np.int64)
        elif p.name in keep:
            part.scalars[p.name] = rows[f"{i}"].astype(p.type)
    return part, good


def _first_lengths(file: BinaryIO, element: Element, order: str) -> dict[int, int] | None:
    """Length of every list in the next record, by property number; None for no ordinary one."""
    lengths: dict[int, int] = {}
    for i, p in enumerate(element.properties):
        size = np.dtype(p.type).itemsize
        if not p.count_type:
            file.seek(size, io.SEEK_CUR)
            continue
        data = file.read(np.dtype(p.count_type).itemsize)
        if len(data) < np.dtype(p.count_type).itemsize:
            return None
        number = float(np.frombuffer(data, order + p.count_type)[0])
        if not 0 <= number <= 1024 or number != int(number):
            return None
        lengths[i] = int(number)
        file.seek(size * lengths[i], io.SEEK_CUR)
    return lengths


def _walked(
    file: BinaryIO, element: Element, order: str, keep: set[str], *, left: int, name: str
) -> tuple[Table, int]:
    """Reads as many records of any shape as fit into one block, at least one."""
    at, size = file.tell(), limits.BLOCK_BYTES
    while True:
        file.seek(at)
        data = file.read(size)
        starts, lengths, used = _offsets(data, element, order, min(left, _WALK_RECORDS), name)
        if len(starts):
            break
        if len(data) < size:
            raise _cut_off(element, name)
        size *= 4
    file.seek(at + used)
    block = np.frombuffer(data, np.uint8)
    part = Table()
    for i, p in enumerate(element.properties):
        if p.name not in keep:
            continue
        if p.count_type:
            part.lists[p.name] = _gather(block, starts[:, i], lengths[:, i], p.type, order), lengths[:, i]
        else:
            part.scalars[p.name] = _gather(block, starts[:, i], np.ones(len(starts), np.int64), p.type, order)
    return part, len(starts)


def _offsets(
    data: bytes, element: Element, order: str, left: int, name: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Where each property of each whole record in ``data`` begins (past a list's count); lengths of lists."""
    plan = [
        (
            struct.Struct(order + _STRUCT[p.count_type]).unpack_from if p.count_type else None,
            np.dtype(p.count_type).itemsize if p.count_type else 0,
            np.dtype(p.type).itemsize,
        )
        for p in element.properties
    ]
    starts: list[int] = []
    lengths: list[int] = []
    at, end, done, columns = 0, len(data), 0, len(plan)
    while done < left:
        here = at
        for unpack, head, size in plan:
            number = 1
            if unpack is not None:
                if here + head > end:
                    break
                (number,) = unpack(data, here)
                if not 0 <= number <= 2**40 or number != int(number):
                    raise Refused(
                        f"record {done} of {element.name!r} has a list of {number} values",
                        where=name,
                        do="the file is damaged: export it again",
                    )
                number = int(number)
                here += head
            starts.append(here)
            lengths.append(number)
            here += number * size
            if here > end:
                break
        else:
            at = here
            done += 1
            continue
        break
    shape = (done, columns)
    return (
        np.array(starts[: done * columns], np.int64).reshape(shape),
        np.array(lengths[: done * columns], np.int64).reshape(shape),
        at,
    )


_STRUCT = {
    **{"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i"},
    **{"u4": "I", "f4": "f", "f8": "d", "i8": "q", "u8": "Q"},
}


def _gather(
    block: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], kind: str, order: str
) -> NDArray[Any]:
    """Values of ``lengths[i]`` items at byte ``starts[i]``, for all i, in a row."""
    size = np.dtype(kind).itemsize
    total = int(lengths.sum())
    within = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = np.repeat(starts, lengths) + within * size
    return (
        np.ascontiguousarray(block[at[:, None] + np.arange(size)]).reshape(-1).view(order + kind).astype(kind)
    )
