"""A level by error, with the scan's own textures or with new ones baked from it: what measures better.

Two levels are made within the same error and looked at as a visitor will get them, textures encoded and
triangles compressed:

- *kept*: simplified with its UVs and vertex colours, whose seams hold triangles that the form would not need;
- *baked*: simplified by form alone, laid out anew (``bake.unwrap``), the scan baked into it by ray casting.

The one with fewer bytes is taken unless its colours are further from the scan; see :data:`SAME_DE`.

A normal map is made only where asked for. On photogrammetry it costs as many bytes as the colours, and what
it gives back is had cheaper as triangles (trench_019, level for 600 px, similarity of six renders):

                                              bytes   triangles   mean mm   SSIM
    simplified, its own texture             180,880       4,399      3.28   0.9460
    baked                                   149,616       2,210      3.42   0.9474
    baked, error 15 % smaller               154,504       2,691      2.91   0.9539
    baked with normals                      355,492       2,210      3.42   0.9497
    baked with normals, error 50 % larger   343,692       1,410      4.99   0.9311
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pipeline.bake import Baked, baked, laid_out
from pipeline.bake.rays import reach_m
from pipeline.bake.size import side_px, source_px, texels_of, values_px
from pipeline.matter.alive import PerSurface
from pipeline.matter.curvature import MOST
from pipeline.matter.rows import first_of, same_rows
from pipeline.matter.surface import Material, Surface, uses
from pipeline.measure.colour import colour_difference
from pipeline.measure.deviation import deviation
from pipeline.steps.compress import compress
from pipeline.steps.registry import step
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures

SAME_SHARE, SAME_DE = 0.005, 0.01
"""Colours count as equal while their mean CIEDE2000 differs by less than this share and this much: painting a
texture over again blurs it a little, and a blurred texture is small for the wrong reason."""
TRADES = ((-0.5, 1.25), (0.15, 0.75), (0.4, 0.5), (0.8, 0.25))
"""Beyond that: colours nearer by half a unit, which begins to be seen, may cost a quarter more bytes; a
quarter fewer bytes may cost 0.15 of a unit, which is not seen, half of them 0.4, three quarters 0.8. Six
textures of 1024 px, one for each tile of an excavation, take 1,316 kB of a phone's level of 600 px (decoded
they would pass its memory, so they are KTX2) with colours 2.90 off; one atlas of 1024 px takes 201 kB, and
3.28."""
SAMPLES = 20_000


@step(version=3, paints=True)
def reduce(
    surface: Surface,
    *,
    max_error_mm: float | None = None,
    screen_px: int | None = None,
    max_error_px: float = 1.0,
    max_colour_de: float = 4.0,
    max_normals_deg: float | None = None,
    max_triangles: int | None = None,
    texture: Literal["auto", "keep", "bake"] = "auto",
    max_px: int = 2048,
    quality: int = 80,
    effort: int = 4,
    device: Literal["phone", "tablet", "headset", "panel", "quick_look", "none"] = "none",
    gutter_px: int | None = None,
    normals: bool = False,
    occlusion: bool = False,
    curvature: bool = False,
) -> Surface:
    """Simplifies within an error and keeps the scan's textures or bakes new ones, whichever measures better.

    Args:
        surface: placed and cleaned; it is what the level is measured against and baked from.
        max_error_mm, screen_px, max_error_px, max_colour_de, max_normals_deg, max_triangles: as in step
            ``simplify``.
        texture: ``keep`` the scan's UVs and colours, ``bake`` them into an atlas, or ``auto``: make both and
            take what needs fewer bytes without being further from the scan's colours.
        max_px: largest side of the atlas; it is never larger than the scan's own texels fill.
        quality, effort, device: as step ``textures`` will encode them: the two are compared as they will be
            written, and what is encoded here is not encoded again there.
        gutter_px: empty texels around each chart; without it the side divided by 256, at least 2, so that
            charts stay apart down to a mip of 256 px.
        normals: bake the scan's normals into a tangent-space normal map (MikkTSpace).
        occlusion: bake how much of the room each place sees.
        curvature: bake the scan's mean curvature, smoothed over a texel, into a picture of its own: 128 is
            flat, convex above. A GLB names it, and what a step is worth in 1/m, in the material's ``extras``
            (``curvatureTexture``); programs that only draw pass over it.

    Normals, occlusion and curvature are baked into an atlas alone: ``texture = "bake"`` makes sure of them.

    Returns:
        The level; a finding says which was taken, with the figures of both, and another how baking went.

    Raises:
        Refused: as step ``simplify``.
        Failed: the surface could not be laid out flat, and ``bake`` was asked for.
    """
    bounds = {
        "max_error_mm": max_error_mm,
        "screen_px": screen_px,
        "max_error_px": max_error_px,
        "max_colour_de": max_colour_de,
        "max_normals_deg": None if surface.textures() else max_normals_deg,
        "max_triangles": max_triangles,
        "fit": True,
    }
    wanted = texels_of(surface) > 0 or normals or occlusion or curvature
    if texture == "keep" or not wanted or (texture == "auto" and not bakeable(surface)):
        return _left(simplify(surface, **bounds), curvature)  # type: ignore[arg-type]
    form = simplify(_bare(surface), **bounds)  # type: ignore[arg-type]
    maps = {"normals": normals, "occlusion": occlusion, "curvature": curvature}
    made = _baked(surface, form, max_px, gutter_px, **maps)
    findings = tuple(f for f in form.findings if f not in surface.findings)
    new = made.surface.but(findings=(*surface.findings, *findings))
    if texture == "bake":
        return _told(new, made)
    kept = simplify(surface, **bounds)  # type: ignore[arg-type]
    look: dict[str, int | str | None] = {
        "max_px": max_px,
        "quality": quality,
        "effort": effort,
        "device": device,
    }
    look["screen_px"] = screen_px
    old_costs, new_costs = _costs(surface, kept, look), _costs(surface, new, look)
    figures = {
        "kept_kb": round(old_costs.bytes / 1000, 1),
        "baked_kb": round(new_costs.bytes / 1000, 1),
        "kept_de": old_costs.colour_de,
        "baked_de": new_costs.colour_de,
        "kept_triangles": len(kept.triangles),
        "baked_triangles": len(new.triangles),
    }
    if new_costs.better_than(old_costs):
        return _told(new, made).noting("texture-baked", "info", **figures)
    return _left(kept.noting("texture-left", "info", **figures), curvature)


def _left(kept: Surface, curvature: bool) -> Surface:
    """A level with the scan's own textures; where curvature was asked for it has to be said."""
    return kept.noting("curvature-not-baked", "warning") if curvature else kept


