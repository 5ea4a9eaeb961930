"""A Surface taken apart by material, each part with the vertices that it uses: what formats without
material numbers at the triangles want."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Surface


@dataclass(frozen=True, slots=True)
class Part:
    """The triangles of one material; arrays as those of a Surface, normals always there."""

    material: int
    positions: NDArray[np.float64]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int32]
    uvs: tuple[NDArray[np.float32], ...]
    colours: NDArray[np.uint8] | None

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest corner, each (3,)."""
        return self.positions.min(axis=0), self.positions.max(axis=0)


def parts_of(surface: Surface) -> list[Part]:
    """Gives the parts in the order of the materials; a material that no triangle has gives none."""
    normals = normals_of(surface)
    found = []
    for number in range(len(surface.materials)):
        triangles = surface.triangles[surface.material_of == number]
        if len(triangles) == 0:
            continue
        index, corners = np.unique(triangles, return_inverse=True)
        found.append(
            Part(
                number,
                surface.positions[index],
                normals[index],
                corners.reshape(-1, 3).astype(np.int32),
                tuple(uv[index] for uv in surface.uvs),
                None if surface.colours is None else surface.colours[index],
            )
        )
    return found
