"""Writes the level: as few bits as its error allows, and not one less; by the codec that serves it best.

What a visitor waits for is meshopt. ``make bench-decode``, levels ``large`` of recipe relic on a village's 3G
(1.6 Mbit/s, 300 ms) with a phone six times slower than the machine: KB on the wire, ms from bytes to form,
seconds until it is there on the first model of a visit and on later ones:

                  triangles   meshopt (EXT)              meshopt-v1 (KHR)           draco
    laurana          15,035     55    21   0.65   0.60     53    22   0.64   0.59     47   454   2.22   0.99
    trench_019       20,183    253    22   1.64   1.59    247    34   1.63   1.57    217   455   3.07   1.84
    helmet            6,759     24    16   0.49   0.43     23    19   0.49   0.43     14   304   1.91   0.68
    jar-1M-4K       150,457  2,331    95  12.10  12.05  2,291    80  11.89  11.83  2,110 1,261  13.35  12.11

KHR's saving is not worth the programs that cannot open it; the rule is ``steps.soonest``. The panel's
``large`` is Draco all the same: it comes behind a level that is there already, its decoder is fetched
meanwhile, and for 0.1 to 0.4 s later it costs 10 to 40 % fewer bytes, which on a village's line are
somebody's money. So are downloads, which nobody waits for at a page; AR is plain, for other programs.
"""

from __future__ import annotations

from typing import Literal, get_args

from pipeline.errors import Refused
from pipeline.formats.gltf_encode import DRACO_FLOAT_BITS
from pipeline.formats.gltf_quantise import FLOAT_BITS, UV_TEXELS, position_bits_for, quantisation_error_mm
from pipeline.formats.gltf_write import Written, write_glb
from pipeline.formats.packed import wire_bytes
from pipeline.matter.encoded import Encoded
from pipeline.matter.surface import Surface
from pipeline.steps.about import packet_of
from pipeline.steps.registry import step
from pipeline.steps.soonest import Codec, soonest, wait_ms

LEAST_BITS, MOST_BITS = 10, 16
STEP_SHARE = 0.45
"""Of the level's error, for positions. gargo's ``medium``, mean off and bytes: 13 bits 0.0463 mm, 77.9 kB;
12 (a third of the error and less) 0.0465, 75.4; 11 (this) 0.0474, 70.8; a bit fewer on ``large`` costs 9 % of
the distance for 6 % of the bytes."""
FEW_BITS, FEW_TURN_DEG, MORE_BITS = 6, 1.39, 7
"""Octahedral bits, by how many degrees the first turn normals on average, and what others get (0.7 degrees).
A scan's noise turns them by ten. gargo's ``medium``, whose normals simplifying turned by 4.8 degrees, takes
75.4 kB with 8 bits, 71.3 with 6, which turn them by 5.0 (SSIM 0.98175 and 0.98170); fewer would show as
terraces on a smooth pot."""
UNSIMPLIFIED_SHARE = 1 / 32768
"""A surface that lost nothing has no error to measure bits by: its own diagonal by so many parts then."""


@step(version=5)
def compress(
    surface: Surface,
    *,
    codec: Literal["meshopt", "meshopt-v1", "draco", "none", "auto"] = "meshopt",
    step_share: float = STEP_SHARE,
    normal_bits: int | None = None,
    uv_texels: float = UV_TEXELS,
    metadata: str = "",
) -> Encoded:
    """Quantises and compresses a level into one GLB.

    Args:
        surface: placed, its textures encoded.
        codec: ``meshopt`` (EXT, what every viewer reads), ``meshopt-v1`` (KHR, smaller, release candidate),
            ``draco`` (smallest geometry, slower to open), ``none`` (plain single precision), ``auto``: write
            the first three and take the one that a visitor sees soonest; a finding has the figures of all.
        step_share: positions get so many bits that no vertex moves by more than this share of the level's
            error.
        normal_bits: of octahedral normals, 4 to 16; without it 6 where they turn them by no more than
            simplifying did, else 7.
        uv_texels: texture coordinates get so many bits that none moves by more than this share of a texel.
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
    for_normals = normal_bits_of(surface) if normal_bits is None else normal_bits
    if not 0 < step_share <= 1 or not 4 <= for_normals <= 16 or not 0 < uv_texels <= 1:
        raise Refused(
            "step_share and uv_texels are above 0 and at most 1, normal_bits 4 to 16", where="step compress"
        )
    xmp = packet_of(metadata, "step compress") or None
    bits = FLOAT_BITS if codec == "none" else bits_of(surface, step_share)

    def written_by(how: Literal["meshopt", "meshopt-v1", "draco", "none"]) -> Written:
        plain = how == "none"
        return write_glb(
            surface,
            compression=how,
            position_bits=bits,
            normal_bits=FLOAT_BITS if plain else for_normals,
            uv_bits=FLOAT_BITS if plain else None,
            uv_texels=uv_texels,
            xmp=xmp,
        )

    if codec == "auto":
        codec, written, surface = _soonest(surface, {how: written_by(how) for how in get_args(Codec)})
    else:
        written = written_by(codec)
    if bits == FLOAT_BITS and codec == "draco":
        bits = DRACO_FLOAT_BITS
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


def bits_of(surface: Surface, step_share: float = STEP_SHARE) -> int:
    """Gives the fewest position bits that move no vertex of a placed level by more than a share of its error;
    single precision where 16 are too few (an error of 0.2 mm on 20 m).
    """
    allowed_mm = step_share * (surface.error_mm or surface.diagonal * 1000 * UNSIMPLIFIED_SHARE)
    bits = position_bits_for(surface, allowed_mm, least=LEAST_BITS, most=MOST_BITS)
    return bits if quantisation_error_mm(surface, bits) <= allowed_mm else FLOAT_BITS


def normal_bits_of(surface: Surface) -> int:
    """Gives the bits of normals: few where they turn them by no more, on average, than was done already."""
    return FEW_BITS if surface.turned_deg >= FEW_TURN_DEG else MORE_BITS


def _soonest(surface: Surface, files: dict[Codec, Written]) -> tuple[Codec, Written, Surface]:
    """The codec taken, its file, and the surface with the figures of all."""
    wire = {codec: wire_bytes(file.data) for codec, file in files.items()}
    triangles = files["meshopt"].triangles
    taken = soonest(wire, triangles)
    figures: dict[str, float | str] = {"codec": taken}
    for codec, count in wire.items():
        name = codec.replace("-", "_")
        figures[f"{name}_kb"] = round(count / 1000, 1)
        figures[f"{name}_s"] = round(wait_ms(codec, count, triangles) / 1000, 2)
    return taken, files[taken], surface.noting("codec-chosen", "info", **figures)
