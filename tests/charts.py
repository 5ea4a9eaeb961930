"""Photographs of a ColorChecker made in code: in perspective, in a camera's own colours."""

import numpy as np

from pipeline.measure.checker import COLUMNS, REFERENCE, ROWS
from pipeline.measure.checker_grid import homography
from pipeline.measure.colour import srgb_of

CAMERA = np.array([[0.62, 0.16, 0.02], [0.10, 0.72, 0.05], [0.01, 0.14, 0.50]])
"""What a camera under tungsten light, half a stop too dark, makes of linear sRGB."""
CORNERS = ((150.0, 130.0), (630.0, 170.0), (610.0, 500.0), (140.0, 450.0))
"""Outer corners of the four corner patches, from dark skin round to black."""
GAP = 0.14
"""Share of a patch's side that is black frame, all told."""


def chart(
    width=800,
    height=600,
    corners=CORNERS,
    camera=CAMERA,
    grain=0.004,
    patches=REFERENCE,
    seed=1,
    ground=0.25,
):
    """A photograph (height, width, 3) uint8 with a chart of 24 patches on a black card."""
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    back = np.linalg.inv(homography(square, np.array(corners)))
    y, x = np.mgrid[:height, :width]
    at = np.stack([x, y, np.ones_like(x)], -1) @ back.T
    u, v = at[..., 0] / at[..., 2], at[..., 1] / at[..., 2]
    column, row = np.floor(u * COLUMNS), np.floor(v * ROWS)
    inside = (column >= 0) & (column < COLUMNS) & (row >= 0) & (row < ROWS)
    edge = GAP / 2
    on_patch = inside & (np.abs(u * COLUMNS - column - 0.5) < 0.5 - edge)
    on_patch &= np.abs(v * ROWS - row - 0.5) < 0.5 - edge
    card = (u > -0.05) & (u < 1.05) & (v > -0.07) & (v < 1.07)
    light = np.full((height, width, 3), ground) * (0.8 + 0.2 * np.sin(x / 90))[..., None]
    light[card] = 0.03
    index = (row * COLUMNS + column).astype(int)
    light[on_patch] = patches[index[on_patch]]
    seen = np.clip(light, 0, None) @ camera.T
    noise = np.random.default_rng(seed).normal(0, grain, seen.shape)
    return srgb_of(seen + noise)
