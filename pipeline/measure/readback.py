"""What our own decoder reads from a compressed file, compared with the surface that went into it.

The Khronos validator does not look inside meshopt or Draco. Encoders put vertices and triangles into another
order, so places are compared and not rows: points drawn on what went in, and the nearest places on what came
out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.proof import ReadBack
from pipeline.matter.surface import Surface
from pipeline.measure.colour import ciede2000, lab
from pipeline.measure.normals import turned_at
from pipeline.measure.pairs import Places, blended, pairs

SAMPLES = 50_000
SRGB = 255.0


def read_back(before: Surface, after: Surface, *, samples: int = SAMPLES, seed: int = 5) -> ReadBack | None:
    """Compares a surface with what was read back from the file made of it; None where it has no area.

    Texture coordinates are told by their 95th percentile: right at a seam the nearest place may lie on the
    other chart.

    Args:
        before: what went in, in metres.
        after: what our reader made of the file.
        samples: points compared.
        seed: of the generator that draws them.
    """
    found = pairs(before, after, samples, seed)
    if len(found.gaps) == 0:
        return None
    turned = turned_at(before, after, found)
    return ReadBack(
        triangles_lost=len(before.triangles) - len(after.triangles),
        positions_max_mm=round(float(found.gaps.max()) * 1000, 4),
        normals_p95_deg=round(float(np.quantile(turned, 0.95)), 3),
        uvs_p95_texels=_uvs(before, after, found.a, found.b),
        colours_mean_de=_colours(before, after, found.a, found.b),
        textures_equal=_textures(before, after),
        samples=samples,
    )


def _uvs(before: Surface, after: Surface, a: Places, b: Places) -> float | None:
    textures = before.textures()
    if not before.uvs or not after.uvs or not textures:
        return None
    gaps = np.abs(blended(before.uvs[0], before, a) - blended(after.uvs[0], after, b))
    texels = float(np.quantile(gaps.max(axis=1), 0.95)) * max(max(t.width, t.height) for t in textures)
    return round(texels, 3)


def _colours(before: Surface, after: Surface, a: Places, b: Places) -> float | None:
    if before.colours is None or after.colours is None:
        return None
    one, two = (
        _linear(blended(s.colours[:, :3], s, p))
        for s, p in ((before, a), (after, b))
        if s.colours is not None
    )
    return round(float(ciede2000(lab(one), lab(two)).mean()), 3)


def _textures(before: Surface, after: Surface) -> bool | None:
    """By their digests: a writer has no business touching an encoded picture."""
    if not before.textures():
        return None
    return {t.sha256 for t in before.textures()} == {t.sha256 for t in after.textures()}


def _linear(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear light of 8-bit sRGB values (IEC 61966-2-1)."""
    share = srgb / SRGB
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
