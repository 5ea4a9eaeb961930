"""UDIM: one material whose texture comes in tiles, each for one unit square of the UV plane.

Names of tiles: :mod:`udim_names`. Exporters name all tiles at once, or only the first and let the UVs run on
beyond 1. Without this such a face would show the first tile, repeated. Here every tile becomes a material
of its own and its UVs go back to 0..1.

A name that only looks like a first tile is taken for one where a face lies beyond 1 *and* the folder has
another tile: ``scan_1001.jpg`` with repeating UVs stays what it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.matter.surface import Material, Surface, TextureUse

from . import assemble, limits
from .textures import Textures
from .udim_names import COLUMNS, Pattern, Set, Tile

_SLACK = 1e-4
"""How far a corner may lie over its tile's border and still belong to it: half a pixel of an 8K tile."""
_TOLD_MAX = 8

_SLOTS = (
    "colour_texture",
    "normal_texture",
    "metallic_roughness_texture",
    "occlusion_texture",
    "emissive_texture",
)


def spread(surface: Surface, textures: Textures) -> Surface:
    """Gives each UDIM tile a material with its own textures, and its UVs the range 0..1.

    Args:
        surface: as read; one without tiles comes back as it is.
        textures: the finder that its materials were read with.
    """
    for number, material in enumerate(surface.materials):
        parts = _parts(material.colour_texture, textures)
        if parts is not None:
            surface = _spread(surface, number, parts, textures)
    return surface


def _parts(use: TextureUse | None, textures: Textures) -> tuple[Set, Tile, bool] | None:
    """The tiles of a texture, which of them its file is, and whether the library says outright that it has
    tiles."""
    if use is None or use.texture.path is None:
        return None
    tiles = textures.tiles.of(use.texture.path)
    if tiles is None:
        return None
    own = next((tile for tile, path in tiles.files.items() if path == use.texture.path), None)
    return None if own is None else (tiles, own, use.texture.path in textures.tiled)


def _spread(surface: Surface, number: int, parts: tuple[Set, Tile, bool], textures: Textures) -> Surface:
    known, own, outright = parts
    material = surface.materials[number]
    use = material.colour_texture
    assert use is not None and use.texture.path is not None
    if use.uv_set >= len(surface.uvs):
        return surface
    if not outright and own == (0, 0) and len(known.files) == 1:
        return surface  # the commonest: one texture whose name ends in 1001
    mine = np.flatnonzero(surface.material_of == number)
    tiles, crossing = _tiles_of_faces(surface, mine, use.uv_set)
    if len(tiles) == 0:
        return surface
    order = tiles[:, 1] * 4_000_000 + tiles[:, 0]  # by rows, as the tiles are numbered
    _, first, which = np.unique(order, return_index=True, return_inverse=True)
    distinct = tiles[first]
    if not outright and not _is_tiled(distinct, own):
        return surface
    if len(distinct) > limits.UDIM_TILES_MAX or distinct.min() < 0 or distinct[:, 0].max() >= COLUMNS:
        return surface  # UVs of no UDIM layout: they repeat
    count = len(surface.materials) + len(distinct) - 1
    assemble.count("materials", count, limits.MATERIALS_MAX, name=use.texture.name)
    materials, findings = _materials(material, known.pattern, distinct, textures)
    if crossing:
        figures: dict[str, float | int | str] = {"material": material.name or "-", "triangles": crossing}
        findings.append(Finding("udim-across", "warning", figures))
    made = _moved(surface, mine=mine, which=which, tiles=distinct, uv_set=use.uv_set, materials=materials)
    return made.but(findings=(*made.findings, *findings))


def _tiles_of_faces(surface: Surface, mine: NDArray[np.int64], uv_set: int) -> tuple[NDArray[np.int64], int]:
    """The tile of each face's middle, (F, 2) from the bottom left, and how many faces leave their tile."""
    uv = surface.uvs[uv_set][surface.triangles[mine]].astype(np.float64)
    uv[..., 1] = 1 - uv[..., 1]  # our UVs count from the top left, tiles from the bottom left
    tiles = np.floor(np.clip(uv.mean(axis=1), -1e6, 1e6)).astype(np.int64)
    over = np.abs(uv - (tiles[:, None, :] + 0.5)).max(axis=(1, 2)) > 0.5 + _SLACK
    return tiles, int(over.sum())


