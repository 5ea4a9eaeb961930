"""What an object stands on: a turntable, a floor, a cloth, also where it is one piece with the object.

Found as a plane by RANSAC among what faces up (Fischler and Bolles, CACM 24, 1981), and believed only where
all of this holds, for a false cut is worse than a table that stays:

- it is a sheet: next to nothing lies under it (a plinth has sides and an underside), and it ends openly;
- it reaches beyond the object's foot on most sides (the floor of a dish does not, its walls stand around it);
- what rises from it is one body, a quarter as high as it is wide at least (a relief on its ground is not),
  and
  no ground itself by the rule that holds for excavations;
- where there are colours, those of sheet and body differ; where there are none, the body is as good as free
  standing: half as high as wide, and the sheet half as wide again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.areas import areas_of
from pipeline.matter.rows import first_of, same_rows
from pipeline.matter.surface import Surface
from pipeline.measure import topology
from pipeline.measure.colour import ciede2000, lab

TRIES, SOME = 300, 20_000
"""Planes tried, among so many triangles: one that holds 30 % of what faces up is met eight times."""
TILT = 0.94
"""Cosine to up (20 degrees) of the plane and of its triangles."""
NEAR = 0.004
"""How near the plane its triangles lie, as a share of the diagonal: a cloth on a table has folds."""
LEAST = 0.05
"""A plane with less of the whole area is none that anything stands on."""
BELOW, BELOW_BLIND = 0.05, 0.02
"""Area under the plane as a share of the plane's: the edge of a turntable; without colours nearly none."""
BEYOND, BEYOND_BLIND = 1.15, 1.5
"""How much wider than the object's foot the plane is."""
HIGH, HIGH_BLIND = 0.25, 0.5
"""Height of the body above the plane as a share of its width."""
SECTORS, AROUND = 16, 0.6
"""Of so many directions from the foot this share must have some of the plane."""
ONE_BODY = 0.8
"""Share of what rises above the plane that the largest piece of it must have."""
OPEN = 0.5
"""Length of open rim at or under the plane, as a share of the way round the plane."""
GROUND = 0.5
"""A body that faces up with more than this share of its area is ground, as in ``steps.pieces``."""
CONTRAST_DE = 8.0
"""CIEDE2000 between the middle colours of plane and foot: what two things differ in at first sight."""
SEEN_PX = 512
"""Longest side of textures for their middle colours."""


@dataclass(frozen=True, slots=True)
class Support:
    """A support.

    Attributes:
        normal: (3,) of its plane, upwards, length one.
        height: of the plane, ``normal`` · x.
        scatter_m: of its triangles' corners about the plane, root mean square.
        cut_m: how far above the plane it is cut.
        part: (T,) the triangles that are support, those on the cut by their middle.
        folds: (T,) those of them that lie above the cut: a cloth's folds, low and apart from the body.
        contrast_de: difference of the colours, None without colours.
        sure: whether it is believed to be none of the object.
    """

    normal: NDArray[np.float64]
    height: float
    scatter_m: float
    cut_m: float
    part: NDArray[np.bool_]
    folds: NDArray[np.bool_]
    contrast_de: float | None
    sure: bool


@dataclass(frozen=True, slots=True)
class _Form:
    """Triangles with what is asked of them: area (T,), unit normal (T, 3), middle (T, 3)."""

    areas: NDArray[np.float64]
    normals: NDArray[np.float64]
    centres: NDArray[np.float64]
    diagonal: float


