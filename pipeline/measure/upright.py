"""Which way is up in a scan that does not say so. Gives an axis, the evidence in words, whether it is
certain, and where the object itself says it exactly, the direction.

In this order, the first that speaks decides:

1. glTF and USD say it: +Y. LAS says it: Z is the height. A tripod scanner is levelled with Z up, so E57 and
   PTX are Z up by habit; as one of them may also come from a scanner in the hand, that is uncertain.
2. An *open* surface. For a closed one the area-weighted normals add up to nothing (divergence theorem), so
   what is left over points away from the hole: up for a bust without its underside, a vessel on a table, a
   piece of ground.
3. A *sheet* (nearly all normals on one side) is a piece of ground, a wall or one look of a scanner. Seen
   along Z that cannot be told from the normals: thin or deep means a panel or a scanner's look, in between
   or far from the origin means ground surveyed with Z up. Always reported as uncertain.
4. A flat base: the axis whose lowest plane carries by far the most area, else the plane in any direction
   that does (``measure.base``). The object stands on it exactly, not only within some degrees.
5. Symmetry: a turned form stands on its axis, with the end up that it is open at (``measure.revolution``).
6. The register: of the three sides only one is as long as the height that it knows.
7. The habit of the format: STL from CAD is Z up, the others Y up. Reported as uncertain.

Thresholds were set on real scans: a bust open below has 0.21 of its area as net normal, a helmet 0.15,
excavation tiles 0.86, range maps 0.77-0.84, closed sculpture 0.000; a flat-based closed figure has 1.2 %
of its area in its base and 0.2 % in the next best plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import areas_of
from pipeline.matter.surface import Surface
from pipeline.measure.base import Base, find_base
from pipeline.measure.revolution import find_axis

AXES = ("+x", "-x", "+y", "-y", "+z", "-z")
OPEN, SHEET = 0.03, 0.5
"""Net normal as a share of the area: above OPEN the surface has a hole below, above SHEET it is one-sided."""
STRAIGHT = 0.9
"""Cosine to the nearest axis (26 degrees) within which a direction counts as that axis."""
BASE_SHARE, BASE_LEAD = 0.01, 2.0
PANEL_DEPTH, LOOK_DEPTH = 0.1, 0.45
FAR = 3.0
HEIGHT_OFF = 0.05
"""Share by which the register's height may differ from a side, as ``unit.TOLERANCE``."""


@dataclass(frozen=True, slots=True)
class Upright:
    """The scan's axis that points up, how we know, and whether that is certain; ``direction`` is up exactly,
    a unit vector in the scan's coordinates, where the object itself says it."""

    axis: str
    evidence: str
    certain: bool
    direction: tuple[float, float, float] | None = None


def find_up(surface: Surface, height: float | None = None) -> Upright:
    """Finds the axis of the scan that points up; see the module's text for how.

    Args:
        surface: the scan, in its own coordinates.
        height: what the register says of the height, in the unit of the positions.
    """
    said = by_format(surface.source_format)
    if said is not None:
        return said
    areas, net = _areas(surface)
    total = float(np.linalg.norm(areas, axis=1).sum())
    share = net / total if total > 0 else np.zeros(3)
    strength = float(np.linalg.norm(share))
    if strength >= OPEN:
        axis, cosine = _nearest(share)
        if strength > SHEET:
            return _sheet(surface, axis, cosine, strength)
        if cosine >= STRAIGHT:
            return Upright(
                axis, f"open below: normals add up to {strength:.0%} of the area along {axis}", certain=True
            )
    found = _base(surface, areas, total) or _tilted(surface) or _turned_form(surface)
    return found or _registered(surface, height) or _habit(surface)


def by_format(source_format: str) -> Upright | None:
    """Gives what the format alone says of the axis, None where the shape has to tell."""
    if source_format in {"gltf", "glb", "usd", "usdz"}:
        return Upright("+y", f"the format {source_format} says so", certain=True)
    if source_format == "las":
        return Upright("+z", f"the format {source_format} says so", certain=True)
    if source_format in {"e57", "ptx"}:
        return Upright("+z", f"habit of the format {source_format}", certain=False)
    return None


