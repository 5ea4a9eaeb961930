"""The picture: one ray a pixel, more where an edge runs through it; shadows at half size, spread by form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.matter.surface import Surface
from pipeline.measure.scene import scene_of
from pipeline.render.camera import Camera
from pipeline.render.ground import Ground
from pipeline.render.light import PATTERN, openness, rig, shade, towards_eye
from pipeline.render.look import SRGB_TO_LINEAR, Look

TILE = 1 << 17
"""Rays worked on at a time, some 50 MB with everything that shading needs; arrays stay below the size from
which the C library asks the system for each one (``work.memory``)."""
LIFT = 2e-4
"""Start of secondary rays above the surface, as a share of the diagonal: more than single precision loses."""
REACH = 0.35
"""How far off something darkens a corner, as a share of the diagonal."""
TONE_EDGE, DEPTH_EDGE = 0.1, 0.02
"""Steps that make an edge: of brightness (its square root), of depth as a share of the diagonal."""

_LINEAR = (np.arange(65536) + 0.5) / 65535
LINEAR_TO_SRGB = np.rint(
    255 * np.where(_LINEAR <= 0.0031308, _LINEAR * 12.92, 1.055 * np.minimum(_LINEAR, 1) ** (1 / 2.4) - 0.055)
).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class _Shadows:
    """Room and key seen, at a coarser grid over the picture; ``form`` holds normal and depth to spread by."""

    seen: NDArray[np.float32]
    lit: NDArray[np.float32]
    step: int


def render(
    surface: Surface,
    *,
    camera: Camera,
    width: int,
    height: int,
    supersample: int = 3,
    background: tuple[int, int, int] | None = None,
    ground: bool = True,
    shadows: bool = True,
) -> NDArray[np.uint8]:
    """Draws a surface.

    Args:
        surface: placed, in metres; textures are decoded at the size the picture can show.
        camera: where to stand.
        width, height: of the picture, pixels.
        supersample: an edge pixel gets ``supersample``² rays.
        background: sRGB; None leaves it transparent.
        ground: draw the shadow on y = lowest point.
        shadows: shadows and darkening of corners; without them faster, for comparing textures.

    Returns:
        (height, width, 4) uint8 sRGB with straight alpha.
    """
    light = gathered(
        surface,
        camera=camera,
        width=width,
        height=height,
        supersample=supersample,
        ground=ground,
        shadows=shadows,
    )
    return finished(light, background)


def gathered(
    surface: Surface,
    *,
    camera: Camera,
    width: int,
    height: int,
    supersample: int = 3,
    ground: bool = True,
    shadows: bool = True,
) -> NDArray[np.float32]:
    """Gives what :func:`render` draws as light: (height, width, 4) linear, premultiplied."""
    # the mip that fits: about one texel a pixel when one texture covers the object, finer for atlases
    look = Look(surface, texture_px=_power_of_two(3 * max(width, height) // 2))
    painter = _Painter(surface, camera, look, (width, height))
    if ground:
        painter.ground = Ground(surface, painter.scene, painter.lights)
    if shadows:
        painter.gather_shadows()
    picture, edges = painter.once()
    if supersample > 1:
        painter.refine(picture, edges, supersample)
    return picture.reshape(height, width, 4)


class _Painter:
    def __init__(self, surface: Surface, camera: Camera, look: Look, size_px: tuple[int, int]) -> None:
        self.scene, self.camera, self.lights, self.look = scene_of(surface), camera, rig(camera), look
        self.width, self.height = size_px
        self.diagonal = surface.diagonal
        self.eye = (np.asarray(camera.eye) - self.scene.origin).astype(np.float32)
        self.ground: Ground | None = None
        self.shadows: _Shadows | None = None

    def once(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Every pixel by one ray: premultiplied linear RGBA (N, 4), and where edges run (N,)."""
        count = self.width * self.height
        picture, depth = np.zeros((count, 4), np.float32), np.full(count, np.inf, np.float32)
        for start in range(0, count, TILE):
            index = np.arange(start, min(start + TILE, count))
            x = (index % self.width + 0.5).astype(np.float32)
            y = (index // self.width + 0.5).astype(np.float32)
            picture[index], depth[index] = self.cast(x, y)
        return picture, _edges(picture.reshape(self.height, self.width, 4), depth, self.diagonal).ravel()

    def refine(self, picture: NDArray[np.float32], edges: NDArray[np.bool_], supersample: int) -> None:
        """Casts a grid of rays through the pixels that an edge crosses."""
        index = np.flatnonzero(edges)
        inner = (np.arange(supersample, dtype=np.float32) + np.float32(0.5)) / np.float32(supersample)
        dx, dy = (a.ravel() for a in np.meshgrid(inner, inner))
        chunk = max(1, TILE // len(dx))
        for start in range(0, len(index), chunk):
            some = index[start : start + chunk]
            x = (some % self.width).astype(np.float32)[:, None] + dx
            y = (some // self.width).astype(np.float32)[:, None] + dy
            values, _ = self.cast(x.ravel(), y.ravel())
            picture[some] = values.reshape(len(some), -1, 4).mean(axis=1)

    def cast(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Premultiplied linear RGBA (N, 4) and distance (N,) of rays through picture points."""
        view = self.camera.directions(x, y, self.width, self.height)
        origins = np.broadcast_to(self.eye, view.shape)
        far, triangle, uv, form = self.scene.cast(np.concatenate([origins, view], axis=1))
        out = np.zeros((len(view), 4), np.float32)
        hit = np.isfinite(far)
        if hit.any():
            points = self.look.at(triangle[hit], uv[hit])
            points.normal[:] = towards_eye(points.normal, form[hit], view[hit])
            seen, lit = self._shadow_at(x[hit], y[hit])
            out[hit, :3] = shade(points, view[hit], self.lights, seen, lit)
            out[hit, 3] = 1
        if self.ground is not None and not hit.all():
            out[~hit, 3] = self.ground.darkness(self.eye, view[~hit])
        return out, far

    def gather_shadows(self) -> None:
        """Room and key seen at every second or third pixel, averaged over the ray pattern where the form
        goes on.
        """
        step = 2 if max(self.width, self.height) <= 500 else 3
        wide, high = -(-self.width // step), -(-self.height // step)
        count = wide * high
        seen, lit = np.ones(count, np.float32), np.ones(count, np.float32)
        form = np.zeros((count, 4), np.float32)
        pattern = _pattern()
        for start in range(0, count, TILE):
            index = np.arange(start, min(start + TILE, count))
            column, row = index % wide, index // wide
            x, y = (column + 0.5) * step, (row + 0.5) * step
            view = self.camera.directions(x, y, self.width, self.height)
            rays = np.concatenate([np.broadcast_to(self.eye, view.shape), view], axis=1)
            far, triangle, uv, flat = self.scene.cast(rays)
            hit = np.isfinite(far)
            if not hit.any():
                continue
            normal = self.look.at_normals(triangle[hit], uv[hit])
            normal = towards_eye(normal, flat[hit], view[hit])
            at = self.eye + view[hit] * far[hit, None] + normal * (LIFT * self.diagonal)
            turn = pattern[row[hit] % PATTERN, column[hit] % PATTERN]
            reach = REACH * self.diagonal
            some = index[hit]
            seen[some], lit[some] = openness(
                self.scene, at, normal, turn=turn, lights=self.lights, reach=reach
            )
            form[some, :3], form[some, 3] = normal, far[hit]
        grids = np.concatenate([seen[:, None], lit[:, None], form], axis=1)
        self.shadows = _Shadows(*_spread(grids.reshape(high, wide, 6), self.diagonal), step)

    def _shadow_at(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self.shadows is None:
            ones = np.ones(len(x), np.float32)
            return ones, ones
        high, wide = self.shadows.seen.shape
        u, v = x / self.shadows.step - 0.5, y / self.shadows.step - 0.5
        u0, v0 = np.clip(u.astype(np.int32), 0, wide - 2), np.clip(v.astype(np.int32), 0, high - 2)
        fu, fv = np.clip(u - u0, 0, 1).astype(np.float32), np.clip(v - v0, 0, 1).astype(np.float32)
        corner = v0 * wide + u0
        answers: list[NDArray[np.float32]] = []
        for grid in (self.shadows.seen.ravel(), self.shadows.lit.ravel()):
            first, below = grid[corner], grid[corner + wide]
            top = first + (grid[corner + 1] - first) * fu
            answers.append(top + (below + (grid[corner + wide + 1] - below) * fu - top) * fv)
        return answers[0], answers[1]


def _pattern() -> NDArray[np.float32]:
    """Turns of the ray pattern, 0..1: every one of 16 angles once in 4 x 4 pixels, neighbours far apart."""
    order = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    return order / np.float32(16)


def _spread(grids: NDArray[np.float32], size: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Averages over 5 x 5 neighbours that look the same way and lie at the same depth; fills the outside."""
    pad = 2
    high, wide, _ = grids.shape
    padded = np.pad(grids, ((pad, pad), (pad, pad), (0, 0)))
    total = np.zeros((high, wide, 2), np.float32)
    weight = np.zeros((high, wide, 1), np.float32)
    outside = grids[..., 5:] == 0
    for dy in range(2 * pad + 1):
        for dx in range(2 * pad + 1):
            other = padded[dy : dy + high, dx : dx + wide]
            alike = np.clip(np.einsum("ijk,ijk->ij", other[..., 2:5], grids[..., 2:5]), 0, 1)[..., None] ** 4
            near = np.exp(-np.abs(other[..., 5:] - grids[..., 5:]) / (0.01 * size))
            w = np.where(outside, 1.0, alike * near) * (other[..., 5:] > 0)
            total += other[..., :2] * w
            weight += w
    out = np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), grids[..., :2])
    return np.ascontiguousarray(out[..., 0], np.float32), np.ascontiguousarray(out[..., 1], np.float32)


def _edges(picture: NDArray[np.float32], depth: NDArray[np.float32], size: float) -> NDArray[np.bool_]:
    """Pixels whose neighbours differ in cover, depth or brightness."""
    tone = np.sqrt(np.clip(picture[..., :3].mean(axis=-1), 0, None))
    far = np.where(np.isfinite(depth), depth, 10 * size).reshape(tone.shape)
    edge = np.zeros(tone.shape, bool)
    for axis in (0, 1):
        jump = (np.abs(np.diff(tone, axis=axis)) > TONE_EDGE) | (
            np.abs(np.diff(far, axis=axis)) > DEPTH_EDGE * size
        )
        first = [slice(None), slice(None)]
        second = [slice(None), slice(None)]
        first[axis], second[axis] = slice(None, -1), slice(1, None)
        edge[tuple(first)] |= jump
        edge[tuple(second)] |= jump
    return edge


def finished(picture: NDArray[np.float32], background: tuple[int, int, int] | None) -> NDArray[np.uint8]:
    """Premultiplied linear light to sRGB with straight alpha, over the background if there is one."""
    alpha = np.clip(picture[..., 3:], 0, 1)
    if background is not None:
        back = SRGB_TO_LINEAR[list(background)]
        light, alpha = picture[..., :3] + back * (1 - alpha), np.ones_like(alpha)
    else:
        light = picture[..., :3] / np.maximum(alpha, 1e-4)
    out = np.empty(picture.shape, np.uint8)
    out[..., :3] = LINEAR_TO_SRGB[(np.clip(light, 0, 1) * np.float32(65535)).astype(np.uint16)]
    out[..., 3:] = np.rint(alpha * 255)
    return out


def _power_of_two(n: int) -> int:
    return 1 << max(6, int(n - 1).bit_length())
