"""A level as it goes out: the bytes of one file, whatever its format, with the figures that the manifest
wants of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.catalogue.finding import Finding
from pipeline.matter.surface import Surface

GLB = "model/gltf-binary"


@dataclass(frozen=True, slots=True)
class Encoded:
    """One written file.

    Attributes:
        data: the file's bytes.
        triangles, vertices: drawn triangles, stored vertices.
        texture_px: longest side of the largest texture, 0 without texture.
        decoded_bytes: GPU memory once loaded: textures with mips, vertex and index buffers.
        draw_calls: primitives drawn.
        required_extensions: glTF extensions a reader must know, sorted.
        error_mm: bound of the geometric error: simplification and rounding together.
        findings: what the steps of this level found.
        media_type: of ``data``.
        suffix: that its file name ends in.
        holds: what was written, as exactly as the file keeps it, placed and in metres: what is measured of a
            format that the proof does not decode again. None for a GLB, which is read back instead.
        before: the surface that went into a GLB, for the proof of what compression changed; None where a
            writer does not say.
    """

    data: bytes
    triangles: int
    vertices: int
    texture_px: int
    decoded_bytes: int
    draw_calls: int
    required_extensions: tuple[str, ...]
    error_mm: float
    findings: tuple[Finding, ...] = ()
    media_type: str = GLB
    suffix: str = ".glb"
    holds: Surface | None = None
    before: Surface | None = field(default=None, compare=False, repr=False)


def of_surface(
    surface: Surface, data: bytes, media_type: str, suffix: str, *, vertices: int, error_mm: float
) -> Encoded:
    """Gives the file of a format that keeps a surface as it is: its figures are those of the surface.

    Args:
        surface: what was written, as the file keeps it.
        data, media_type, suffix: of the file.
        vertices: stored in the file.
        error_mm: bound of the error, rounding included.
    """
    textures = surface.textures()
    return Encoded(
        data=data,
        triangles=len(surface.triangles),
        vertices=vertices,
        texture_px=max((max(one.width, one.height) for one in textures), default=0),
        decoded_bytes=_loaded_bytes(surface, vertices),
        draw_calls=len(set(surface.material_of.tolist())),
        required_extensions=(),
        error_mm=round(error_mm, 5),
        findings=surface.findings,
        media_type=media_type,
        suffix=suffix,
        holds=surface,
    )


def _loaded_bytes(surface: Surface, vertices: int) -> int:
    """GPU memory of plain buffers: single precision positions, normals and UVs, 4-byte colours and indices;
    textures at 4 bytes a texel and a third more for their mips."""
    each = 24 + 8 * len(surface.uvs) + (4 if surface.colours is not None else 0)
    texels = sum(one.width * one.height for one in surface.textures())
    return vertices * each + 12 * len(surface.triangles) + -(-texels * 16 // 3)
