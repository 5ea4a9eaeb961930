"""A Surface taken apart for glTF: one part a material, with vertices of its own, as integers, welded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.formats import gltf_quantise as quantise
from pipeline.formats.gltf_tangents import with_tangents
from pipeline.matter.rows import hashed
from pipeline.matter.surface import Material, Surface, uses

Compression = Literal["meshopt", "meshopt-v1", "draco", "none"]
UvSets = dict[int, tuple[int, quantise.UvGrid | None]]
"""UV set of the surface -> UV set in the file, and its grid."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the numbers are stored; see :func:`pipeline.formats.gltf_write.write_glb`."""

    compression: Compression
    position_bits: int
    normal_bits: int
    uv_bits: int | None
    uv_texels: float
    colour_bits: Literal[8, 12] | None
    normals: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One primitive's own vertices: grid integers, or float metres where there is no grid."""

    triangles: NDArray[np.int32]
    positions: NDArray[Any]
    normals: NDArray[np.float32] | None
    uvs: list[NDArray[Any]]
    colours: NDArray[Any] | None
    tangents: NDArray[np.int8] | None = None
    uv_bits: tuple[int, ...] = ()
    """What each UV set is to have where the codec makes it integers."""


def part_of(
    surface: Surface, slot: int, material: Material, grid: quantise.Grid | None, settings: Settings
) -> tuple[Part | None, UvSets]:
    """Gives a material's triangles with vertices of their own (None: nothing is left), and its UV sets.

    UV sets that no texture of the material uses are left out: nobody could see them.
    """
    faces = surface.triangles[surface.material_of == slot]
    if not len(faces):
        return None, {}
    touched = np.zeros(len(surface.positions), bool)
    touched[faces] = True
    used, place_of = np.flatnonzero(touched), np.cumsum(touched, dtype=np.int32) - 1
    local = place_of[faces]
    tangents = None
    if (bent := _bent(surface, material, settings)) is not None and surface.normals is not None:
        picked, tangents, local = with_tangents(
            surface.positions[used], surface.normals[used], bent[used], local
        )
        used = used[picked]
    positions = surface.positions[used]
    columns: list[NDArray[Any]] = [positions.astype(np.float32) if grid is None else grid.integers(positions)]
    grids: UvSets = {}
    sets = sorted({use.uv_set for use in uses(material) if use.uv_set < len(surface.uvs)})
    uv_bits = tuple(_uv_bits(surface.uvs[uv_set][used], material, uv_set, settings) for uv_set in sets)
    for number, (uv_set, bits) in enumerate(zip(sets, uv_bits, strict=True)):
        values, uv_grid = _uvs(surface.uvs[uv_set][used], bits, settings)
        columns.append(values)
        grids[uv_set] = (number, uv_grid)
    if surface.colours is not None:
        bits = settings.colour_bits or quantise.colour_bits_for(surface.colours)
        columns.append(_linear(surface.colours[used], bits))
    with_normals = settings.normals and surface.normals is not None
    if with_normals and surface.normals is not None:
        columns.append(surface.normals[used])
    if tangents is not None:
        columns.append(tangents)
    first, local = _welded(columns, local)
    if not len(local):
        return None, {}
    columns = [column[first] for column in columns]
    tangents = columns.pop() if tangents is not None else None
    normals = columns.pop() if with_normals else None
    colours = columns.pop() if surface.colours is not None else None
    return Part(local, columns[0], normals, columns[1:], colours, tangents, uv_bits), grids


def _bent(surface: Surface, material: Material, settings: Settings) -> NDArray[np.float32] | None:
    """The UVs that a normal map is laid out by, None where there is none to be seen."""
    use = material.normal_texture
    if use is None or not settings.normals or use.uv_set >= len(surface.uvs):
        return None
    return surface.uvs[use.uv_set]


def _uv_bits(uvs: NDArray[np.float32], material: Material, uv_set: int, settings: Settings) -> int:
    if settings.uv_bits is not None:
        return settings.uv_bits
    px = max(max(u.texture.width, u.texture.height) for u in uses(material) if u.uv_set == uv_set)
    return quantise.uv_bits_for(uvs, px, settings.uv_texels)


def _uvs(
    uvs: NDArray[np.float32], bits: int, settings: Settings
) -> tuple[NDArray[Any], quantise.UvGrid | None]:
    """Integers on a grid; single precision where 16 bits would not do, and for Draco, which has its own."""
    if settings.compression == "draco" or bits > quantise.UV_MOST_BITS:
        return uvs, None
    grid = quantise.uv_grid(uvs, bits)
    return grid.integers, grid


def _linear(colours: NDArray[np.uint8], bits: int) -> NDArray[Any]:
    whole = np.rint(quantise.to_linear(colours) * (2**bits - 1))
    out: NDArray[Any] = (
        whole.astype(np.uint8) if bits == 8 else np.rint(whole * 65535 / 4095).astype(np.uint16)
    )
    return out


def _welded(
    columns: list[NDArray[Any]], triangles: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Vertices equal in every byte become one; triangles of which two corners became one go."""
    rows = np.hstack([np.ascontiguousarray(c).view(np.uint8).reshape(len(c), -1) for c in columns])
    _, first, inverse = np.unique(hashed(rows), return_index=True, return_inverse=True)
    if not np.array_equal(rows[first][inverse], rows):  # two rows with one hash: compare byte by byte
        keys = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # np.unique sorts by content: back to the order of the input
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    faces = rank[inverse][triangles].astype(np.int32)
    a, b, c = faces.T
    return first[order].astype(np.int64), faces[(a != b) & (b != c) & (a != c)]
