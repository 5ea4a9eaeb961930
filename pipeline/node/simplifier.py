"""Fewer triangles within an error: meshoptimizer's simplifier, the update variant.

``simplifyWithUpdate`` moves the vertices that stay (and their attributes) to where the error is least instead
of keeping a subset of the input. Seams stay closed: vertices at one place are moved together.

Unused vertices are left out first: one that lies on a used one makes meshoptimizer take the place for a seam
that it does not understand, and lock it (1,521 of 1,600 vertices of a test sheet did not move).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.node import LIMIT_S, worker

Option = Literal[
    "LockBorder",
    "Sparse",
    "Prune",
    "Regularize",
    "RegularizeLight",
    "Permissive",
    "PreserveFolds",
    "ErrorClamped",
]


@dataclass(frozen=True, slots=True)
class Simplified:
    """What came out.

    Attributes:
        positions: (v, 3) float64, the vertices that are left, in the unit that came in.
        triangles: (t, 3) int32 into them.
        attributes: (v, A) float32, moved along with the positions, or None.
        kept: (v,) int64, which input vertex each one was: for whatever else hangs on vertices.
        error: the simplifier's own estimate of the error reached, in the unit of the positions.
    """

    positions: NDArray[np.float64]
    triangles: NDArray[np.int32]
    attributes: NDArray[np.float32] | None
    kept: NDArray[np.int64]
    error: float


def simplify(
    positions: NDArray[np.floating],
    triangles: NDArray[np.int32],
    attributes: NDArray[np.float32] | None = None,
    attribute_weights: Sequence[float] = (),
    *,
    target_triangles: int,
    max_error: float,
    lock: NDArray[np.bool_] | None = None,
    options: Iterable[Option] = (),
    limit_s: float = LIMIT_S,
) -> Simplified:
    """Collapses edges until the target is met or the next collapse would pass the error.

    Args:
        positions: (V, 3); centred here in double precision, so a far offset costs nothing.
        triangles: (T, 3) into them.
        attributes: (V, A) values whose change counts as error too, A at most 32.
        attribute_weights: A weights; an attribute's difference times its weight is compared with **distances
            divided by the mesh's extent** (its largest box side).
        target_triangles: stop when so few are left.
        max_error: **absolute**, in the unit of the positions.
        lock: (V,) True for vertices that must not move.
        options: meshoptimizer's flags; ErrorAbsolute is always set.
        limit_s: after this time it is given up.

    Raises:
        Failed: the simplifier did not end, or ended badly.
    """
    assert attributes is None or attributes.shape[1] == len(attribute_weights) <= 32
    is_used = np.zeros(len(positions), bool)
    is_used[triangles] = True
    used = np.flatnonzero(is_used)
    compact = (np.cumsum(is_used) - 1)[triangles]
    points = positions[used].astype(np.float64)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2 if len(points) else np.zeros(3)
    buffers = [compact.astype("<u4").tobytes(), (points - centre).astype("<f4").tobytes()]
    if attributes is not None:
        buffers.append(attributes[used].astype("<f4").tobytes())
    if lock is not None:
        buffers.append(lock[used].astype(np.uint8).tobytes())
    result, out = worker().call(
        "simplify",
        {
            "attributes": 0 if attributes is None else attributes.shape[1],
            "weights": [float(w) for w in attribute_weights],
            "target": 3 * max(0, min(int(target_triangles), len(triangles))),
            "error": float(max_error),
            "flags": sorted({"ErrorAbsolute", *options}),
            "locked": lock is not None,
        },
        buffers,
        limit_s=limit_s,
    )
    left, flat = np.unique(np.frombuffer(out[0], "<u4"), return_inverse=True)
    moved = np.frombuffer(out[1], "<f4").reshape(-1, 3)[left].astype(np.float64) + centre
    values = None
    if attributes is not None:
        values = np.frombuffer(out[2], "<f4").reshape(-1, attributes.shape[1])[left]
    faces = flat.reshape(-1, 3).astype(np.int32)
    return Simplified(moved, faces, values, used[left].astype(np.int64), float(result["error"]))
