"""A placed Surface as OBJ and MTL: what every 3D program opens, in metres with Y up.

Coordinates have seven digits behind the point, a tenth of a micrometre. Colours that only vertices carry
stand behind the coordinates (``v x y z r g b``), as MeshLab and others read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Material, Surface

BLOCK_ROWS = 1 << 15
"""Lines that are put into words at a time."""


DIGITS = 7
"""Behind the point, of a coordinate in metres."""
_PLACE = f"%.{DIGITS}f"


def write_obj(surface: Surface, *, library: str, comments: tuple[str, ...] = ()) -> bytes:
    """Gives the OBJ.

    Args:
        surface: placed.
        library: name of the MTL beside it.
        comments: lines for the head.
    """
    out = bytearray("".join(f"# {' '.join(line.split())}\n" for line in comments).encode())
    out += f"mtllib {library}\n".encode()
    columns: NDArray[Any] = surface.positions
    line = f"v {_PLACE} {_PLACE} {_PLACE}\n"
    if surface.colours is not None:
        columns = np.concatenate([columns, surface.colours[:, :3] / 255], axis=1)
        line = f"v {_PLACE} {_PLACE} {_PLACE} %.4f %.4f %.4f\n"
    for block in _lines(line, columns):
        out += block
    if surface.uvs:
        turned = surface.uvs[0].astype(np.float64)
        turned = np.stack([turned[:, 0], 1 - turned[:, 1]], axis=1)
        for block in _lines("vt %.7f %.7f\n", turned):
            out += block
    for block in _lines("vn %.5f %.5f %.5f\n", normals_of(surface)):
        out += block
    corner = "%d/%d/%d" if surface.uvs else "%d//%d"
    for number in range(len(surface.materials)):
        triangles = surface.triangles[surface.material_of == number].astype(np.int64) + 1
        if len(triangles):
            out += f"usemtl {material_name(number)}\n".encode()
            repeated = np.repeat(triangles, 3 if surface.uvs else 2, axis=1)
            for block in _lines(f"f {corner} {corner} {corner}\n", repeated):
                out += block
    return bytes(out)


def write_mtl(surface: Surface, texture_names: Mapping[str, str]) -> bytes:
    """Gives the material library; ``texture_names`` maps a texture's digest to its file beside it."""
    return "\n".join(_material(i, m, texture_names) for i, m in enumerate(surface.materials)).encode()


def material_name(number: int) -> str:
    """Gives the name that OBJ and MTL call a material by."""
    return f"material-{number + 1}"


def _material(number: int, material: Material, names: Mapping[str, str]) -> str:
    red, green, blue = (_srgb(value) for value in material.base_colour[:3])
    lines = [
        f"newmtl {material_name(number)}",
        f"Kd {red:.5g} {green:.5g} {blue:.5g}",
        "Ks 0 0 0",
        f"d {material.base_colour[3]:.5g}",
        f"Pr {material.roughness:.5g}",
        f"Pm {material.metallic:.5g}",
        "illum 1",
    ]
    maps = (
        ("map_Kd", material.colour_texture),
        ("norm", material.normal_texture),
        ("map_Ke", material.emissive_texture),
    )
    lines += [f"{word} {names[use.texture.sha256]}" for word, use in maps if use is not None]
    return "\n".join(lines) + "\n"


def _srgb(linear: float) -> float:
    """A factor as MTL has it, in sRGB (IEC 61966-2-1)."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _lines(line: str, rows: NDArray[Any]) -> Iterator[bytes]:
    """Rows of numbers by one pattern, many at a time: 0.5 s for a million rows."""
    for start in range(0, len(rows), BLOCK_ROWS):
        block = rows[start : start + BLOCK_ROWS]
        yield ((line * len(block)) % tuple(block.ravel().tolist())).encode("ascii")
