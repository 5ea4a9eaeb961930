"""STL: binary and ASCII, several solids. Corners at exactly the same place become one vertex.

Whether a file is binary is told by its length (84 + 50 bytes a triangle), not by its first word: exporters
write ``solid`` into binary heads as well. Colours as Materialise Magics writes them (``COLOR=`` in the head,
five bits a channel in the facet's attribute) and as VisCAM and SolidView do (bit 15 set: colour, blue
lowest) are read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.surface import Surface
from pipeline.progress import report

from . import assemble, limits, numbers, weld

_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"\bvertex\b([^\r\n]*)", re.IGNORECASE)


def read_stl(path: Path) -> Surface:
    """Reads an STL file; the normals in it are ignored, they are those of the triangles.

    Raises:
        Refused: shorter than its head claims, no triangles, damaged.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(84)
        claimed = int.from_bytes(head[80:84], "little") if len(head) == 84 else 0
        is_text = head.lstrip()[:5].lower() == b"solid" and (len(head) < 84 or size != 84 + 50 * claimed)
        if is_text and _looks_ascii(file):
            corners, colours = _ascii(file, path.name, size), None
        else:
            corners, colours = _binary(file, head, claimed, size, path.name)
    columns = weld.bits(corners)
    if colours is None:
        first, which = weld.distinct(*columns)
    else:
        packed = colours.astype(np.int64) @ np.array([1, 256, 65536, 0])
        first, which = weld.distinct(*columns, packed)
    return assemble.surface(
        name=path.name,
        source_format="stl",
        positions=corners[first].astype(np.float64),
        triangles=which.reshape(-1, 3),
        colours=None if colours is None else colours[first],
    )


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the file: an STL needs no other."""
    return (path,)


def _looks_ascii(file: BinaryIO) -> bool:
    file.seek(0)
    start = file.read(4096)
    return b"\0" not in start and re.search(rb"facet|endsolid", start, re.IGNORECASE) is not None


def _binary(
    file: BinaryIO, head: bytes, claimed: int, size: int, name: str
) -> tuple[NDArray[np.float32], NDArray[np.uint8] | None]:
    """Corners, (3 T, 3), and their colours where the file has any."""
    if len(head) < 84 or 84 + 50 * claimed > size:
        raise Refused(
            f"the file claims {claimed} triangles but is only {size} bytes long",
            where=name,
            do="it is no STL, or copy it again",
        )
    assemble.count("triangles", claimed, limits.TRIANGLES_MAX, name=name)
    corners = np.empty((claimed, 3, 3), np.float32)
    attributes = np.empty(claimed, np.uint16)
    file.seek(84)
    done, step = 0, limits.BLOCK_BYTES // _FACET.itemsize
    while done < claimed:
        data = file.read(_FACET.itemsize * min(step, claimed - done))
        rows = np.frombuffer(data, _FACET, count=len(data) // _FACET.itemsize)
        if not len(rows):
            raise Refused("the file became shorter while it was read", where=name, do="copy it again")
        corners[done : done + len(rows)] = rows["corners"]
        attributes[done : done + len(rows)] = rows["attribute"]
        done += len(rows)
        report(done, claimed, "triangles")
    return corners.reshape(-1, 3), _colours(head, attributes)


def _colours(head: bytes, attributes: NDArray[np.uint16]) -> NDArray[np.uint8] | None:
    """Colour of every corner, (3 T, 4), or None. A stray attribute is not taken for a colour."""
    five = [((attributes >> shift) & 31).astype(np.uint16) for shift in (0, 5, 10)]
    own = (attributes & 0x8000) != 0
    magics = re.search(rb"COLOR=(.{4})", head[:80], re.DOTALL)
    if magics is not None:
        rgb = np.column_stack(five) * 255 // 31
        rgb[own] = np.frombuffer(magics[1], np.uint8)[:3]  # here the bit means: the colour of the whole part
    elif len(own) and own.all():
        rgb = np.column_stack(five[::-1]) * 255 // 31
    else:
        return None
    return np.repeat(assemble.colour_bytes(rgb.astype(np.uint8)), 3, axis=0)


def _ascii(file: BinaryIO, name: str, size: int) -> NDArray[np.float32]:
    parts: list[NDArray[np.float32]] = []
    file.seek(0)
    rest = b""
    while True:
        block = file.read(limits.BLOCK_BYTES)
        text = rest + block
        cut = len(text) if not block else max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        if cut == 0 and len(text) > limits.LINE_MAX_BYTES:
            raise Refused("a line of the STL file has no end", where=name, do="export it again")
        text, rest = text[:cut], text[cut:]
        rows = _VERTEX.findall(text)
        if rows:
            values = numbers.floats(b"\n".join(rows), where=name)
            if len(values) != 3 * len(rows):
                raise Refused("a vertex has not three coordinates", where=name, do="export it again")
            with np.errstate(over="ignore"):
                parts.append(values.astype(np.float32).reshape(-1, 3))
        report(file.tell(), size, "bytes")
        if not block:
            break
    corners = np.concatenate(parts) if parts else np.empty((0, 3), np.float32)
    if len(corners) % 3:
        raise Refused("the last triangle is not whole", where=name, do="the file is cut off: copy it again")
    return corners
