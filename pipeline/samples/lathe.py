"""Irregular triangles over a surface of revolution, like photogrammetry's, and watertight.

The trick is a map that keeps angles: with w = integral of ds / r the surface unrolls to (angle, w) as in
Mercator's chart of the world, so a plane Delaunay triangulation there is a good one on the surface, from
the foot to the knob.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import Delaunay

Array = NDArray[Any]
TURN = 2 * np.pi


@dataclass(frozen=True, slots=True)
class Profile:
    """The curve that is turned: arc length, radius, height and outward normal, every 0.05 mm."""

    s: Array
    r: Array
    y: Array
    nr: Array
    ny: Array

    @classmethod
    def through(cls, runs: list[list[tuple[float, float]]], soften_mm: float = 0.5) -> Profile:
        """Gives a smooth curve through each run of (radius, height) points; runs meet in soft corners."""
        parts = []
        for run in runs:
            p = np.asarray(run, dtype=float)
            t = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))])
            fine = np.linspace(0, t[-1], max(8, int(t[-1] / 0.02)))
            parts.append(
                np.stack([PchipInterpolator(t, p[:, 0])(fine), PchipInterpolator(t, p[:, 1])(fine)], 1)
            )
        line = np.concatenate(parts)
        step = np.hypot(*np.diff(line, axis=0).T)
        s = np.concatenate([[0.0], np.cumsum(step)])
        keep = np.concatenate([[True], step > 1e-9])
        even = np.arange(0, s[-1], 0.05)
        r = np.interp(even, s[keep], line[keep, 0])
        y = np.interp(even, s[keep], line[keep, 1])
        sigma = soften_mm / 0.05
        ends = np.minimum(1, np.minimum(even, even[-1] - even) / (3 * soften_mm))
        r += (gaussian_filter1d(r, sigma) - r) * ends
        y += (gaussian_filter1d(y, sigma) - y) * ends
        r[0], r[-1] = 0.0, 0.0
        dr, dy = gaussian_filter1d(np.gradient(r), 6), gaussian_filter1d(np.gradient(y), 6)
        length = np.hypot(dr, dy)
        return cls(even, np.maximum(r, 0), y, dy / length, -dr / length)

    def at(self, s: Array) -> tuple[Array, Array, Array, Array]:
        """Gives radius, height and the normal's two parts at arc lengths."""
        return (
            np.interp(s, self.s, self.r),
            np.interp(s, self.s, self.y),
            np.interp(s, self.s, self.nr),
            np.interp(s, self.s, self.ny),
        )


def turned(
    profile: Profile, edge_mm: Array, rng: np.random.Generator, *, jitter: float = 0.3
) -> tuple[Array, Array, Array, Array]:
    """Gives vertices and triangles over the whole surface.

    Args:
        profile: the curve.
        edge_mm: wanted edge length at every ``profile.s``.
        rng: source of the irregularity.
        jitter: in edges; 0 gives regular rows.

    Returns:
        angle (V,), arc length (V,), triangles (T, 3) and the triangles' unrolled angles (T, 3).
    """
    count = np.concatenate([[0.0], np.cumsum(0.05 / (0.87 * edge_mm[:-1]))])
    low = profile.s[np.argmax(profile.r > 1.3 * edge_mm)]
    high = profile.s[len(profile.r) - 1 - np.argmax((profile.r > 1.3 * edge_mm)[::-1])]
    n0, n1 = np.interp([low, high], profile.s, count)
    row_s = np.interp(np.linspace(n0, n1, max(4, round(n1 - n0) + 1)), count, profile.s)
    row_r = np.interp(row_s, profile.s, profile.r)
    row_edge = np.interp(row_s, profile.s, edge_mm)
    number = np.maximum(8, np.round(TURN * row_r / row_edge)).astype(int)
    row = np.repeat(np.arange(len(row_s)), number)
    index = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    inner = ((row > 0) & (row < len(row_s) - 1)).astype(float) * jitter
    angle = (index + 0.5 * (row % 2) + rng.uniform(-1, 1, len(row)) * inner) * (TURN / number[row])
    s = row_s[row] + rng.uniform(-1, 1, len(row)) * inner * 0.87 * row_edge[row]
    angle %= TURN

    integral = np.concatenate([[0.0], np.cumsum(0.05 / np.maximum(profile.r[:-1], 0.05))])
    w = np.interp(s, profile.s, integral)
    pad = np.minimum(7 * TURN / number[row], np.pi)
    before, after = angle > TURN - pad, angle < pad
    which = np.concatenate([np.arange(len(s)), np.flatnonzero(before), np.flatnonzero(after)])
    shift = np.repeat([0.0, -TURN, TURN], [len(s), before.sum(), after.sum()])
    plane = np.stack([angle[which] + shift, w[which]], axis=1)
    mesh = Delaunay(plane).simplices
    x, y = plane[mesh, 0], plane[mesh, 1]
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    mesh = np.where(area[:, None] < 0, mesh[:, ::-1], mesh)
    first = plane[mesh, 0].min(axis=1)
    mesh = mesh[(first >= 0) & (first < TURN) & (np.abs(area) > 1e-12)]
    unrolled = plane[mesh, 0]
    triangles = which[mesh]

    poles: list[float] = []
    for ring, s_pole, outward in ((0, 0.0, 1), (len(row_s) - 1, profile.s[-1], -1)):
        members = np.flatnonzero(row == ring)
        members = members[np.argsort(angle[members])][::outward]
        pole = len(s) + len(poles)
        following = np.roll(members, -1)
        turn = angle[following] - angle[members]
        turn += TURN * ((turn < -np.pi).astype(float) - (turn > np.pi))
        fan = np.stack([following, members, np.full(len(members), pole)], axis=1)
        triangles = np.concatenate([triangles, fan])
        a = angle[members]
        unrolled = np.concatenate([unrolled, np.stack([a + turn, a, a + turn / 2], axis=1)])
        poles.append(s_pole)
    return (
        np.concatenate([angle, np.zeros(len(poles))]),
        np.concatenate([s, poles]),
        triangles.astype(np.int32),
        unrolled,
    )