def bakeable(surface: Surface) -> bool:
    """Says whether an atlas of colours can stand for all that the materials say: opaque, one shininess
    throughout, nothing that glows.
    """
    kinds = {
        (m.metallic, m.roughness, m.alpha, m.emissive, m.metallic_roughness_texture, m.emissive_texture)
        for m in surface.materials
    }
    plain = all(kind[2] == "opaque" and kind[4] is None and kind[5] is None for kind in kinds)
    return plain and len(kinds) == 1 and all(use.uv_set == 0 for m in surface.materials for use in uses(m))


def _without_looks(surface: Surface) -> Surface:
    count = len(surface.triangles)
    form = surface.but(uvs=(), colours=None, materials=(Material(),), material_of=np.zeros(count, np.int32))
    place = same_rows(surface.positions)
    first = first_of(place)
    if len(first) == len(place):
        return form
    return form.but(positions=surface.positions[first], triangles=place[surface.triangles], normals=None)


_bare = PerSurface(_without_looks)
"""The form alone, vertices at one place welded; what is worked out from it serves all levels."""


def _baked(
    scan: Surface,
    form: Surface,
    max_px: int,
    gutter_px: int | None,
    *,
    normals: bool,
    occlusion: bool,
    curvature: bool,
) -> Baked:
    curvature_px = values_px(scan, max_px) if curvature else 0
    side = side_px(scan, max_px) if texels_of(scan) > 0 or not curvature else curvature_px
    flat, side = laid_out(form, side_px=side, gutter_px=gutter_px or max(2, side // 256), max_px=max_px)
    gap = deviation(_bare(scan), form, samples=SAMPLES)
    made = baked(
        scan,
        flat,
        side_px=side,
        reach_m=reach_m(gap.p95, gap.max, scan),
        source_px=source_px(scan, flat, side),
        colour=texels_of(scan) > 0,
        normals=normals,
        occlusion=occlusion,
        curvature_px=curvature_px,
    )
    shine = scan.materials[0]
    (material,) = made.surface.materials
    material = replace(material, metallic=shine.metallic, roughness=shine.roughness)
    return replace(made, surface=made.surface.but(materials=(material,)))


@dataclass(frozen=True, slots=True)
class _Costs:
    """What a level would cost and how true its colours are."""

    bytes: int
    colour_de: float

    def better_than(self, other: _Costs) -> bool:
        """Whether this one is to be taken: fewer bytes, and colours no worse; or clearly better colours."""
        gap, ratio = self.colour_de - other.colour_de, self.bytes / other.bytes
        same = SAME_DE + SAME_SHARE * other.colour_de
        return any(gap <= most_de and ratio < most for most_de, most in (*TRADES, (same, 1.0)))


def _costs(scan: Surface, level: Surface, look: dict[str, int | str | None]) -> _Costs:
    encoded = textures(level, **look)  # type: ignore[arg-type]
    colour = colour_difference(scan, encoded)
    return _Costs(len(compress(encoded).data), colour.mean if colour else 0.0)


def _told(surface: Surface, made: Baked) -> Surface:
    (material,) = surface.materials
    if (bent := material.curvature_texture) is not None:
        surface = surface.noting(
            "curvature-baked",
            "info",
            px=bent.texture.width,
            per_step=material.curvature_per_step,
            most=float(f"{material.curvature_per_step * MOST:.3g}"),
            beyond_percent=round(100 * made.beyond, 3),
        )
    return surface.noting(
        "baked",
        "info",
        px=material.colour_texture.texture.width if material.colour_texture else 0,
        miss_percent=round(100 * made.missed / max(1, made.texels), 3),
        empty_percent=round(100 * made.empty / max(1, made.texels), 3),
        utilisation_percent=round(100 * made.utilisation, 1),
    )
