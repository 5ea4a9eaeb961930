"""Curvature as a picture keeps it: a grey of 8 bit a texel, so many 1/m a step, 128 where it is flat.

``(value - 128) · per_step`` is the mean curvature in 1/m, convex above 128 and hollow below. 0 is not used,
so that both sides reach as far.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FLAT, MOST = 128, 127
"""The grey of what is not curved, and how many steps there are on either side of it."""


def to_grey(per_metre: NDArray[np.floating[Any]], per_step: float) -> NDArray[np.uint8]:
    """Gives curvatures in 1/m as greys of the same shape; what is beyond the scale gets its end."""
    return np.asarray(np.clip(np.rint(per_metre / per_step), -MOST, MOST) + FLAT, np.uint8)


def per_metre(grey: NDArray[np.uint8], per_step: float) -> NDArray[np.float32]:
    """Gives greys as curvatures in 1/m, right to half a step within the scale."""
    return (grey.astype(np.float32) - np.float32(FLAT)) * np.float32(per_step)
