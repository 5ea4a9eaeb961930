"""Remains beside the object do not spoil the comparison with the register."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.catalogue.artifact import Dimensions
from pipeline.errors import Refused
from pipeline.matter.surface import Material, Surface
from pipeline.pieces import sides_of
from pipeline.unit import Decision, decide, known_mm
from pipeline.work.records import Facts
from pipeline.work.size import held_against

PLATE = Dimensions(literal="as measured", height_mm=300, diameter_mm=200, rim_diameter_mm=90, wall_mm=4)


def grid(width: float, height: float, at: float, rows: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(np.linspace(at, at + width, rows), np.linspace(0, height, rows))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(rows * rows)], axis=1)
    first = (np.arange(rows - 1)[:, None] * rows + np.arange(rows - 1)).ravel()
    two = [first, first + 1, first + rows], [first + 1, first + rows + 1, first + rows]
    return points, np.concatenate([np.stack(one, axis=1) for one in two])


def scan(*grids: tuple[float, float, float, int]) -> Surface:
    points, triangles, count = [], [], 0
    for one in grids:
        p, t = grid(*one)
        points.append(p)
        triangles.append(t + count)
        count += len(p)
    indices = np.concatenate(triangles).astype(np.int32)
    return Surface(np.concatenate(points), indices, np.zeros(len(indices), np.int32), (Material(),))


def test_boxes_go_from_everything_to_the_largest_piece() -> None:
    surface = scan((200, 300, 0, 40), (500, 20, 400, 12), (1, 1, 2000, 2))
    whole, without_specks, largest = sides_of(surface)
    assert (whole[0], without_specks[0], largest[0]) == (2001, 900, 200)
    assert len(list(sides_of(scan((200, 300, 0, 4))))) == 1


def test_the_register_tells_the_unit_though_the_turntable_is_in_the_scan() -> None:
    surface = scan((200, 300, 0, 40), (500, 20, 400, 12))
    assert decide(sides_of(surface), dimensions=PLATE) == Decision("mm", "register")


def test_the_main_piece_agrees_with_the_register_and_a_finding_tells_of_the_remains() -> None:
    surface = scan((0.2, 0.3, 0, 40), (0.5, 0.02, 0.4, 12))
    facts = Facts("mm", "given", "ply", triangles=1, vertices=1, texture_px=0, pixels=0)
    (finding,) = held_against(surface, PLATE, facts, forced=False)
    assert (finding.code, finding.level) == ("size-of-largest-piece", "warning")
    assert "300 × 200" in finding.sentence("en") and "转台" in finding.sentence("zh-Hans")
    with pytest.raises(Refused, match="the register says 300 × 200 mm"):
        held_against(scan((0.5, 0.3, 0, 40)), PLATE, facts, forced=False)


def test_rim_foot_and_wall_are_no_sides_of_the_box() -> None:
    assert known_mm(PLATE) == (300, 200)
