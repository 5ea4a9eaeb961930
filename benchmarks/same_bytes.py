"""The triangles with which a peer's file takes the bytes of ours, found by running it a few times."""

from __future__ import annotations

from collections.abc import Callable

NEAR = (0.98, 1.03)
"""Shares of our bytes between which a file takes as many."""
TRIES = 5
LEAST = 0.002


def ratio_for(bytes_of: Callable[[float], int], aim: int, ratio: float, size: int) -> float | None:
    """Gives the share of the scan's triangles at which a file takes ``aim`` bytes.

    Args:
        bytes_of: writes the file with a share of the triangles and says how many bytes it takes. The last
            file that it wrote is the one of the share given back.
        aim: bytes wanted.
        ratio, size: a share that was tried before, and the bytes that it took.

    Returns:
        The share: 1 where the whole scan takes fewer bytes; None where no share is near, as when a texture
        alone takes more.
    """
    known = [(0.0, 0.0), (ratio, float(size))]
    for _ in range(TRIES):
        (a, low), (b, high) = known[-2:]
        slope = (high - low) / (b - a) if b != a else 0.0
        if slope <= 0:
            return None
        following = min(1.0, max(LEAST, b + (aim - high) / slope))
        if following == b:
            return 1.0 if b == 1.0 and high < aim else None
        size = bytes_of(following)
        if size <= 0:
            return None
        if NEAR[0] * aim <= size <= NEAR[1] * aim or (following == 1.0 and size < aim):
            return following
        known.append((following, float(size)))
    return None
