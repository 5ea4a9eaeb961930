"""Colours of a dense cloud the whole way, from LAS by the recipe relic to a file, against their truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import formats
from pipeline.cli import main
from pipeline.matter.surface import Surface
from pipeline.measure.colour import ciede2000, lab, linear_of
from pipeline.measure.scene import scene_of
from pipeline.recipe import files
from pipeline.render.look import Look
from tests import clouds

CLAY, INK = (196, 140, 96), (48, 40, 36)
SIDE, SPACING = 40.0, 0.25


def height(x: Any, y: Any) -> Any:
    """A shallow relief, so that it is no table: millimetres."""
    return 3 * np.sin(x / 5) * np.cos(y / 6)


def board(x: Any, y: Any) -> NDArray[np.uint8]:
    """Squares of 1 mm."""
    odd = (np.floor(x) + np.floor(y)) % 2 > 0
    return np.where(odd[:, None], CLAY, INK).astype(np.uint8)


def chequered(path: Path) -> Path:
    random = np.random.default_rng(6)
    line = np.arange(0, SIDE, SPACING)
    x, y = (axis.ravel() for axis in np.meshgrid(line, line))
    x, y = x + random.uniform(0, SPACING, len(x)), y + random.uniform(0, SPACING, len(y))
    points = np.stack([x, y, height(x, y)], axis=1)
    return clouds.write_las(path, points, colours=board(x, y).astype(np.uint16) * 257)


def recipe(path: Path, extra: str) -> Path:
    """The recipe relic with the level for tablets alone, and a surface coarser than the points."""
    head, *levels = files.find("relic").read_text(encoding="utf-8").split("[[level]]")
    medium = next(one for one in levels if 'device = "tablet"' in one)
    head = head.replace('use = "mesh"', f'use = "mesh"\nmax_depth = 6\n{extra}', 1)
    path.write_text(f"{head}[[level]]{medium}", encoding="utf-8")
    return path


def off(folder: Path) -> float:
    """Mean CIEDE2000 between the published file and the squares, at 20,000 places."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    model = formats.read(folder / manifest["derivatives"][0]["path"])
    assert isinstance(model, Surface)
    random = np.random.default_rng(7)
    x, y = random.uniform(1, SIDE - 1, (2, 20_000))
    places = np.stack([x, height(x, y), -y], axis=1) / 1000 - manifest["scale"]["offset_m"]
    triangle, uv = scene_of(model).nearest(places)
    found = Look(model, 8192).colours(triangle, uv)
    return float(ciede2000(lab(found), lab(linear_of(board(x, y)))).mean())


def test_a_published_model_shows_squares_that_no_vertex_could_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Squares of 1 mm, points 0.25 mm apart: mean CIEDE2000 12.0 in 20 kB with the texture, 16.4 in 60 kB
    with colours at vertices.

    Squares of clay and ink: WebP halves chroma, and of red and blue ones as bright as each other, four texels
    wide, it leaves little more (18.7) than vertices do (19.5)."""
    monkeypatch.setenv("MUSEUM_LANG", "en")
    scan = chequered(tmp_path / "board.las")
    found = {}
    for name, extra in (("texture", ""), ("vertices", 'colours = "vertices"\n')):
        told = recipe(tmp_path / f"{name}.toml", extra)
        out = tmp_path / name
        common = ["--unit", "mm", "--up", "+z", "--recipe", str(told), "--out", str(out)]
        assert main(["process", str(scan), *common]) == 0
        found[name] = off(out)
    assert found["texture"] < 0.8 * found["vertices"]
