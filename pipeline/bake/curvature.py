"""The scan's mean curvature as a picture: where it is worn round, where a chisel went in.

Every place of the scan is measured (``measure.curvature``), smoothed over a texel, and kept in greys
(``matter.curvature``). The scale follows the object: a step is chosen so that all but the sharpest places
have room.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.bake.rays import Places
from pipeline.bake.sheet import BAND
from pipeline.matter.curvature import MOST, to_grey
from pipeline.matter.surface import Surface
from pipeline.measure.curvature import mean_curvature

ROOM = 0.99
"""Share of the texels that the scale has room for. The rest are edges sharper than a texel, whose curvature
is only as high as the texel is small: with room for all, relief would be left a few greys."""
DIGITS = 6
"""Of the step, so that it is a short number in the file."""


class Greys:
    """The curvature of a scan as the texels of one picture show it.

    Args:
        scan: placed, in metres.
        seen: where the picture's texels land on it.
        texel_m: size of a texel on the object, over which the curvature is smoothed.

    Attributes:
        per_step: 1/m between two greys. Never so fine that the scale ends before the object's own size: what
            bends less than that is flat, and a plane's rounding errors are no relief.
        beyond: share of the texels whose curvature lies beyond the scale, 0 to 1.
    """

    def __init__(self, scan: Surface, seen: Places, texel_m: float) -> None:
        self._triangles = scan.triangles
        self._curved = mean_curvature(scan, radius_m=texel_m)
        found = np.flatnonzero(seen.triangle >= 0)
        sizes = np.zeros(len(found), np.float32)
        for start in range(0, len(found), BAND):
            some = found[start : start + BAND]
            part = Places(seen.triangle[some], seen.uv[some], seen.missed[some])
            sizes[start : start + BAND] = np.abs(self.at(part))
        most = float(np.quantile(sizes, ROOM)) if len(sizes) else 0.0
        most = max(most, 1 / max(scan.diagonal, 1e-12))
        self.per_step = float(f"{most / MOST:.{DIGITS}g}")
        self.beyond = float((sizes > self.per_step * (MOST + 0.5)).mean()) if len(sizes) else 0.0

    def at(self, places: Places) -> NDArray[np.float32]:
        """Gives the curvature at places of the scan (N,), in 1/m."""
        corner = self._curved[self._triangles[places.triangle]]
        u, v = places.uv[:, 0], places.uv[:, 1]
        out: NDArray[np.float32] = corner[:, 0] * (1 - u - v) + corner[:, 1] * u + corner[:, 2] * v
        return out

    def painted(self, places: Places) -> NDArray[np.uint8]:
        """Gives the greys at places of the scan (N, 3)."""
        return np.repeat(to_grey(self.at(places), self.per_step)[:, None], 3, axis=1)
