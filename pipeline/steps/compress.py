"""Writes the level: as few bits as its error allows, and not one less."""

from __future__ import annotations

from typing import Literal

from pipeline.errors import Refused
from pipeline.formats.gltf_quantise import position_bits_for, quantisation_error_mm
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.encoded import Encoded
from pipeline.matter.surface import Surface
from pipeline.steps.about import packet_of
from pipeline.steps.registry import step

LEAST_BITS, MOST_BITS = 10, 16
UNSIMPLIFIED_SHARE = 1 / 16384
"""A surface that lost nothing has no error to measure bits by: its own diagonal by so many parts then."""


@step(version=3)
def compress(
    surface: Surface,
    *,
    codec: Literal["meshopt", "meshopt-v1", "draco", "none"] = "meshopt",
    step_share: float = 0.33,
    normal_bits: int = 8,
    metadata: str = "",
) -> Encoded:
    """Quantises and compresses a level into one GLB.

    Args:
        surface: placed, its textures encoded.
        codec: ``meshopt`` (EXT, what every viewer reads), ``meshopt-v1`` (KHR, smaller, release candidate),
            ``draco`` (smallest geometry, slower to open), ``none`` (plain single precision).
        step_share: positions get so many bits that no vertex moves by more than this share of the level's
            error.
        normal_bits: of octahedral normals, 4 to 16; 8 keeps them within a degree.
        metadata: JSON of a KHR_xmp_json_ld packet (``formats.gltf_xmp.packet``) to carry in the file.

    Returns:
        The file with its figures; ``error_mm`` is the level's error plus that of quantisation.

    Raises:
        Refused: not placed, a parameter out of range, or the metadata is no JSON object.
    """
    if surface.placement is None:
        raise Refused(
            "the scan has no size in metres yet", where="step compress", do="put step place before it"
        )
    if not 0 < step_share <= 1 or not 4 <= normal_bits <= 16:
        raise Refused("step_share is above 0 and at most 1, normal_bits 4 to 16", where="step compress")
    bits = 32
    if codec != "none":
        allowed_mm = surface.error_mm or surface.diagonal * 1000 * UNSIMPLIFIED_SHARE
        bits = position_bits_for(surface, allowed_mm * step_share, least=LEAST_BITS, most=MOST_BITS)
    written = write_glb(
        surface,
        compression=codec,
        position_bits=bits,
        normal_bits=32 if codec == "none" else normal_bits,
        uv_bits=32 if codec == "none" else None,
        xmp=packet_of(metadata, "step compress") or None,
    )
    textures = surface.textures()
    return Encoded(
        data=written.data,
        triangles=written.triangles,
        vertices=written.vertices,
        texture_px=max((max(t.width, t.height) for t in textures), default=0),
        decoded_bytes=written.decoded_bytes,
        draw_calls=written.draw_calls,
        required_extensions=written.required_extensions,
        error_mm=round(surface.error_mm + quantisation_error_mm(surface, bits), 5),
        findings=surface.findings,
        before=surface,
    )