def find_support(surface: Surface, seed: int = 11) -> Support | None:
    """Finds what the object stands on, None where it stands on nothing of the scan; not ``sure`` where only
    the colours speak against it."""
    vectors = areas_of(surface)
    lengths = np.linalg.norm(vectors, axis=1)
    form = _Form(
        lengths / 2,
        vectors / np.maximum(lengths, 1e-300)[:, None],
        surface.positions[surface.triangles].mean(axis=1),
        surface.diagonal,
    )
    sheet = _sheet(form, seed)
    if sheet is None:
        return None
    normal, height, flat, under = sheet
    near, over = NEAR * form.diagonal, form.centres @ normal - height
    # the fold where body and plane meet is the body's from three times the plane's own scatter on
    rise = (surface.positions @ normal - height)[surface.triangles]
    scatter = float(np.sqrt(np.average((rise[flat] ** 2).mean(axis=1), weights=form.areas[flat])))
    cut = min(max(3 * scatter, near / 4), near)
    above = rise.max(axis=1) > cut
    welded = same_rows(surface.positions)[surface.triangles]
    body = _body(welded, above, form)
    if body is None:
        return None
    wide, high = _extent(surface, body, normal)
    foot = _foot(surface, body, normal, height, 4 * near)
    beyond, round_m = _beyond(form, flat, foot, normal), 2 * np.sqrt(np.pi * form.areas[flat].sum())
    standing = high >= HIGH * wide and beyond >= BEYOND
    if not standing or _open_rim(surface, welded, normal, height + 2 * near) < OPEN * round_m:
        return None
    contrast = _contrast(surface, form, flat, body & (over < 0.3 * high))
    blind = high >= HIGH_BLIND * wide and beyond >= BEYOND_BLIND and under <= BELOW_BLIND
    sure = blind if contrast is None else contrast >= CONTRAST_DE
    # what lies beside the body and rises above the folds is a thing of its own: a lid, a scale bar
    folds = _folds(welded, above, rise.max(axis=1), 4 * near)
    return Support(normal, height, scatter, cut, (over <= cut) | folds, folds, contrast, sure)


def _sheet(form: _Form, seed: int) -> tuple[NDArray[np.float64], float, NDArray[np.bool_], float] | None:
    """The plane that the object may stand on: its normal, height, triangles (T,), and how much area lies
    under it as a share of its own; None where there is none, or too much under it."""
    plane = _plane(form, seed)
    if plane is None:
        return None
    normal, height = plane
    over, near = form.centres @ normal - height, NEAR * form.diagonal
    flat = (np.abs(over) < near) & (form.normals @ normal > TILT)
    area = float(form.areas[flat].sum())
    under = float(form.areas[over < -near].sum())
    good = area >= LEAST * form.areas.sum() and under <= BELOW * area
    return (normal, height, flat, under / area) if good else None


def _plane(form: _Form, seed: int) -> tuple[NDArray[np.float64], float] | None:
    """The plane that most area of what faces up lies in: its upward normal and height."""
    up = np.flatnonzero((form.normals[:, 1] > TILT) & (form.areas > 0))
    if len(up) < 3 or form.areas[up].sum() < LEAST * form.areas.sum():
        return None
    rng = np.random.default_rng(seed)
    weights = form.areas[up] / form.areas[up].sum()
    if len(up) > SOME:
        up = rng.choice(up, SOME, p=weights)
        weights = np.full(SOME, 1 / SOME)
    points, near = form.centres[up], NEAR * form.diagonal
    best, plane = 0.0, None
    for three in rng.choice(len(up), (TRIES, 3), p=weights):
        a, b, c = points[three]
        normal = np.cross(b - a, c - a)
        length = float(np.linalg.norm(normal))
        if length < 1e-12 * form.diagonal**2:
            continue
        normal = normal / length * (1 if normal[1] > 0 else -1)
        score = float(weights[np.abs((points - a) @ normal) < near].sum()) if normal[1] > TILT else 0.0
        if score > best:
            best, plane = score, (normal, float(a @ normal))
    for _ in range(3 if plane is not None else 0):
        assert plane is not None
        normal, height = plane
        inside = np.abs(points @ normal - height) < near
        off = points[inside] - np.average(points[inside], axis=0, weights=weights[inside])
        _, axes = np.linalg.eigh((off * weights[inside][:, None]).T @ off)
        fitted = axes[:, 0] * (1 if axes[1, 0] > 0 else -1)
        if fitted[1] > TILT:
            middle = np.average(points[inside], axis=0, weights=weights[inside])
            plane = fitted, float(middle @ fitted)
    return plane


