"""A placed Surface as USDZ: one layer of text and its JPEG or PNG textures, uncompressed, at multiples of 64.

What AR Quick Look opens. ``metersPerUnit`` is written, for a file without it is taken in centimetres, and
Y is up. The layer is text (.usda): every reader of USD knows it, and this writer needs no library of 200 MB.
Coordinates get the digits that their error asks for; 100,000 triangles with a texture of 2048 px come to
6.7 MB, of which brotli leaves 2.7 on the wire.

Standards: Pixar, USDZ File Format Specification 1.3; UsdPreviewSurface Specification 2.6.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Failed, Refused
from pipeline.formats import weld
from pipeline.formats.parts import Part, parts_of
from pipeline.formats.usd_material import bare, material_text, quoted
from pipeline.formats.zips import zipped
from pipeline.matter.surface import Surface, uses

MEDIA_TYPE = "model/vnd.usdz+zip"
ALIGN_BYTES = 64
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}
"""What a USDZ may hold on every device that opens one; newer ones know AVIF and EXR too."""
ROUNDING_SHARE = 0.1
"""Share of the level's error that rounding to decimal digits may add."""
LEAST_SHARE = 2e-7
"""Of the diagonal: single precision knows no finer, and more digits would only be bytes."""
FEW = 0.6
"""Of its vertices: fewer places than this are written once each."""
NORMAL_DIGITS, UV_DIGITS = 3, 5
"""Of unit normals (0.06 degrees) and of texture coordinates (a twelfth of a texel of 8192)."""


@dataclass(frozen=True, slots=True)
class Written:
    """A USDZ and what is in it: ``surface`` as the digits give it back, ``rounding_mm`` at most added."""

    data: bytes
    surface: Surface
    vertices: int
    rounding_mm: float


def write_usdz(surface: Surface, *, about: Mapping[str, str] | None = None) -> Written:
    """Writes a USDZ.

    Args:
        surface: placed (metres, Y up), its textures encoded as JPEG or PNG.
        about: what the file says of itself, by short names: ``title``, ``identifier``, ``rights`` …

    Raises:
        Refused: a texture is neither JPEG nor PNG.
        Failed: there are no triangles.
    """
    assert surface.placement is not None, "place the surface first"
    surface = _drawn(surface)
    parts = parts_of(surface)
    if not parts:
        raise Failed("nothing is left of the mesh")
    digits = _digits(surface)
    files = _texture_files(surface)
    names = {digest: name for digest, (name, _) in files.items()}
    layer = "".join(_layer(surface, parts, names, digits, about or {}))
    inside = {"model.usda": layer.encode()} | dict(files.values())
    rounded = np.round(surface.positions, digits).astype(np.float32).astype(np.float64)
    return Written(
        data=zipped(inside, align=ALIGN_BYTES),
        surface=surface.but(positions=rounded),
        vertices=sum(len(part.positions) for part in parts),
        rounding_mm=math.sqrt(3) / 2 * 10.0**-digits * 1000,
    )


def _drawn(surface: Surface) -> Surface:
    """The surface without pictures that USD has no input for: curvature."""
    if all(material.curvature_texture is None for material in surface.materials):
        return surface
    drawn = (replace(m, curvature_texture=None, curvature_per_step=0.0) for m in surface.materials)
    return surface.but(materials=tuple(drawn))


def _digits(surface: Surface) -> int:
    """Decimal digits of a metre with which no vertex moves further than it may."""
    allowed_m = max(surface.error_mm / 1000 * ROUNDING_SHARE, surface.diagonal * LEAST_SHARE)
    return max(0, math.ceil(-math.log10(allowed_m / (math.sqrt(3) / 2))))


def _texture_files(surface: Surface) -> dict[str, tuple[str, bytes]]:
    """Digest -> name in the archive and bytes, of every texture once."""
    files: dict[str, tuple[str, bytes]] = {}
    for number, texture in enumerate(surface.textures()):
        suffix = SUFFIXES.get(texture.media_type)
        if suffix is None:
            raise Refused(
                f"a USDZ cannot hold {texture.media_type}",
                where=texture.name,
                do='put step textures before it, with format = "jpeg" or "png"',
            )
        files[texture.sha256] = (f"textures/{number}{suffix}", texture.encoded())
    return files


