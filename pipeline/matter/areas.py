"""Area vectors of triangles: as long as twice the area, pointing outwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.alive import PerForm


def area_vectors(positions: NDArray[np.float64], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    """Gives each triangle's area vector (T, 3): twice the area long, in the unit of the positions squared."""
    ax, ay, az = (positions[triangles[:, 0], i] for i in range(3))
    bx, by, bz = (positions[triangles[:, 1], i] for i in range(3))
    cx, cy, cz = (positions[triangles[:, 2], i] for i in range(3))
    px, py, pz, qx, qy, qz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    out = np.empty((len(triangles), 3))
    out[:, 0] = py * qz - pz * qy
    out[:, 1] = pz * qx - px * qz
    out[:, 2] = px * qy - py * qx
    out.setflags(write=False)
    return out


areas_of = PerForm(lambda surface: area_vectors(surface.positions, surface.triangles))
"""Gives a surface's area vectors, worked out once: normals, samples and the side it shows ask for them."""
