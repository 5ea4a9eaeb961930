"""The surface that a sample was scanned from, clean and dense, and the benchmark's large scan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Material, Surface

from .fields import generator
from .makers import KINDS
from .scanning import at_vertices, scan
from .writing import SEED, write_scan

Array = NDArray[Any]


def truth(name: str, seed: int = SEED, *, finer: float = 1.6) -> Surface:
    """Gives the clean surface of a sample: metres, Y up, front to +Z, watertight, with its true colour
    per vertex.

    It stands where the scan stood before the program turned and shifted it: for the scan's axes and
    offset see ``makers.KINDS``. Edges are ``finer`` times shorter than the scan's.
    """
    maker = KINDS[name].make(seed)
    shape = maker.shape(generator(seed, name + " truth"), edge_mm=maker.edge_mm / finer, jitter=0.2)
    rasters = maker.paint(0.5, lit=False)
    colours = np.full((len(shape.positions), 4), 255, np.uint8)
    colours[:, :3] = at_vertices(shape, maker.sheets, rasters)
    return Surface(
        positions=shape.positions * 0.001,
        triangles=shape.triangles,
        material_of=np.zeros(len(shape.triangles), np.int32),
        materials=(Material(name=name),),
        colours=colours,
        source_format="truth",
    )


def big_sample(out: Path, *, triangles: int = 1_000_000, texture_px: int = 4096, seed: int = SEED) -> Path:
    """Writes the jar's scan with about ``triangles`` triangles as OBJ, MTL and JPEG into ``out``; gives
    the OBJ.

    The number is met within a few per cent. Without specks and rags of cloth: programs that do not take
    them out are compared on it, by their distance to the whole scan. ``out`` is a folder; plain file names,
    for programs that trip over others.
    """
    kind = replace(KINDS["tang-jar"], file="jar.obj", material_file="jar.mtl", texture="jar.jpg")
    usual = len(scan("tang-jar", seed, texture_px=256, coarser=4.0).triangles) * 16.0
    coarser = float(np.sqrt(usual / triangles))
    raw = scan("tang-jar", seed, texture_px=texture_px, coarser=coarser, clutter=False)
    out.mkdir(parents=True, exist_ok=True)
    return write_scan(raw, kind, out)[0]
