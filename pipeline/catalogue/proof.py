"""The proof of a derivative: what was measured on the finished file beyond distance and colour.

Every figure is optional: null means that it does not apply (no texture, no screen, nothing baked) or was not
measured. Figures say nothing of good or bad; ``verdicts`` hold them against the museum's limits
(``measure/thresholds.toml``).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .figures import figure_name, figures, unit_of
from .finding import number

Outcome = Literal["pass", "warn", "fail"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "warn", "fail")
"""From the best to the worst."""


class ScreenDeviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The deviation in pixels of the screen that the level is made for.

    Attributes:
        screen_px: pixels that the object's diagonal fills.
        pixel_mm: size of one of them on the object.
        mean: mean distance in pixels.
        rms: root of the mean square.
        p95: 95th percentile of the worse direction.
        max: largest distance found.
    """

    screen_px: int
    pixel_mm: float
    mean: float
    rms: float
    p95: float
    max: float


class NormalDeviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Angle between the directions that scan and derivative face, as drawn: normal maps count.

    Attributes:
        mean: mean angle in degrees, at points of the scan and the nearest points of the derivative.
        p95: 95 of 100 samples are turned at most so far.
        samples: points sampled.
    """

    mean: float
    p95: float
    samples: int


class Histogram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many samples lie how far off, in bins of equal width from 0.

    Attributes:
        bin_mm: width of a bin; the last one holds all that lies further too.
        scan_to_model: samples of the scan in each bin.
        model_to_scan: samples of the derivative in each bin.
    """

    bin_mm: float
    scan_to_model: tuple[int, ...]
    model_to_scan: tuple[int, ...]


class Likeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How alike pictures of scan and derivative are: drawn from the same places under one light rig.

    Attributes:
        ssim: mean structural similarity where the object is, 1 for equal pictures.
        ssim_least: that of the view that differs most.
        psnr_db: peak signal-to-noise ratio over all views where the object is; 99 for equal pictures.
        views: pictures compared: of 12 those that show the object (a sheet seen edge-on fills no pixel).
        view_px: their side.
    """

    ssim: float
    ssim_least: float
    psnr_db: float
    views: int
    view_px: int


class TexelSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Size of a colour texel on the object.

    Attributes:
        median_mm: half of the surface has finer ones.
        p5_mm: 5 % of the surface have finer ones.
        p95_mm: 5 % of the surface have coarser ones.
    """

    median_mm: float
    p5_mm: float
    p95_mm: float


class UvLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the surface is laid out in its colour textures.

    Attributes:
        overlap_percent: share of the used area that more than one triangle uses.
        utilisation_percent: share of the texture that is used.
        stretch_l2: Sander's L2 stretch, 1 where all is evenly spread.
        stretch_p95: ratio of the longest to the shortest direction of a texel on the object: 95 % of the
            surface have at most this; 1 is square.
        stretch_max: the largest such ratio.
        collapsed_percent: share of the surface that has no area in the texture and is left out of the
            stretch.
    """

    overlap_percent: float
    utilisation_percent: float
    stretch_l2: float
    stretch_p95: float
    stretch_max: float
    collapsed_percent: float


class ReadBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What our own decoder reads from the compressed file, compared with the surface that went in.

    Attributes:
        triangles_lost: triangles that went in and did not come out (quantised to nothing).
        positions_max_mm: largest distance of a point from where it went in.
        normals_p95_deg: 95 % of the normals are turned at most so far.
        uvs_p95_texels: 95 % of the texture coordinates moved at most so far, in texels of the level's own
            largest texture; null without texture.
        colours_mean_de: mean CIEDE2000 of the colours that vertices carry, null without.
        textures_equal: whether every texture came back byte for byte, null without textures.
        samples: points compared.
    """

    triangles_lost: int
    positions_max_mm: float
    normals_p95_deg: float
    uvs_p95_texels: float | None
    colours_mean_de: float | None
    textures_equal: bool | None
    samples: int


class ValidatorCounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the Khronos glTF validator says of the file.

    Attributes:
        errors: messages of severity 0.
        warnings: of severity 1.
        infos: of severity 2.
        hints: of severity 3.
        codes: the messages' codes, each once, sorted.
    """

    errors: int
    warnings: int
    infos: int
    hints: int
    codes: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure held against the museum's limits.

    Attributes:
        figure: name of the figure in ``thresholds.toml``, for example ``deviation_p95_px``.
        outcome: ``pass``, ``warn`` (look at it) or ``fail`` (beyond the limit).
        value: the figure.
        warn: limit of ``pass``.
        fail: limit of ``warn``.
    """

    figure: str
    outcome: Outcome
    value: float
    warn: float
    fail: float

    def sentence(self, locale: str) -> str:
        """Gives the verdict with its reason, in zh-Hans or en (other locales read zh-Hans)."""
        unit = unit_of(self.figure)
        limit = self.fail if self.outcome == "fail" else self.warn
        sense = figures().get(self.figure, {}).get("sense", "most")
        told = _WORDS["en" if locale == "en" else "zh-Hans"][sense, self.outcome == "pass"]
        return told.format(
            name=figure_name(self.figure, locale),
            value=f"{number(self.value)}{unit}",
            limit=f"{number(limit)}{unit}",
        )


_WORDS: dict[str, dict[tuple[str, bool], str]] = {
    "zh-Hans": {
        ("most", True): "{name}为 {value}，不超过 {limit}",
        ("most", False): "{name}为 {value}，超过 {limit}",
        ("least", True): "{name}为 {value}，不低于 {limit}",
        ("least", False): "{name}为 {value}，低于 {limit}",
    },
    "en": {
        ("most", True): "{name} is {value}, within {limit}",
        ("most", False): "{name} is {value}, above {limit}",
        ("least", True): "{name} is {value}, at least {limit}",
        ("least", False): "{name} is {value}, below {limit}",
    },
}


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was measured on the finished file, read back by our own decoder, beyond distance and colour.

    Attributes:
        deviation_px: the deviation in pixels of the level's screen.
        normals_deg: how far directions are turned.
        histogram: how many samples lie how far off.
        likeness: how alike pictures are.
        texel_mm: how large a texel is on the object.
        uv: how the surface is laid out in its textures.
        bake_miss_percent: share of the texels whose ray met no surface of the scan when they were baked.
        filled_area_cm2: area that was made up to close holes.
        validator: what the Khronos validator says.
        read_back: the file compared with the surface that went into it.
        verdicts: the figures held against the museum's limits.
    """

    deviation_px: ScreenDeviation | None = None
    normals_deg: NormalDeviation | None = None
    histogram: Histogram | None = None
    likeness: Likeness | None = None
    texel_mm: TexelSize | None = None
    uv: UvLayout | None = None
    bake_miss_percent: float | None = None
    filled_area_cm2: float | None = None
    validator: ValidatorCounts | None = None
    read_back: ReadBack | None = None
    verdicts: tuple[Verdict, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst of the verdicts; ``pass`` where there are none."""
        return max((one.outcome for one in self.verdicts), key=OUTCOMES.index, default="pass")