def _is_tiled(distinct: NDArray[np.int64], own: Tile) -> bool:
    """Whether a name that only looks like a tile is one: it is the first and faces leave its square, or all
    lie in the square that it says (an exporter with a material a tile)."""
    used = {(int(u), int(v)) for u, v in distinct}
    return used != {own} if own == (0, 0) else used == {own}


def _materials(
    material: Material, pattern: Pattern, distinct: NDArray[np.int64], textures: Textures
) -> tuple[list[Material], list[Finding]]:
    """A material for each tile; one whose picture is not there has no texture rather than another's."""
    made, missing = [], []
    for u, v in distinct:
        tile = (int(u), int(v))
        uses: dict[str, Any] = {slot: _tile_use(getattr(material, slot), tile, textures) for slot in _SLOTS}
        name = f"{material.name}.{1001 + tile[0] + COLUMNS * tile[1]}".strip(".")
        one = replace(material, name=name, **uses)
        made.append(one)
        if one.colour_texture is None:
            missing.append(pattern.name(tile))
    findings = [Finding("udim-tiles", "info", {"material": material.name or "-", "tiles": len(made)})]
    if missing:
        told = ", ".join(missing[:_TOLD_MAX]) + (" …" if len(missing) > _TOLD_MAX else "")
        figures: dict[str, float | int | str] = {
            "material": material.name or "-",
            "count": len(missing),
            "tiles": told,
        }
        findings.append(Finding("udim-tile-missing", "warning", figures))
    return made, findings


def _tile_use(use: TextureUse | None, tile: Tile, textures: Textures) -> TextureUse | None:
    """A texture as one tile uses it, None where that tile has none; what is not tiled stays."""
    parts = _parts(use, textures)
    if use is None or use.texture.path is None or parts is None:
        return use
    path = parts[0].files.get(tile)
    if path is None:
        return None
    return replace(use, texture=textures.probed(path, use.texture.role), wrap=("clamp", "clamp"))


def _moved(
    surface: Surface,
    *,
    mine: NDArray[np.int64],
    which: NDArray[np.int64],
    tiles: NDArray[np.int64],
    uv_set: int,
    materials: list[Material],
) -> Surface:
    """The faces ``mine`` of one material with a material for each tile and UVs of 0..1.

    ``which`` is each face's number among ``tiles`` (N, 2). A vertex that several tiles or materials share
    becomes several.
    """
    number = int(surface.material_of[mine[0]])
    count = len(surface.positions)
    keys = surface.triangles[mine].astype(np.int64) + which[:, None] * count
    names, numbers = np.unique(keys, return_inverse=True)
    source, tile = names % count, tiles[names // count]
    triangles, material_of = surface.triangles.copy(), surface.material_of.copy()
    triangles[mine] = (count + numbers.reshape(-1, 3)).astype(np.int32)
    slots = np.array([number, *range(len(surface.materials), len(surface.materials) + len(materials) - 1)])
    material_of[mine] = slots[which]
    uvs = []
    for index, uv in enumerate(surface.uvs):
        added = uv[source]
        if index == uv_set:
            added = np.column_stack((added[:, 0] - tile[:, 0], added[:, 1] + tile[:, 1])).astype(np.float32)
        uvs.append(np.concatenate((uv, added)))
    every = (*surface.materials[:number], materials[0], *surface.materials[number + 1 :], *materials[1:])
    return _compact(
        surface.but(
            positions=np.concatenate((surface.positions, surface.positions[source])),
            triangles=triangles,
            material_of=material_of,
            materials=every,
            normals=None
            if surface.normals is None
            else np.concatenate((surface.normals, surface.normals[source])),
            uvs=tuple(uvs),
            colours=None
            if surface.colours is None
            else np.concatenate((surface.colours, surface.colours[source])),
        )
    )


def _compact(surface: Surface) -> Surface:
    """Without the vertices that no face uses any longer."""
    used = surface.used()
    number = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return surface.but(
        positions=surface.positions[used],
        triangles=number[surface.triangles],
        normals=None if surface.normals is None else surface.normals[used],
        uvs=tuple(uv[used] for uv in surface.uvs),
        colours=None if surface.colours is None else surface.colours[used],
    )
