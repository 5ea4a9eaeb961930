"""A closed Surface as binary STL: millimetres, Z up, as printers take it. The format names no unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface

_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
BLOCK_ROWS = 1 << 16
HEAD_BYTES = 80


def on_the_bed_mm(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives positions in metres, Y up, as a printer has them: mm, Z up, right-handed: (V, 3)."""
    return np.stack([positions[:, 0], -positions[:, 2], positions[:, 1]], axis=1) * 1000


def off_the_bed_m(positions_mm: NDArray[np.floating]) -> NDArray[np.float64]:
    """Undoes :func:`on_the_bed_mm`."""
    x, y, z = (positions_mm[:, i].astype(np.float64) / 1000 for i in range(3))
    return np.stack([x, z, -y], axis=1)


def write_stl(surface: Surface, *, title: str = "") -> bytes:
    """Gives the file; corners of one vertex get the very same numbers, so that it stays closed.

    Args:
        surface: placed.
        title: for the head, ASCII, at most 80 bytes. It never begins with ``solid``, which marks text.
    """
    places = on_the_bed_mm(surface.positions).astype(np.float32)
    head = f"binary STL, mm, Z up. {title}".encode("ascii", "replace")[:HEAD_BYTES]
    out = bytearray(head.ljust(HEAD_BYTES, b" "))
    out += len(surface.triangles).to_bytes(4, "little")
    for start in range(0, len(surface.triangles), BLOCK_ROWS):
        corners = places[surface.triangles[start : start + BLOCK_ROWS]]
        rows = np.zeros(len(corners), _FACET)
        rows["corners"] = corners
        a, b, c = (corners[:, i].astype(np.float64) for i in range(3))
        normal = np.cross(b - a, c - a)
        length = np.linalg.norm(normal, axis=1, keepdims=True)
        rows["normal"] = normal / np.where(length > 0, length, 1)
        out += rows.tobytes()
    return bytes(out)
