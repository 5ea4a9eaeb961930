"""Bakes a full scan into the pictures of a level that has been laid out flat.

Texel by texel: the triangle that shows there (``raster``), the point on it and its smooth normal, the place
of the scan that a ray along it meets (``rays``), what the scan is like there (``maps``). In bands, so that a
4096² atlas of a million triangles stays within 700 MB beside the scan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.bake import maps
from pipeline.bake.curvature import Greys
from pipeline.bake.edges import spread
from pipeline.bake.rays import Places, places
from pipeline.bake.sheet import BAND, Sheet, normals_in, texture_of
from pipeline.bake.size import texel_m
from pipeline.bake.unwrap import utilisation
from pipeline.matter.beside import FILLED, MISSES, NEAREST
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.matter.texture import Texture
from pipeline.measure.scene import scene_of
from pipeline.node.tangents import corner_tangents
from pipeline.render.look import Look

OCCLUSION_SHARE, OCCLUSION_RAYS = 4, 48
"""Occlusion is smooth: a quarter of the side is enough, with so many rays a texel."""


@dataclass(frozen=True, slots=True)
class Baked:
    """A level with its pictures, and how the baking went.

    Attributes:
        surface: one material with the baked textures, encoded without loss; beside it, where any texel
            missed, the picture of them (``matter.beside``).
        texels: texels that show the surface.
        missed: of them, those whose ray met nothing of the scan within reach.
        empty: of them, those near which there is nothing of the scan; filled from their neighbours.
        utilisation: share of the square that is used.
        beyond: share of the curvature's texels whose curvature is beyond its scale.
    """

    surface: Surface
    texels: int
    missed: int
    empty: int
    utilisation: float
    beyond: float = 0.0


def baked(
    scan: Surface,
    level: Surface,
    *,
    side_px: int,
    reach_m: float,
    source_px: int,
    colour: bool = True,
    normals: bool = False,
    occlusion: bool = False,
    curvature_px: int = 0,
) -> Baked:
    """Bakes colour, normals, occlusion and curvature of a scan into a level.

    Args:
        scan: placed, with everything it has.
        level: laid out (:func:`pipeline.bake.unwrap.unwrapped`), with smooth normals.
        side_px: of the square pictures; occlusion gets a quarter of it.
        reach_m: how far the scan may lie from the level (:func:`pipeline.bake.rays.reach_m`).
        source_px: longest side at which the scan's textures are read: that at which one of their texels is
            as large as one of the atlas, so that nothing is skipped and nothing blurred.
        colour, normals, occlusion: what to bake.
        curvature_px: side of the picture of the scan's mean curvature; 0 for none.
    """
    sheet = _Sheet(scan, level, side_px)
    seen = sheet.places(reach_m)
    found = seen.triangle >= 0
    uses: dict[str, Any] = {}
    if colour:
        picture = sheet.picture(seen, lambda part, _: maps.colours(Look(scan, source_px), part))
        uses["colour_texture"] = TextureUse(texture_of("baked-colour", picture, "colour"))
    if normals:
        look = Look(scan, source_px)
        tangents = corner_tangents(level.positions, normals_in(level), level.uvs[0], level.triangles)

        def bent(part: Places, texels: NDArray[np.int64]) -> NDArray[np.uint8]:
            of, share = sheet.at(texels)
            tangent = np.einsum("ij,ijk->ik", share, tangents[of])
            normal = np.einsum("ij,ijk->ik", share, normals_in(level)[level.triangles[of]])
            sign = np.sign(tangent[:, 3])
            return maps.normals(
                look.at(part.triangle.astype(np.uint32), part.uv).normal, normal, tangent[:, :3], sign
            )

        uses["normal_texture"] = TextureUse(texture_of("baked-normals", sheet.picture(seen, bent), "data"))
    if occlusion:
        uses["occlusion_texture"] = TextureUse(_occlusion(scan, level, side_px, reach_m))
    beyond = 0.0
    if curvature_px:
        other = sheet if curvature_px == side_px else _Sheet(scan, level, curvature_px)
        bent_map, greys = _curvature(other, seen if other is sheet else other.places(reach_m))
        uses["curvature_texture"] = TextureUse(bent_map)
        uses["curvature_per_step"], beyond = greys.per_step, greys.beyond
    material = replace(Material(name="baked", roughness=1.0, metallic=0.0), **uses)
    return Baked(
        level.but(materials=(material,), beside=_misses(sheet, seen)),
        texels=len(found),
        missed=int(seen.missed.sum()),
        empty=int((~found).sum()),
        utilisation=utilisation(level.uvs[0], level.triangles),
        beyond=beyond,
    )


def _misses(sheet: _Sheet, seen: Places) -> tuple[Texture, ...]:
    """The picture of the texels whose ray met nothing; none where all met the scan."""
    if not seen.missed.any():
        return ()
    picture = np.zeros(sheet.side * sheet.side, np.uint8)
    picture[sheet.texels[seen.missed]] = NEAREST
    picture[sheet.texels[seen.triangle < 0]] = FILLED
    grey = np.repeat(picture.reshape(sheet.side, sheet.side, 1), 3, axis=2)
    return (texture_of(MISSES, grey, "data", compression=6),)


class _Sheet(Sheet):
    """A level laid out over a square of texels, and the scan that is baked into it."""

    def __init__(self, scan: Surface, level: Surface, side_px: int) -> None:
        super().__init__(level, side_px)
        self.scan = scan

    def places(self, reach_m: float) -> Places:
        """Where on the scan each covered texel lands."""
        scene, parts = scene_of(self.scan), []
        for band in self.bands():
            parts.append(places(scene, *self.points(self.texels[band]), reach_m))
        if not parts:
            return Places(np.zeros(0, np.int32), np.zeros((0, 2), np.float32), np.zeros(0, bool))
        return Places(
            np.concatenate([part.triangle for part in parts]),
            np.concatenate([part.uv for part in parts]),
            np.concatenate([part.missed for part in parts]),
        )

    def picture(self, seen: Places, painted: Any) -> NDArray[np.uint8]:
        """Gives a picture (side, side, 3): texels that land on the scan painted, one material of the scan
        after another (its textures are decoded once), the others filled from the nearest."""
        picture = np.zeros((self.side * self.side, 3), np.uint8)
        found = np.flatnonzero(seen.triangle >= 0)
        material = self.scan.material_of[seen.triangle[found]]
        for index in np.unique(material):
            mine = found if len(self.scan.materials) == 1 else found[material == index]
            for start in range(0, len(mine), BAND):
                some = mine[start : start + BAND]
                part = Places(seen.triangle[some], seen.uv[some], seen.missed[some])
                picture[self.texels[some]] = painted(part, self.texels[some])
        known = np.zeros(self.side * self.side, bool)
        known[self.texels[found]] = True
        square = (self.side, self.side)
        return spread(picture.reshape(*square, 3), known.reshape(square))


def _curvature(sheet: _Sheet, seen: Places) -> tuple[Texture, Greys]:
    greys = Greys(sheet.scan, seen, texel_m(sheet.level, sheet.side))
    picture = sheet.picture(seen, lambda part, _: greys.painted(part))
    return texture_of("baked-curvature", picture, "data"), greys


def _occlusion(scan: Surface, level: Surface, side_px: int, reach_m: float) -> Texture:
    sheet = _Sheet(scan, level, max(64, side_px // OCCLUSION_SHARE))
    seen, scene, look = sheet.places(reach_m), scene_of(scan), Look(scan, 64)

    def dark(part: Places, _: NDArray[np.int64]) -> NDArray[np.uint8]:
        corners = scan.triangles[part.triangle]
        share = np.stack([1 - part.uv.sum(axis=1), part.uv[:, 0], part.uv[:, 1]], axis=1)
        at = np.einsum("ij,ijk->ik", share, scan.positions[corners])
        normal = look.at_normals(part.triangle.astype(np.uint32), part.uv)
        seen_room = maps.openness(scene, at, normal, diagonal=scan.diagonal, rays=OCCLUSION_RAYS)
        return np.repeat(seen_room[:, None], 3, axis=1)

    return texture_of("baked-occlusion", sheet.picture(seen, dark), "data")
