"""Where in its triangle a texel lies."""

from __future__ import annotations

import numpy as np

from pipeline.bake.raster import FARTHEST, weights

SIDE = 64
TRIANGLE = np.array([[0, 1, 2]], np.int32)


def shares(corners_px: list[list[float]], texels: list[int]) -> np.ndarray:
    uv = (np.array(corners_px, np.float32) + 0.5) / SIDE
    return weights(uv, TRIANGLE, np.zeros(len(texels), np.int32), np.array(texels), SIDE)


def test_a_texel_on_a_corner_or_in_the_middle_has_the_weights_that_geometry_gives() -> None:
    found = shares([[10, 10], [30, 10], [10, 30]], [10 * SIDE + 10, 10 * SIDE + 30, 20 * SIDE + 20])
    assert np.allclose(found, [[1, 0, 0], [0, 1, 0], [0, 0.5, 0.5]], atol=1e-5)


def test_beside_a_triangle_narrower_than_a_texel_weights_stay_near_and_their_sum_is_one() -> None:
    found = shares([[10, 10], [10.02, 30], [10.01, 50]], [20 * SIDE + 12, 40 * SIDE + 8, 5 * SIDE + 11])
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    assert found.min() >= 1 - FARTHEST - 1e-5 and found.max() <= FARTHEST + 1e-5
