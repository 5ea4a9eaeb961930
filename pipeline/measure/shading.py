"""The light that was baked into a scan's colours, as far as its shape explains it.

Photographs record colour times light. Where the light came from far away and the surface is matt, what
arrives at a point depends on its normal alone and is nearly a quadratic polynomial of it: nine real spherical
harmonics up to order two hold 99 % (Ramamoorthi and Hanrahan, *An Efficient Representation for Irradiance
Environment Maps*, SIGGRAPH 2001). Hollows see less of it, by their ambient occlusion. So brightness is
fitted, over points drawn evenly on the surface, as ``openness · Σ cₖ Hₖ(normal)``.

Colours differ by factors, so errors are taken relative to the light, and what is far off (another paint, a
stain) counts less (Huber). Harmonics that the shape does not show apart (a flat panel has one normal) are
held near zero by a ridge. What varies with the shape without being light, such as dust in hollows, cannot be
told from it: that is why nobody is made to use this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Surface
from pipeline.measure.deviation import sample
from pipeline.measure.scene import Scene, scene_of

SAMPLES, RAYS, SEED = 20_000, 48, 11
TEXTURE_PX = 1024
DARK, BRIGHT = 0.006, 0.9
"""Linear light outside of which a point says nothing of the light: noise below, clipping above."""
ROUNDS = 12
HUBER = 0.3
"""Relative error from which on a point counts less."""
RIDGE = 1e-3
"""Of the harmonics above the constant, as a share of the points."""
LEAST_LIGHT = 0.15
"""The fitted light never falls below this share of its mean: deeper shadow is no far light's shadow."""
REACH = 0.25
"""How far away something still shadows, as a share of the diagonal: what is further off dims evenly."""
NEAR, SIDEWAYS = 4, 0.1
"""Openness between the points: of so many nearest ones, where a turn of the normal by one radian counts as
this share of the diagonal, so that the two sides of a thin wall stay apart."""
_LUMA = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class Shading:
    """The fitted light.

    Attributes:
        light: (V,) at every vertex, its geometric mean over the surface being 1.
        correlation: between the logarithms of brightness and light over the points, -1 to 1.
        sampled: (N,) the light at the points used.
        triangle, uv: where those points lie, (N,) and (N, 2).
    """

    light: NDArray[np.float64]
    correlation: float
    sampled: NDArray[np.float64]
    triangle: NDArray[np.uint32]
    uv: NDArray[np.float32]

    def correlation_in(self, surface: Surface) -> float:
        """Gives the correlation that another colouring of the same shape has with this light."""
        from pipeline.render.look import Look

        brightness = Look(surface, TEXTURE_PX).colours(self.triangle, self.uv) @ _LUMA
        return _correlation(np.maximum(brightness, DARK / 4), self.sampled)


def shading_of(surface: Surface) -> Shading | None:
    """Fits the light of a surface with textures or vertex colours; None where too few points say anything."""
    from pipeline.render.look import Look

    points = sample(surface, SAMPLES, SEED)
    if len(points) == 0:
        return None
    scene, look = scene_of(surface), Look(surface, TEXTURE_PX)
    triangle, uv = scene.nearest(points)
    colour = look.colours(triangle, uv).astype(np.float64)
    normal = look.at_normals(triangle, uv).astype(np.float64)
    good = (colour.max(axis=1) < BRIGHT) & (colour @ _LUMA > DARK)
    if good.sum() < SAMPLES // 20:
        return None
    open_ = openness(scene, points, normal, surface.diagonal)
    brightness = colour[good] @ _LUMA
    terms = harmonics(normal[good]) * open_[good, None]
    factors = _fitted(terms, brightness)
    floor = LEAST_LIGHT * float(np.mean(terms @ factors))
    sampled = np.maximum(terms @ factors, floor)
    middle = float(np.exp(np.log(sampled).mean()))
    at_vertices = _carried(surface, points, normal, open_)
    normals = normals_of(surface).astype(np.float64)
    light = np.maximum((harmonics(normals) @ factors) * at_vertices, floor) / middle
    sampled /= middle
    correlation = _correlation(brightness, sampled)
    return Shading(light, correlation, sampled, triangle[good], uv[good])


def harmonics(normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives the nine real spherical harmonics up to order two of unit vectors (N, 3), but for their factors:
    (N, 9).
    """
    x, y, z = normal.T
    return np.column_stack(
        [np.ones(len(x)), y, z, x, x * y, y * z, z * z - 1 / 3, x * z, (x * x - y * y) / 2]
    )


def openness(
    scene: Scene, points: NDArray[np.float64], normal: NDArray[np.float64], diagonal: float
) -> NDArray[np.float64]:
    """Gives how much of the half sphere over each point (N, 3) is open, weighted by the cosine: (N,) 0..1."""
    random = np.random.Generator(np.random.PCG64(SEED))
    start = (points - scene.origin + normal * 1e-3 * diagonal).astype(np.float32)
    open_ = np.zeros(len(points))
    for _ in range(RAYS):
        towards = random.normal(size=normal.shape)
        towards /= np.maximum(np.linalg.norm(towards, axis=1, keepdims=True), 1e-12)
        towards = towards + normal * 1.0001  # a unit sphere on the tip of the normal: directions by cosine
        towards /= np.maximum(np.linalg.norm(towards, axis=1, keepdims=True), 1e-12)
        rays = np.hstack([start, towards.astype(np.float32)])
        open_ += ~scene.blocked(rays, far=REACH * diagonal)
    return np.maximum(open_ / RAYS, 1 / RAYS)


def _fitted(terms: NDArray[np.float64], brightness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nine factors by iteratively reweighted least squares on relative errors."""
    ridge = np.diag([0.0] + [RIDGE * len(terms)] * (terms.shape[1] - 1))
    light = np.full(len(terms), float(np.median(brightness)))
    factors = np.zeros(terms.shape[1])
    for _ in range(ROUNDS):
        apart = np.abs(brightness / light - 1)
        weight = np.minimum(1, HUBER / np.maximum(apart, 1e-9)) / light**2
        scale = float(np.median(1 / light**2))
        normal = (terms * weight[:, None]).T @ terms + ridge * scale
        factors = np.linalg.solve(normal, (terms * weight[:, None]).T @ brightness)
        guess = terms @ factors
        light = np.maximum(guess, LEAST_LIGHT * max(float(guess.mean()), 1e-9))
    return factors


def _carried(
    surface: Surface, points: NDArray[np.float64], normal: NDArray[np.float64], open_: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The openness at every vertex (V,), from the points near it that face the same way."""
    from scipy.spatial import cKDTree

    diagonal = max(surface.diagonal, 1e-30)
    tree = cKDTree(np.hstack([points / diagonal, normal * SIDEWAYS]))
    asked = np.hstack([surface.positions / diagonal, normals_of(surface) * SIDEWAYS])
    out = np.empty(len(asked))
    for begin in range(0, len(asked), 1 << 17):
        part = slice(begin, begin + (1 << 17))
        gap, index = tree.query(np.nan_to_num(asked[part]), k=NEAR)
        weight = 1 / np.maximum(gap, 1e-6)
        out[part] = (open_[index] * weight).sum(axis=1) / weight.sum(axis=1)
    return out


def _correlation(brightness: NDArray[np.float64], light: NDArray[np.float64]) -> float:
    one, other = np.log(brightness), np.log(light)
    if one.std() < 1e-9 or other.std() < 1e-9:
        return 0.0
    return round(float(np.corrcoef(one, other)[0, 1]), 4)
