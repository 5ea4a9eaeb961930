"""Several surfaces in one coordinate system as one: the tiles of a survey, the parts of a large export.

Nothing is moved, merged or welded: a vertex of one part stays a vertex of its own, so borders that do not
meet stay visible and can be measured (``measure.borders``). What only some parts have is filled in for the
rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Material, Surface


def joined(parts: Sequence[Surface]) -> Surface:
    """Gives one surface with all triangles of the parts, in their order.

    UV sets that a part lacks are (0, 0), which no material of that part looks at; colours that it lacks are
    white; normals that it lacks are worked out from its own triangles, so that a border shows no other shade.

    Args:
        parts: at least one, unplaced, in the same unit and axes.

    Returns:
        The surface, in double precision, every material kept; findings of all parts in their order.
    """
    starts = np.cumsum([0, *(len(part.positions) for part in parts)])
    slots = np.cumsum([0, *(len(part.materials) for part in parts)])
    sets = max(len(part.uvs) for part in parts)
    materials: tuple[Material, ...] = sum((part.materials for part in parts), ())
    return Surface(
        positions=np.concatenate([part.positions for part in parts]),
        triangles=np.concatenate(
            [part.triangles + np.int32(start) for part, start in zip(parts, starts, strict=False)]
        ),
        material_of=np.concatenate(
            [part.material_of + np.int32(slot) for part, slot in zip(parts, slots, strict=False)]
        ),
        materials=materials,
        normals=_normals(parts),
        uvs=tuple(np.concatenate([_uv(part, number) for part in parts]) for number in range(sets)),
        colours=_colours(parts),
        error_mm=max(part.error_mm for part in parts),
        turned_deg=max(part.turned_deg for part in parts),
        source_format=parts[0].source_format,
        findings=sum((part.findings for part in parts), ()),
    )


def _normals(parts: Sequence[Surface]) -> NDArray[np.float32] | None:
    if all(part.normals is None for part in parts):
        return None
    return np.concatenate([normals_of(part) for part in parts])


def _uv(part: Surface, number: int) -> NDArray[np.float32]:
    return part.uvs[number] if number < len(part.uvs) else np.zeros((len(part.positions), 2), np.float32)


def _colours(parts: Sequence[Surface]) -> NDArray[np.uint8] | None:
    if all(part.colours is None for part in parts):
        return None
    return np.concatenate(
        [
            np.full((len(part.positions), 4), 255, np.uint8) if part.colours is None else part.colours
            for part in parts
        ]
    )
