"""A level as it goes out: the bytes of one GLB with the figures that the manifest wants of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.catalogue.finding import Finding
from pipeline.matter.surface import Surface


@dataclass(frozen=True, slots=True)
class Encoded:
    """One written model.

    Attributes:
        glb: the file's bytes.
        triangles, vertices: drawn triangles, stored vertices.
        texture_px: longest side of the largest texture, 0 without texture.
        decoded_bytes: GPU memory once loaded: textures with mips, vertex and index buffers.
        draw_calls: primitives drawn.
        required_extensions: glTF extensions a reader must know, sorted.
        error_mm: bound of the geometric error: simplification and quantisation together.
        findings: what the steps of this level found.
        media_type: of ``glb``.
        before: the surface that went in, for the proof of what compression changed; None where a writer does
            not say.
    """

    glb: bytes
    triangles: int
    vertices: int
    texture_px: int
    decoded_bytes: int
    draw_calls: int
    required_extensions: tuple[str, ...]
    error_mm: float
    findings: tuple[Finding, ...] = ()
    media_type: str = "model/gltf-binary"
    before: Surface | None = field(default=None, compare=False, repr=False)
