"""How it is lit: one soft key from the upper left, one fill, one rim, a grey room; a shadow on the ground.

The rig turns with the camera, as in a photographer's studio. Light adds up to at most one, so that a
scanned colour is never shown brighter than it was measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.scene import Scene
from pipeline.render.camera import Camera
from pipeline.render.look import Points

AMBIENT, KEY, FILL, RIM = 0.36, 0.80, 0.14, 0.34
KEY_SPREAD = 0.16
"""Half size of the key as seen from the object (tangent): a softbox 40 cm wide at 1.2 m."""
AROUND_RAYS, KEY_RAYS = 12, 4
PATTERN = 4
"""Rays turn in a pattern of 4 x 4 pixels and the answers are averaged: 192 rays for the price of 12."""


@dataclass(frozen=True, slots=True)
class Rig:
    """Unit directions (3,) towards the lights."""

    key: NDArray[np.float32]
    fill: NDArray[np.float32]
    rim: NDArray[np.float32]


def rig(camera: Camera) -> Rig:
    """Gives the lights for a camera: they stay level when it looks down."""
    right, _, forward = camera.basis()
    level = np.array([forward[0], 0.0, forward[2]])
    level = level / np.linalg.norm(level) if np.linalg.norm(level) > 1e-6 else np.array([0.0, 0.0, -1.0])
    up = np.array([0.0, 1.0, 0.0])
    return Rig(
        key=_unit(-0.55 * right + 0.72 * up - 0.85 * level),
        fill=_unit(0.85 * right + 0.12 * up - 0.6 * level),
        rim=_unit(0.45 * right + 0.55 * up + 0.9 * level),
    )


def shade(
    points: Points,
    view: NDArray[np.float32],
    lights: Rig,
    open_: NDArray[np.float32],
    lit: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Gives the linear light (N, 3) that reaches the eye.

    Args:
        points: what is there, with normals on the eye's side (:func:`towards_eye`).
        view: unit directions from the eye to the points (N, 3).
        lights: the rig.
        open_: share of the room that each point sees (N,).
        lit: share of the key that each point sees (N,).
    """
    normal = points.normal
    facing = np.clip(-np.einsum("ij,ij->i", normal, view), 0, 1)
    key = np.clip(normal @ lights.key, 0, None)
    fill = np.clip(normal @ lights.fill, 0, None)
    rim = np.clip(normal @ lights.rim, 0, None) * (1 - facing) ** 2
    ambient = AMBIENT * (0.82 + 0.18 * normal[:, 1]) * open_
    light = ambient + KEY * key * lit + FILL * fill * open_ + RIM * rim * open_
    diffuse = points.colour * (1 - points.metallic)[:, None] * _shoulder(light)[:, None]
    mirror = view - 2 * np.einsum("ij,ij->i", view, normal)[:, None] * normal
    room = _room(mirror, points.roughness, lights) * (0.25 + 0.75 * open_) * (0.45 + 0.55 * lit)
    fresnel = (1 - facing) ** 5 * (1 - points.roughness) ** 2
    strength = 0.04 + (points.colour - 0.04) * points.metallic[:, None]
    strength = strength + (1 - strength) * fresnel[:, None]
    gloss = strength * (room * np.where(points.metallic > 0.5, 1.0, (1 - points.roughness) ** 1.5))[:, None]
    out: NDArray[np.float32] = (diffuse + gloss + points.emitted).astype(np.float32)
    return out


def towards_eye(
    normal: NDArray[np.float32], form: NDArray[np.float32], view: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Gives smooth normals (N, 3) on the side of the triangle (``form``) that the eye sees.

    At the outline a smooth normal may point away although its triangle does not; it is bent back to the
    outline instead of turned over, which would draw a bright or black dot.
    """
    behind = np.einsum("ij,ij->i", form, view) > 0
    normal = normal * np.where(behind, -1, 1).astype(np.float32)[:, None]
    away = np.clip(np.einsum("ij,ij->i", normal, view) + np.float32(0.02), 0, None)
    normal = normal - view * away[:, None]
    out: NDArray[np.float32] = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    return out


def _shoulder(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Straight up to 0.75, then bending towards 1 and never beyond."""
    over = np.clip(light - 0.75, 0, None)
    return np.where(light > 0.75, 0.75 + 0.25 * (1 - np.exp(-over / 0.25)), light)


def _room(mirror: NDArray[np.float32], roughness: NDArray[np.float32], lights: Rig) -> NDArray[np.float32]:
    """What a mirror sees of the grey room: dim floor, lighter ceiling, the key; blurred by roughness."""
    height = mirror[:, 1]
    walls = 0.20 + 0.42 / (1 + np.exp(-height * (7 - 5 * roughness)))
    sharp = 6 + 130 * (1 - roughness) ** 3
    box = np.clip(mirror @ lights.key, 0, 1) ** sharp * (0.5 + 1.2 * (1 - roughness))
    side = np.clip(mirror @ lights.fill, 0, 1) ** (sharp * 0.5) * 0.3
    out: NDArray[np.float32] = walls + box + side
    return out


def openness(
    scene: Scene,
    at: NDArray[np.float32],
    normal: NDArray[np.float32],
    *,
    turn: NDArray[np.float32],
    lights: Rig,
    reach: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Gives for points (N, 3) near the scene's origin how much of the room and of the key they see, each
    (N,) 0..1.

    Args:
        scene: what may be in the way.
        at: points, already lifted a little off the surface.
        normal: unit, towards the eye's side.
        turn: angle of each point's ray pattern, 0..1.
        lights: the rig.
        reach: how far off something still darkens, metres.
    """
    count = len(at)
    side, up = _frame(normal)
    seen = np.zeros(count, np.float32)
    for i in range(AROUND_RAYS):
        angle = 2 * math.pi * (turn + i * 0.618034)
        height = math.sqrt(1 - (i + 0.5) / AROUND_RAYS)  # cosine-weighted
        wide = math.sqrt(1 - height**2)
        ray = normal * height + (side * np.cos(angle)[:, None] + up * np.sin(angle)[:, None]) * wide
        seen += ~scene.blocked(np.concatenate([at, ray], axis=1, dtype=np.float32), reach)
    key_side, key_up = _frame(lights.key[None])
    lit = np.zeros(count, np.float32)
    for i in range(KEY_RAYS):
        angle = 2 * math.pi * (turn + i / KEY_RAYS)
        wide = KEY_SPREAD * math.sqrt((i + 0.5) / KEY_RAYS)
        ray = lights.key + (key_side * np.cos(angle)[:, None] + key_up * np.sin(angle)[:, None]) * wide
        lit += ~scene.blocked(np.concatenate([at, ray], axis=1, dtype=np.float32), reach * 20)
    return seen / np.float32(AROUND_RAYS), lit / np.float32(KEY_RAYS)


def _frame(normal: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two unit vectors across each normal (N, 3), without a branch (Duff et al. 2017)."""
    x, y, z = normal.T
    sign = np.where(z < 0, -1.0, 1.0).astype(np.float32)
    a = -1 / (sign + z)
    b = x * y * a
    side = np.stack([1 + sign * x * x * a, sign * b, -sign * x], axis=1)
    up = np.stack([b, sign + y * y * a, -y], axis=1)
    return side.astype(np.float32), up.astype(np.float32)


def _unit(v: NDArray[np.float64]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = (v / np.linalg.norm(v)).astype(np.float32)
    return out