def _areas(surface: Surface) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Area vectors of the triangles (T, 3) and their sum (3,)."""
    areas: NDArray[np.float64] = areas_of(surface) / 2
    return areas, areas.sum(axis=0)


def _nearest(direction: NDArray[np.float64]) -> tuple[str, float]:
    """The axis nearest to a direction and the cosine between them."""
    i = int(np.argmax(np.abs(direction)))
    return ("+" if direction[i] > 0 else "-") + "xyz"[i], float(abs(direction[i]) / np.linalg.norm(direction))


def _sheet(surface: Surface, axis: str, cosine: float, strength: float) -> Upright:
    low, high = surface.bounds
    size = high - low
    if axis == "+y":
        return Upright(
            "+y", f"a piece of ground: {strength:.0%} of the area faces +y", certain=cosine >= STRAIGHT
        )
    habit = _habit(surface)
    if cosine < STRAIGHT or axis[1] != "z":
        return Upright(habit.axis, f"one look at the object, facing {axis}; {habit.evidence}", certain=False)
    if axis == "+z" and _looks_at_origin(low, high):
        return Upright(
            "+y", f"one look of a scanner standing at the origin ({strength:.0%} faces it)", certain=False
        )
    depth = float(size[2] / max(size[0], size[1]))
    far = float(np.abs((low + high)[:2] / 2).max()) > FAR * float(np.linalg.norm(size))
    if axis == "+z" and (far or PANEL_DEPTH <= depth <= LOOK_DEPTH):
        return Upright("+z", f"a piece of ground: {strength:.0%} of the area faces +z", certain=False)
    if axis == "+z":
        what = "a standing panel" if depth < PANEL_DEPTH else "one look of a scanner along its axis"
        return Upright("+y", f"{what}: {strength:.0%} of the area faces +z", certain=False)
    return Upright(
        "-y", f"one look of a camera along +z, whose images count downwards ({strength:.0%})", certain=False
    )


def _looks_at_origin(low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
    """Whether the origin lies well in front, along +z: where a scanner has its own place."""
    centre, size = (low + high) / 2, float(np.linalg.norm(high - low))
    return float(-centre[2]) > max(1.5 * size, 3 * float(np.abs(centre[:2]).max()))


def _base(surface: Surface, areas: NDArray[np.float64], total: float) -> Upright | None:
    """Looks for the axis at whose low end most area lies flat, facing down."""
    low, high = surface.bounds
    reach = 0.01 * float(np.linalg.norm(high - low))
    centres = surface.positions[surface.triangles].mean(axis=1)
    lengths = np.maximum(np.linalg.norm(areas, axis=1), 1e-300)
    shares = []
    for axis in AXES:
        i, sign = "xyz".index(axis[1]), 1.0 if axis[0] == "+" else -1.0
        lowest = low[i] if sign > 0 else -high[i]
        flat = (sign * areas[:, i] / lengths < -0.95) & (sign * centres[:, i] - lowest < reach)
        shares.append(float(lengths[flat].sum() / total) if total > 0 else 0.0)
    first, second = sorted(shares, reverse=True)[:2]
    if first < BASE_SHARE or first < BASE_LEAD * second:
        return None
    axis = AXES[shares.index(first)]
    exact = find_base(surface)
    up = None if exact is None else -exact.down
    near = up is not None and _nearest(up)[0] == axis and _strong(exact)
    return Upright(
        axis,
        f"flat base: {first:.1%} of the area lies in the lowest plane along {axis}",
        certain=True,
        direction=_triple(up) if near and up is not None else None,
    )


def _strong(base: Base | None) -> bool:
    return base is not None and base.share >= BASE_SHARE and base.share >= BASE_LEAD * base.second


def _tilted(surface: Surface) -> Upright | None:
    """Looks for a base that is square to no axis."""
    base = find_base(surface)
    if base is None or not _strong(base):
        return None
    axis, cosine = _nearest(-base.down)
    angle = float(np.degrees(np.arccos(min(cosine, 1.0))))
    what = f"tilted base: {base.share:.1%} of the area lies in one plane, {angle:.1f} degrees from {axis}"
    return Upright(axis, what, certain=True, direction=_triple(-base.down))


def _turned_form(surface: Surface) -> Upright | None:
    """Stands a vessel on the axis that it was turned about; which end is up must show by its opening."""
    found = find_axis(surface)
    if found is None:
        return None
    habit = _habit(surface).axis
    direction = found.direction * (found.opens or 1)
    if not found.opens and "+" in habit and direction["xyz".index(habit[1])] < 0:
        direction = -direction
    axis, _ = _nearest(direction)
    what = f"a turned form, open at the end towards {axis}" if found.opens else f"a turned form along {axis}"
    return Upright(axis, what, certain=bool(found.opens), direction=_triple(direction))


def _registered(surface: Surface, height: float | None) -> Upright | None:
    """Looks for the one side that is as long as the register's height."""
    if not height:
        return None
    low, high = surface.bounds
    fits = [i for i, side in enumerate(high - low) if abs(side - height) <= HEIGHT_OFF * height]
    if len(fits) != 1:
        return None
    return Upright(f"+{'xyz'[fits[0]]}", "its side is as long as the height in the register", certain=False)


def _triple(v: NDArray[np.float64]) -> tuple[float, float, float]:
    return (float(v[0]), float(v[1]), float(v[2]))


def _habit(surface: Surface) -> Upright:
    axis = "+z" if surface.source_format == "stl" else "+y"
    return Upright(axis, f"habit of the format {surface.source_format or '?'}", certain=False)
