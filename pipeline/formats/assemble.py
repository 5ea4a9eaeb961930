"""The last stretch of every reader: from the arrays a file holds to a sound :class:`Surface`.

Here, once for all formats: limits, indices, numbers that are not finite, normals of length one, colours as
bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.surface import Material, Surface

from . import limits


def surface(
    *,
    name: str,
    source_format: str,
    positions: NDArray[np.float64],
    triangles: NDArray[Any],
    material_of: NDArray[Any] | None = None,
    materials: tuple[Material, ...] = (Material(),),
    normals: NDArray[np.float32] | None = None,
    uvs: tuple[NDArray[np.float32], ...] = (),
    colours: NDArray[np.uint8] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Surface:
    """Checks and finishes what a reader found. Shapes as in :class:`Surface`, except that nothing is trusted.

    Vertices without a finite position go, with the triangles on them, and are noted: range maps write NaN
    where the scanner saw nothing. Where too many are so, the file is refused as damaged.

    Raises:
        Refused: no triangles, an index beyond the vertices, or too few sound positions.
    """
    vertices = len(positions)
    if len(triangles) == 0:
        raise Refused("the file holds no triangles", where=name, do="export a mesh, not only points or lines")
    indices(triangles, vertices, name=name)
    triangles = triangles.astype(np.int32, copy=False)
    if material_of is None:
        material_of = np.zeros(len(triangles), np.int32)
    made = Surface(
        positions=np.ascontiguousarray(positions, np.float64),
        triangles=np.ascontiguousarray(triangles),
        material_of=material_of.astype(np.int32, copy=False),
        materials=materials,
        normals=None if normals is None else np.ascontiguousarray(normals, np.float32),
        uvs=tuple(_finite_uv(uv) for uv in uvs),
        colours=None if colours is None else _opaque(colours),
        source_format=source_format,
        findings=findings,
    )
    made = _finite(made, name)
    return made if made.normals is None else _unit_normals(made)


def indices(corners: NDArray[Any], vertices: int, *, name: str) -> None:
    """Refuses faces that point outside the ``vertices`` that there are (counted from 0)."""
    low, high = (int(corners.min()), int(corners.max())) if corners.size else (0, -1)
    if low < 0 or high >= vertices:
        raise Refused(
            f"a face points to vertex number {low if low < 0 else high} of {vertices} (counted from 0)",
            where=name,
            do="the file is damaged: export it again",
        )


def count(what: str, number: int, most: int, *, name: str) -> None:
    """Refuses a count that no scan has, before anything is allocated for it."""
    if not 0 <= number <= most:
        raise Refused(
            f"the file claims {number} {what}, allowed are 0 to {most}",
            where=name,
            do="the file is damaged, or split the scan",
        )


def packed_points(number: int, size: int, *, name: str) -> None:
    """Refuses a packed cloud that claims more points than its ``size`` in bytes can hold."""
    count("points", number, limits.POINTS_MAX, name=name)
    if number > size * limits.POINTS_PER_BYTE_MAX:
        raise Refused(
            f"the file claims {number} points but is only {size} bytes long", where=name, do="copy it again"
        )


def colour_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Gives (V, 3|4) colours of any scalar type as (V, 4) uint8.

    Whole numbers of 8 bits are taken as they are, of 16 bits divided by 257. Floating ones and wider whole
    ones are 0..1 where none passes 1, else 0..255: both are in use and no file says which.
    """
    if values.dtype == np.uint8:
        rgb = values
    elif values.dtype == np.uint16:
        rgb = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
    else:
        sound = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=255.0, neginf=0.0)
        scale = 255.0 if values.dtype.kind == "f" and float(sound.max(initial=0.0)) <= 1.0 else 1.0
        rgb = np.clip(np.rint(sound * scale), 0, 255).astype(np.uint8)
    if rgb.shape[1] == 4:
        return np.ascontiguousarray(rgb)
    return np.column_stack((rgb, np.full(len(rgb), 255, np.uint8)))


def _opaque(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Alpha that is 0 everywhere was never meant: some programs write the channel without using it."""
    if len(colours) and not colours[:, 3].any():
        colours = colours.copy()
        colours[:, 3] = 255
    return np.ascontiguousarray(colours)


def _finite_uv(uv: NDArray[np.float32]) -> NDArray[np.float32]:
    uv = np.ascontiguousarray(uv, np.float32)
    return uv if np.isfinite(uv).all() else np.nan_to_num(uv, nan=0.0, posinf=0.0, neginf=0.0)


def _finite(made: Surface, name: str) -> Surface:
    sound: NDArray[np.bool_] = np.asarray(np.isfinite(made.positions).all(axis=1))
    lost = int(len(sound) - sound.sum())
    if lost == 0:
        return made
    if lost > limits.BAD_POSITIONS_MAX_SHARE * len(sound):
        raise Refused(
            f"{lost} of {len(sound)} vertices have a position that is not a number",
            where=name,
            do="the file is damaged: export it again",
        )
    kept: NDArray[np.bool_] = np.asarray(sound[made.triangles].all(axis=1))
    if not kept.any():
        raise Refused("no triangle has three finite positions", where=name, do="export it again")
    number = (np.cumsum(sound) - 1).astype(np.int32)
    return made.but(
        positions=made.positions[sound],
        triangles=number[made.triangles[kept]],
        material_of=made.material_of[kept],
        normals=None if made.normals is None else made.normals[sound],
        uvs=tuple(uv[sound] for uv in made.uvs),
        colours=None if made.colours is None else made.colours[sound],
    ).noting("positions-not-finite", "warning", vertices=lost, triangles=int(len(kept) - kept.sum()))


def _unit_normals(made: Surface) -> Surface:
    """Normals of length one; those that are zero or no number are taken from the triangles around."""
    assert made.normals is not None
    with np.errstate(invalid="ignore", over="ignore"):
        normals = made.normals.astype(np.float64)
        length = np.linalg.norm(normals, axis=1)
    bad = ~(np.isfinite(length) & (length > 1e-20))
    length[bad] = 1.0
    normals /= length[:, None]
    if bad.any():
        normals[bad] = _geometric(made)[bad]
    return made.but(normals=normals.astype(np.float32))


def _geometric(made: Surface) -> NDArray[np.float64]:
    """Area-weighted normals of the vertices; +z where a vertex has no triangle with an area."""
    a, b, c = (made.positions[made.triangles[:, k]] for k in range(3))
    with np.errstate(over="ignore", invalid="ignore"):
        face = np.nan_to_num(np.cross(b - a, c - a), posinf=0.0, neginf=0.0)
        total = np.empty((len(made.positions), 3))
        for axis in range(3):
            total[:, axis] = sum(
                np.bincount(made.triangles[:, k], face[:, axis], minlength=len(total)) for k in range(3)
            )
        length = np.linalg.norm(total, axis=1)
    flat = ~(np.isfinite(length) & (length > 0))
    total[flat], length[flat] = (0.0, 0.0, 1.0), 1.0
    return np.asarray(total / length[:, None], np.float64)
