"""Remains beside the object do not spoil the comparison with the register."""

from __future__ import annotations

import numpy as np

from pipeline.catalogue.artifact import Dimensions
from pipeline.matter.surface import Material, Surface
from pipeline.pieces import sides_of
from pipeline.unit import Decision, decide, known_mm

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


def test_rim_foot_and_wall_are_no_sides_of_the_box() -> None:
    assert known_mm(PLATE) == (300, 200)
