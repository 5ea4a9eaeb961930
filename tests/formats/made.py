"""Small files for the reader tests, written by hand so that the answer is known."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pyvips

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float64)


def image(path: Path, *, width=4, height=2, colour=(200, 100, 50), bits=8, **save) -> Path:
    """A picture of one colour with a red top left pixel."""
    top = 65535 if bits == 16 else 255
    pixels = np.full((height, width, len(colour)), colour, np.uint16 if bits == 16 else np.uint8)
    pixels[0, 0, :3] = (top, 0, 0)[: min(3, len(colour))]
    kind = {(8, 1): "b-w", (8, 2): "b-w", (16, 1): "grey16"}.get((bits, len(colour)))
    made = pyvips.Image.new_from_array(pixels, interpretation=kind or ("rgb16" if bits == 16 else "srgb"))
    made.write_to_file(str(path), **save)
    return path


def obj(folder: Path, text: str | bytes, name="a.obj", **others: str | bytes) -> Path:
    """An OBJ file, and others beside it (``mtl=…`` becomes a.mtl)."""
    for suffix, content in {name.split(".")[-1]: text, **others}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name.rsplit('.', 1)[0]}.{suffix}").write_bytes(data)
    return folder / name


def ply_binary(
    path: Path, vertices, faces, order="<", extra_head="", vertex="float x,float y,float z", face="uchar int"
) -> Path:
    """A binary PLY: vertices are tuples, faces lists of indices, types as in ``vertex`` and ``face``."""
    letters = {
        "float": "f",
        "double": "d",
        "uchar": "B",
        "ushort": "H",
        "int": "i",
        "uint": "I",
        "short": "h",
    }
    letters |= {"char": "b"}
    fields = [f.split() for f in vertex.split(",")]
    name = "little" if order == "<" else "big"
    head = f"ply\nformat binary_{name}_endian 1.0\n{extra_head}element vertex {len(vertices)}\n"
    head += "".join(f"property {t} {n}\n" for t, n in fields)
    count_type, index_type = face.split()
    head += f"element face {len(faces)}\nproperty list {count_type} {index_type} vertex_indices\nend_header\n"
    body = b"".join(struct.pack(order + "".join(letters[t] for t, _ in fields), *v) for v in vertices)
    for f in faces:
        body += struct.pack(f"{order}{letters[count_type]}{len(f)}{letters[index_type]}", len(f), *f)
    path.write_bytes(head.encode() + body)
    return path


def stl_binary(path: Path, corners, *, head=b"made by a test", attributes=None) -> Path:
    """A binary STL from (T, 3, 3) corners."""
    corners = np.asarray(corners, np.float32).reshape(-1, 3, 3)
    data = head.ljust(80, b" ")[:80] + struct.pack("<I", len(corners))
    for i, triangle in enumerate(corners):
        data += struct.pack("<12fH", 0, 0, 0, *triangle.ravel(), 0 if attributes is None else attributes[i])
    path.write_bytes(data)
    return path


def codes(surface) -> list[str]:
    """The codes of a surface's findings."""
    return [finding.code for finding in surface.findings]


def area(surface) -> np.ndarray:
    """Area vector of the whole surface, (3,)."""
    a, b, c = (surface.positions[surface.triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a).sum(axis=0) / 2