def _body(welded: NDArray[np.int32], above: NDArray[np.bool_], form: _Form) -> NDArray[np.bool_] | None:
    """The one body that rises above the plane, None where there is no such, or it is ground."""
    if not above.any():
        return None
    pieces = topology.components(welded[above], int(welded.max()) + 1)
    areas = np.bincount(pieces, weights=form.areas[above])
    largest = int(np.argmax(areas))
    if areas[largest] < ONE_BODY * areas.sum():
        return None
    body = np.zeros(len(welded), bool)
    body[np.flatnonzero(above)[pieces == largest]] = True
    facing = float((form.normals[body, 1] * form.areas[body]).sum())
    return None if facing > GROUND * areas[largest] else body


def _extent(surface: Surface, body: NDArray[np.bool_], normal: NDArray[np.float64]) -> tuple[float, float]:
    """How wide the body is across the normal, and how high along it."""
    points = surface.positions[surface.triangles[body].reshape(-1)]
    along = points @ normal
    flat = points - along[:, None] * normal
    return float((flat.max(axis=0) - flat.min(axis=0)).max()), float(along.max() - along.min())


def _foot(
    surface: Surface, body: NDArray[np.bool_], normal: NDArray[np.float64], height: float, reach: float
) -> NDArray[np.float64]:
    """The body's points next to the plane (N, 3)."""
    points = surface.positions[np.unique(surface.triangles[body])]
    low = points[points @ normal < height + reach]
    return low if len(low) >= 3 else points


def _beyond(
    form: _Form, flat: NDArray[np.bool_], foot: NDArray[np.float64], normal: NDArray[np.float64]
) -> float:
    """How many times as far as the foot the plane reaches, on the side of ``AROUND`` where it is least."""
    middle = (foot.min(axis=0) + foot.max(axis=0)) / 2
    right = np.cross(normal, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    ahead = np.cross(right, normal)
    reach = np.zeros((2, SECTORS))
    for which, points in enumerate((foot, form.centres[flat])):
        off = points - middle
        x, z = off @ right, off @ ahead
        sector = ((np.arctan2(z, x) / (2 * np.pi) + 0.5) * SECTORS).astype(int) % SECTORS
        np.maximum.at(reach[which], sector, np.hypot(x, z))
    width = max(float(np.median(reach[0][reach[0] > 0])), 1e-300) if reach[0].any() else 1e-300
    ratio = np.sort(reach[1] / np.where(reach[0] > 0, reach[0], width))
    return float(ratio[int((1 - AROUND) * SECTORS)])


def _open_rim(
    surface: Surface, welded: NDArray[np.int32], normal: NDArray[np.float64], height: float
) -> float:
    """The length of open rim that lies no higher than that: a sheet that was only seen from above has one."""
    places = surface.positions[first_of(same_rows(surface.positions))]
    edges = topology.edges(welded)
    rim = edges.ends[edges.uses == 1]
    ends = places[rim[(places @ normal)[rim].max(axis=1) < height]]
    return float(np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).sum())


def _contrast(
    surface: Surface, form: _Form, flat: NDArray[np.bool_], foot: NDArray[np.bool_]
) -> float | None:
    """The difference between the middle colours of plane and foot, None without colours."""
    from pipeline.render.look import Look

    textured = any(material.colour_texture is not None for material in surface.materials)
    if (not textured and surface.colours is None) or not foot.any():
        return None
    look, middles = Look(surface, SEEN_PX), []
    for part in (flat, foot):
        some = np.flatnonzero(part)
        some = some[:: max(1, len(some) // SOME)]
        thirds = np.full((len(some), 2), 1 / 3, np.float32)
        seen = lab(look.colours(some.astype(np.uint32), thirds))
        middles.append(np.median(seen, axis=0)[None])
    return float(ciede2000(*middles)[0])


def _folds(
    welded: NDArray[np.int32], above: NDArray[np.bool_], tops: NDArray[np.float64], low: float
) -> NDArray[np.bool_]:
    """What goes with the plane though it is above the cut: pieces that rise no higher than ``low``."""
    folds = np.zeros(len(welded), bool)
    pieces = topology.components(welded[above], int(welded.max()) + 1)
    highest = np.full(int(pieces.max()) + 1, -np.inf)
    np.maximum.at(highest, pieces, tops[above])
    folds[np.flatnonzero(above)[highest[pieces] < low]] = True
    return folds
