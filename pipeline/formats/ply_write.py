"""A Surface as binary PLY, little-endian, every position as exact as it was read.

Positions are ``double`` unless each of them is a single precision number, then ``float``: either way the same
64 bits come back. Texture coordinates count from the bottom left, as the programs that write PLY do (VCGLIB,
Metashape); turning them over costs at most 6e-8, a thousandth of a texel of 16K. Faces carry the number of
their material, and the texture's number where VCGLIB looks for it.

Source: Greg Turk, The PLY Polygon File Format, 1994.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface

BLOCK_ROWS = 1 << 16
"""Vertices or faces that are put in rows at a time: bounds what is held beside the file to some 5 MB."""
NO_TEXTURE = -1


def write_ply(
    surface: Surface, *, comments: Sequence[str] = (), texture_names: Mapping[str, str] | None = None
) -> bytes:
    """Gives the file.

    Args:
        surface: in any unit; its vertices and triangles keep their order.
        comments: lines for the head, ASCII.
        texture_names: digest of a texture -> its file's name relative to the PLY.
    """
    names = texture_names or {}
    columns = _columns(surface)
    files, number_of = _texture_numbers(surface, names)
    face = _face_type(textured=bool(files))
    head = ["ply", "format binary_little_endian 1.0"]
    head += [f"comment {_ascii(line)}" for line in comments]
    head += [f"comment TextureFile {name}" for name in files]
    head.append(f"element vertex {len(surface.positions)}")
    head += [f"property {_KINDS[values.dtype.name]} {name}" for name, values in columns]
    head.append(f"element face {len(surface.triangles)}")
    head += ["property list uchar int vertex_indices", "property int material_index"]
    head += ["property int texnumber"] if files else []
    head += ["end_header", ""]
    out = bytearray("\n".join(head).encode("ascii"))
    for block in _vertex_blocks(columns):
        out += block
    for block in _face_blocks(surface, face, number_of):
        out += block
    return bytes(out)


_KINDS = {"float32": "float", "float64": "double", "uint8": "uchar"}
_Column = tuple[str, NDArray[Any]]


def _columns(surface: Surface) -> list[_Column]:
    positions: NDArray[Any] = np.ascontiguousarray(surface.positions)
    with np.errstate(over="ignore", invalid="ignore"):
        single = positions.astype(np.float32)
    if np.array_equal(single.astype(np.float64).view(np.uint64), positions.view(np.uint64)):
        positions = single
    out: list[_Column] = [(axis, positions[:, i]) for i, axis in enumerate("xyz")]
    if surface.normals is not None:
        out += [(f"n{axis}", surface.normals[:, i]) for i, axis in enumerate("xyz")]
    if surface.colours is not None:
        out += [(name, surface.colours[:, i]) for i, name in enumerate(("red", "green", "blue", "alpha"))]
    for number, uv in enumerate(surface.uvs):
        out.append((f"s{number or ''}", uv[:, 0]))
        out.append((f"t{number or ''}", (1 - uv[:, 1].astype(np.float64)).astype(np.float32)))
    return out


def _vertex_blocks(columns: list[_Column]) -> Iterator[bytes]:
    row = np.dtype([(name, values.dtype.newbyteorder("<")) for name, values in columns])
    count = len(columns[0][1])
    for start in range(0, count, BLOCK_ROWS):
        rows = np.empty(min(BLOCK_ROWS, count - start), row)
        for name, values in columns:
            rows[name] = values[start : start + len(rows)]
        yield rows.tobytes()


def _face_type(*, textured: bool) -> np.dtype[Any]:
    fields: list[Any] = [("count", "u1"), ("corners", "<i4", 3), ("material", "<i4")]
    return np.dtype([*fields, ("texture", "<i4")] if textured else fields)


def _face_blocks(surface: Surface, row: np.dtype[Any], number_of: NDArray[np.int32]) -> Iterator[bytes]:
    count = len(surface.triangles)
    for start in range(0, count, BLOCK_ROWS):
        rows = np.empty(min(BLOCK_ROWS, count - start), row)
        part = slice(start, start + len(rows))
        rows["count"], rows["corners"] = 3, surface.triangles[part]
        rows["material"] = surface.material_of[part]
        if "texture" in (row.names or ()):
            rows["texture"] = number_of[surface.material_of[part]]
        yield rows.tobytes()


def _texture_numbers(surface: Surface, names: Mapping[str, str]) -> tuple[list[str], NDArray[np.int32]]:
    """The colour textures' names once each, and the number of each material's, ``NO_TEXTURE`` for none."""
    files: list[str] = []
    number_of = np.full(len(surface.materials), NO_TEXTURE, np.int32)
    for number, material in enumerate(surface.materials):
        use = material.colour_texture
        if use is None or use.texture.sha256 not in names:
            continue
        name = names[use.texture.sha256]
        if name not in files:
            files.append(name)
        number_of[number] = files.index(name)
    return files, number_of


def _ascii(line: str) -> str:
    plain = " ".join(line.encode("ascii", "replace").decode().split())
    return plain.replace("end_header", "end-header")  # some readers look for it anywhere in a line
