"""A plinth under a piece of ground, so that it can be printed and stands. Not a step: ``solid`` asks it.

The longest rim goes straight down to a plane below the lowest point and is closed there. The base of a rim of
up to 500 corners is cut ear by ear; a longer one becomes a fan, which lies over itself where the rim is
concave, all in one plane: the body stays the same to a printer's program, which counts windings.
"""

from __future__ import annotations

import numpy as np

from pipeline.formats.polygons import triangulate
from pipeline.measure.closed import Seams, loops_of, seams


def on_a_plinth(found: Seams, height_m: float) -> Seams:
    """Gives the surface with walls and base; as it is where it has no rim.

    Args:
        found: the surface's seams, Y up, in metres, no edge crowded.
        height_m: from the lowest point down to the base.
    """
    loops = loops_of(found.open)
    if not loops:
        return found

    def around(loop: list[int]) -> float:
        rim = found.places[loop]
        return float(np.linalg.norm(rim - np.roll(rim, -1, axis=0), axis=1).sum())

    rim = np.array(max(loops, key=around), np.int32)
    count = len(found.places)
    lower = np.arange(count, count + len(rim), dtype=np.int32)
    places = found.places[rim].copy()
    places[:, 1] = found.places[np.unique(found.welded), 1].min() - height_m
    ahead, lower_ahead = np.roll(rim, -1), np.roll(lower, -1)
    # the rim runs as its own triangles run it, so the walls run it the other way
    walls = np.concatenate(
        [np.stack([ahead, rim, lower], axis=1), np.stack([ahead, lower, lower_ahead], axis=1)]
    )
    all_places = np.concatenate([found.places, places])
    corners = lower[::-1].astype(np.int64)
    picked, _, _ = triangulate(all_places, corners, np.array([len(corners)]))
    base = corners[picked].astype(np.int32)
    return seams(np.concatenate([found.welded, walls, base]).astype(np.int32), all_places)
