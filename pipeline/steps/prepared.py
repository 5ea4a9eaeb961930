"""A cloud made ready for its surface: thin, even, without strays, and enough of it left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter import grid
from pipeline.matter.cloud import Cloud
from pipeline.steps.thinning import Spacing, evened, spacing, thinned, without_strays

FEWEST_POINTS = 100
"""With fewer there is no surface to speak of."""
SAMPLE = 20_000


def prepared(scan: Cloud, finest: float, max_points: int) -> tuple[Cloud, Spacing]:
    """Thins and evens a cloud and takes its strays out, and notes it.

    Args:
        scan: as read.
        finest: width of what the surface can show, as a share of the cloud's longest side.
        max_points: points to keep at most.

    Returns:
        The cloud, and how far its points are apart.

    Raises:
        Refused: too few points are left for a surface, or all lie in one line.
    """
    longest = grid.frame(scan.positions)[1]
    if len(scan.positions) < FEWEST_POINTS or not longest > 0:
        raise _too_little(scan)
    thin = thinned(scan, finest * longest / 2, max_points)
    clean, spaced = without_strays(thin)
    alone = len(thin.positions) - len(clean.positions)
    even = evened(clean, FEWEST_POINTS)
    if even is not clean:
        spaced = spacing(even.positions)[0]
    left = len(scan.positions) - alone
    if len(even.positions) < left:
        even = even.noting("points-thinned", "info", points=left, kept=len(even.positions))
    if alone:
        even = even.noting("points-stray", "info", points=alone)
    if len(even.positions) < FEWEST_POINTS or _thread(even.positions):
        raise _too_little(even)
    return even, spaced


def _thread(positions: NDArray[np.float64]) -> bool:
    """Whether all points lie in one line."""
    some = positions[:: max(1, len(positions) // SAMPLE)]
    sizes = np.linalg.svd(some - some.mean(axis=0), compute_uv=False)
    return bool(sizes[1] <= 1e-6 * sizes[0])


def _too_little(cloud: Cloud) -> Refused:
    return Refused(
        f"a cloud of {len(cloud.positions)} points is too little for a surface",
        where="step mesh",
        do="export more of it, or a mesh",
    )