def _layer(
    surface: Surface, parts: list[Part], names: Mapping[str, str], digits: int, about: Mapping[str, str]
) -> Iterator[str]:
    yield '#usda 1.0\n(\n    defaultPrim = "Relic"\n    metersPerUnit = 1\n    upAxis = "Y"\n'
    if about:
        yield "    customLayerData = {\n"
        yield from (f"        string {bare(key)} = {quoted(value)}\n" for key, value in sorted(about.items()))
        yield "    }\n"
    yield ')\n\ndef Xform "Relic" (\n    kind = "component"\n)\n{\n    def Scope "Materials"\n    {\n'
    for part in parts:
        material = surface.materials[part.material]
        colours = part.colours is not None and material.colour_texture is None
        yield material_text(part.material, material, names, colours=colours)
    yield "    }\n"
    for part in parts:
        yield from _mesh(surface, part, digits)
    yield "}\n"


def _mesh(surface: Surface, part: Part, digits: int) -> Iterator[str]:
    """One mesh a material. Subdivision is off: USD's default would round a relic off like a film's puppet."""
    material = surface.materials[part.material]
    low, high = (np.round(corner, digits).tolist() for corner in part.bounds)
    yield f'    def Mesh "Part{part.material}" (\n'
    yield '        prepend apiSchemas = ["MaterialBindingAPI"]\n    )\n    {\n'
    yield f"        uniform bool doubleSided = {int(material.double_sided)}\n"
    yield f"        float3[] extent = [{_row(low)}, {_row(high)}]\n"
    first, which = _places(part)
    corners = which[part.triangles.ravel()]
    yield from _array("int[] faceVertexCounts", ["3"] * len(part.triangles))
    yield from _array("int[] faceVertexIndices", map(str, corners.tolist()))
    yield f"        rel material:binding = </Relic/Materials/M{part.material}>\n"
    yield from _array("normal3f[] normals", _rows(part.normals[first], NORMAL_DIGITS), "vertex")
    yield from _array("point3f[] points", _rows(part.positions[first], digits))
    if part.colours is not None:
        yield from _array("color3f[] primvars:displayColor", _rows(_linear(part.colours[first]), 4), "vertex")
    used = {use.uv_set for use in uses(material)}
    for number, uv in enumerate(part.uvs):
        if number in used:
            turned = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)  # USD counts upwards from the bottom left
            name = f"texCoord2f[] primvars:st{number or ''}"
            if len(first) < len(part.positions):
                yield from _array(name, _rows(turned[part.triangles.ravel()], UV_DIGITS), "faceVarying")
            else:
                yield from _array(name, _rows(turned, UV_DIGITS), "vertex")
    yield '        uniform token subdivisionScheme = "none"\n    }\n'


def _places(part: Part) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Vertices that the file stores, and for each vertex of the part which of them it is.

    Where most vertices are apart only by their texture coordinates (vertex colours in cells), those are
    written at the corners of the triangles, and each place once: 11 MB for 100,000 triangles.
    """
    columns = [*weld.bits(part.positions.astype(np.float32)), *weld.bits(part.normals)]
    if part.colours is None and part.uvs:
        first, which = weld.distinct(*columns)
        if len(first) < FEW * len(part.positions):
            return first, which
    every = np.arange(len(part.positions))
    return every, every.astype(np.int32)


def _array(head: str, values: Iterable[str], interpolation: str = "") -> Iterator[str]:
    tail = f' (\n            interpolation = "{interpolation}"\n        )' if interpolation else ""
    yield f"        {head} = ["
    yield ",".join(values)
    yield f"]{tail}\n"


def _rows(values: NDArray[np.floating], digits: int) -> Iterator[str]:
    return map(_row, np.round(values.astype(np.float64), digits).tolist())


def _row(values: list[float]) -> str:
    """``(0.1,2,-3e-05)``: the shortest digits that give the number back, whole numbers without a point."""
    return "(" + ",".join([repr(int(v) if v == int(v) else v) for v in values]) + ")"


def _linear(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB bytes as the linear light that USD keeps colours in (IEC 61966-2-1)."""
    values = colours[:, :3] / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
