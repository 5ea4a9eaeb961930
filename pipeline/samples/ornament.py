"""Forms of ornament as height and distance fields: petals, beads, florets. Shared by all four samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fields import smooth

Array = NDArray[Any]


def petals(
    rho: Array,
    phi: Array,
    count: int,
    r0: float,
    r1: float,
    *,
    offset: float = 0.0,
    tip: float = 0.8,
    waist: float = 0.7,
) -> tuple[Array, Array, Array]:
    """Gives a ring of petals.

    Args:
        rho, phi: polar place, mm and radians.
        count: petals in the ring.
        r0, r1: where they begin and end, mm.
        offset: turn, in petals.
        tip: below 0.6 the petal ends round, above 0.8 in a point.
        waist: width at the foot against the widest place.

    Returns:
        signed distance to the petal's border in mm (positive inside), way along it (0 to 1), and the
        place across (-1 to 1 at the borders).
    """
    a = (phi * (count / (2 * np.pi)) + offset) % 1.0 - 0.5
    t = np.clip((rho - r0) / (r1 - r0), -0.2, 1.2)
    rise = waist + (1 - waist) * np.sin(np.clip(t / 0.5, 0, 1) * (np.pi / 2))
    fall = np.power(np.clip(1 - np.clip((t - 0.42) / 0.58, 0, 1) ** 2.0, 0, 1), tip)
    half = 0.5 * rise * fall
    pitch = (2 * np.pi / count) * np.maximum(rho, 0.3 * r0 + 0.1)
    across = (half - np.abs(a)) * pitch
    along = np.minimum((t - 0.0) * (r1 - r0) + 0.4, (1.0 - t) * (r1 - r0))
    inside = np.minimum(across, along)
    return inside, np.clip(t, 0, 1), np.clip(a / np.maximum(half, 1e-3), -1, 1)


def pillow(inside: Array, round_mm: float) -> Array:
    """Gives a rounded step: 0 outside, rising over ``round_mm`` to 1."""
    u = np.clip(1 - inside / np.float32(round_mm), 0, 1)
    return np.asarray(np.sqrt(np.clip(1 - u * u, 0, 1)))


def beads(
    rho: Array, phi: Array, count: int, ring_mm: float, radius_mm: float, *, offset: float = 0.0
) -> Array:
    """Gives half spheres on a ring: height in bead radii, 0 between."""
    a = ((phi * (count / (2 * np.pi)) + offset) % 1.0 - 0.5) * (2 * np.pi / count) * ring_mm
    d2 = (a * a + (rho - ring_mm) ** 2) / (radius_mm * radius_mm)
    return np.asarray(np.sqrt(np.clip(1 - d2, 0, 1)))


def line(distance: Array, half_mm: float) -> Array:
    """Gives a rounded ridge along distance 0: 1 on it, 0 at ``half_mm``."""
    return np.asarray(np.sqrt(np.clip(1 - (distance / np.float32(half_mm)) ** 2, 0, 1)))


def groove(distance: Array, half_mm: float) -> Array:
    """Gives a soft mask round distance 0."""
    return smooth(half_mm, 0.0, np.abs(distance))
