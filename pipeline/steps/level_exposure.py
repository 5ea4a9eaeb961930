"""Levels the exposure of textures that meet: one gain a texture, from the colours on both sides of seams.

The logarithms of the gains are the least-squares solution of "both sides of a seam are equally bright", each
pair of textures by the median over the places where they meet (a leaf's edge or a highlight on one side does
not count), weighted by how many there are. Only differences are known, so the mean of the logarithms within
each group of textures that hang together is fixed at no change: a scan as a whole gets neither brighter nor
darker. After Brown and Lowe, *Automatic Panoramic Image Stitching using Invariant Features* (IJCV 74, 2007),
section 6, in logarithms, where a gain and its inverse weigh alike.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.surface import Material, Surface
from pipeline.matter.texture import Change
from pipeline.measure.seams import Seams, seams_of
from pipeline.steps.registry import step

LEAST_PLACES = 12
"""Places where two textures must meet for their difference to be believed."""
BETTER = 0.95
"""The mean difference at the seams must fall below this share of what it was, or nothing is changed."""
PULL = 1e-6
"""Weight that holds the mean of each group: so small that it decides nothing else."""
_LUMA = np.array([0.2126, 0.7152, 0.0722])


@step(version=1, paints=True)
def level_exposure(surface: Surface, *, max_stops: float = 0.7, per_channel: bool = False) -> Surface:
    """Levels the exposure of textures where they meet.

    Does nothing where there are fewer than two textures or no seam between them, and changes nothing where
    the seams would hardly get better. The textures themselves are not touched: each carries its gain until it
    is encoded.

    Args:
        surface: any, with vertices split at the seams or shared across them.
        max_stops: most that a texture is made brighter or darker, in stops (0.7 is a factor of 1.62); what
            differs more was not a matter of exposure, and the rest is left.
        per_channel: level red, green and blue each for itself, against differing white balances; takes the
            colour of one side for the other's where the seams lie on one material.

    Returns:
        The surface with levelled textures and a finding with the differences at the seams before and after.

    Raises:
        Refused: ``max_stops`` out of range.
    """
    if not 0 < max_stops <= 3:
        raise Refused("max_stops is above 0 and at most 3", where="step level_exposure")
    seams = seams_of(surface)
    if len(seams.pair) < LEAST_PLACES:
        return surface
    wished = _gains(seams, per_channel)
    bound = 2.0**max_stops
    gains = np.clip(wished, 1 / bound, bound)
    before, after = (seams.differences(g) for g in (np.ones_like(gains), gains))
    if after.mean() >= BETTER * before.mean():
        return surface
    finding = surface.but(materials=tuple(_levelled(m, seams, gains) for m in surface.materials))
    return finding.noting(
        "exposure-levelled",
        "info" if np.array_equal(gains, wished) else "warning",
        textures=len(seams.textures),
        places=len(seams.pair),
        before_mean_de=round(float(before.mean()), 2),
        before_p95_de=round(float(np.quantile(before, 0.95)), 2),
        after_mean_de=round(float(after.mean()), 2),
        after_p95_de=round(float(np.quantile(after, 0.95)), 2),
        darkest=round(float(gains.min()), 3),
        brightest=round(float(gains.max()), 3),
    )


def _gains(seams: Seams, per_channel: bool) -> NDArray[np.float64]:
    """The gains (textures, 3) that level the seams best, not bounded."""
    if per_channel:
        one, other = seams.one, seams.other
    else:
        one, other = (np.repeat((side @ _LUMA)[:, None], 3, axis=1) for side in (seams.one, seams.other))
    apart = np.log(other) - np.log(one)
    count = len(seams.textures)
    rows, wanted, weights = [], [], []
    for pair in np.unique(seams.pair, axis=0):
        there = (seams.pair == pair).all(axis=1)
        if there.sum() >= LEAST_PLACES:
            row = np.zeros(count)
            row[pair[0]], row[pair[1]] = 1, -1
            rows.append(row)
            wanted.append(np.median(apart[there], axis=0))
            weights.append(np.sqrt(there.sum()))
    if not rows:
        return np.ones((count, 3))
    weight = np.array(weights)[:, None]
    # the pull towards no change decides only what the seams leave open: the mean of each group
    system = np.concatenate([np.array(rows) * weight, np.eye(count) * PULL])
    right = np.concatenate([np.array(wanted) * weight, np.zeros((count, 3))])
    solved = np.linalg.lstsq(system, right, rcond=None)[0]
    out: NDArray[np.float64] = np.exp(np.where(np.abs(solved) < 1e-9, 0, solved))
    return out


def _levelled(material: Material, seams: Seams, gains: NDArray[np.float64]) -> Material:
    use = material.colour_texture
    if use is None:
        return material
    digests = [texture.sha256 for texture in seams.textures]
    r, g, b = (round(float(v), 5) for v in gains[digests.index(use.texture.sha256)])
    if (r, g, b) == (1.0, 1.0, 1.0):
        return material
    change = Change(((r, 0.0, 0.0), (0.0, g, 0.0), (0.0, 0.0, b)))
    return replace(material, colour_texture=replace(use, texture=use.texture.changed(change)))
