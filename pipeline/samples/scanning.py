"""From a clean form to the scan of it: what the camera, the table and the program did, as raw arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .atlas import compose, lay_out
from .fields import generator, sample
from .makers import KINDS
from .misbehave import cloth, holed, noisy, specks
from .shape import Shape, Sheet, join, vertex_normals

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class RawScan:
    """A scan as a program would export it, in the file's own axes and numbers (which are millimetres).

    Attributes:
        positions: (V, 3) float64.
        triangles: (T, 3) int32.
        uvs: (N, 2) float64, origin at the lower left as in OBJ, or None.
        uv_triangles: (T, 3) int32 into ``uvs``, or None.
        texture: (px, px, 3) uint8 sRGB, or None.
        colours: (V, 3) uint8 sRGB, or None.
    """

    positions: Array
    triangles: Array
    uvs: Array | None = None
    uv_triangles: Array | None = None
    texture: Array | None = None
    colours: Array | None = None


def scan(
    name: str,
    seed: int = 20260101,
    *,
    texture_px: int = 4096,
    coarser: float = 1.0,
    clutter: bool = True,
) -> RawScan:
    """Gives the scan of a sample.

    Args:
        name: one of ``NAMES``.
        seed: everything follows from it.
        texture_px: side of the texture.
        coarser: factor on the edge length; 1 is the published sample, 4 a quick one for tests.
        clutter: with floating specks and rags of the cloth; False leaves the object alone, with its holes.
    """
    kind = KINDS[name]
    maker = kind.make(seed)
    shape = maker.shape(generator(seed, name + " mesh"), edge_mm=maker.edge_mm * coarser, jitter=0.34)
    shape = noisy(shape, generator(seed, name + " noise"), rms_mm=maker.noise_mm)
    shape = _accidents(name, shape, maker.sheets, generator(seed, name + " accidents"), clutter)
    raw = _coloured(name, shape, maker, texture_px, generator(seed, name + " atlas"))
    return _in_file_axes(raw, kind.up, kind.offset_mm)


def _accidents(
    name: str, shape: Shape, sheets: list[Sheet], rng: np.random.Generator, clutter: bool
) -> Shape:
    """Holes, specks, and for the jar the cloth that it stood on."""
    middles = shape.positions[shape.triangles].mean(axis=1)
    low, high = shape.positions.min(axis=0), shape.positions.max(axis=0)
    size = float(np.linalg.norm(high - low))
    facing = vertex_normals(shape.positions, shape.triangles)[shape.triangles[:, 0], 2]
    hidden = np.flatnonzero((middles[:, 2] < low[2] + 0.45 * (high[2] - low[2])) & (facing < -0.3))
    centres = middles[rng.choice(hidden, 7)]
    parts = [holed(shape, rng, centres, rng.uniform(0.006, 0.014, 7) * size)]
    if not clutter:
        return parts[0]
    parts.append(specks(parts[0], rng, 14, 0.006 * size))
    if name == "tang-jar":
        turns = np.array([0.4, 2.3, 2.75, 4.4])
        far = np.array([66.0, 74.0, 92.0, 70.0])
        rags = np.column_stack(
            [far * np.sin(turns), far * np.cos(turns), [11.0, 17.0, 8.0, 13.0], [18.0, 25.0, 10.0, 9.0]]
        )
        parts.append(cloth(rng, len(sheets) - 1, 300.0, rags, -0.6))
    return join(parts)


def _coloured(name: str, shape: Shape, maker: Any, texture_px: int, rng: np.random.Generator) -> RawScan:
    """Lays out, paints and samples: a texture, or vertex colours for a kind without one."""
    if not KINDS[name].texture:
        scale = texture_px / 4096
        rasters = maker.paint(scale, lit=True)
        return RawScan(shape.positions, shape.triangles, colours=at_vertices(shape, maker.sheets, rasters))
    layout = lay_out(shape, maker.sheets, texture_px, rng)
    rasters = maker.paint(layout.scale, lit=True)
    texture = compose(layout, maker.sheets, rasters, texture_px)
    key = shape.triangles.astype(np.int64) * len(layout.charts) + layout.chart_of[:, None]
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    texels = layout.texels.reshape(-1, 2)[first]
    uvs = np.stack([texels[:, 0] / texture_px, 1 - texels[:, 1] / texture_px], axis=1)
    return RawScan(shape.positions, shape.triangles, uvs, number.reshape(-1, 3).astype(np.int32), texture)


def at_vertices(shape: Shape, sheets: list[Sheet], rasters: list[Array]) -> Array:
    """Gives the colour (V, 3) uint8 of each vertex from its sheets' rasters."""
    out = np.zeros((len(shape.positions), 3), np.uint8)
    for k, sheet in reversed(list(enumerate(sheets))):
        mine = shape.sheet_of == k
        vertex, first = np.unique(shape.triangles[mine].ravel(), return_index=True)
        at = shape.corners[mine].reshape(-1, 2)[first]
        row, column = sheet.pixels(at, rasters[k].shape)
        colour = sample(rasters[k].astype(np.float32), row, column, wrap=bool(sheet.period))
        out[vertex] = np.clip(colour + 0.5, 0, 255).astype(np.uint8)
    return out


def _in_file_axes(raw: RawScan, up: str, offset: tuple[float, float, float]) -> RawScan:
    """Turns Y up into the program's axes and adds its offset."""
    from dataclasses import replace

    p = raw.positions
    if up == "+z":
        p = np.stack([p[:, 0], -p[:, 2], p[:, 1]], axis=1)
    return replace(raw, positions=p + np.asarray(offset))
