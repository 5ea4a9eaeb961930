"""Shares a level's bytes between triangles and texture: each byte where it brings the level nearest the scan.

Within one pixel of the scan, bytes may still be badly spent: of trench_019's ``large`` at WebP 92, two
thirds were colours finer than anyone sees, on a form of half the scan's triangles. So the level is looked at
from all sides (``measure.views``), first with finer triangles, then with a finer texture, and takes what
pays: a quarter of what is still lost, for each tenth more bytes (:data:`PAYS`). Form as Draco, the scan's own
texture, likeness as SSIM of eight views of 1080 lines:

                                        triangles     kB   mean mm     ΔE    SSIM
    trench_019     1 px,     WebP 80       23,088    242    0.455    1.62   0.9863
                   1 px,     WebP 92       23,088    404    0.455    0.57   0.9916
                   1/2 px,   WebP 80       42,554    272    0.092    1.56   0.9915
                   1/8 px,   WebP 80       46,243    277    0.021    1.55   0.9923
                   1/8 px,   WebP 84       46,243    308    0.021    1.41   0.9943
    excavation     1 px,     WebP 80       45,783  1,045    1.205    1.97   0.9783
                   1 px,     WebP 92       45,783  1,952    1.205    0.86   0.9812
                   1/2 px,   WebP 80       85,942  1,198    0.557    1.88   0.9872
                   1/4 px,   WebP 80      149,823  1,360    0.173    1.82   0.9922
                   whole,    WebP 80      197,292  1,392    0.058    1.79   0.9941
    jar-1M-4K      1 px,     WebP 80       39,454  1,663    0.041    0.98   0.9860
                   1 px,     WebP 92       39,454  3,570    0.041    0.70   0.9878
                   1/2 px,   WebP 80      151,425  1,948    0.020    0.94   0.9916
                   1/4 px,   WebP 80      591,050  2,940    0.008    0.93   0.9947
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Literal

from pipeline.matter.surface import Surface
from pipeline.measure.views import likeness
from pipeline.progress import report
from pipeline.steps.collapse import ready
from pipeline.steps.compress import compress
from pipeline.steps.reduce import reduce
from pipeline.steps.registry import step
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures

PAYS = log(0.75) / -log(1.1)
"""Times the logarithm of the bytes that come, which that of the loss must fall by: a quarter for a tenth."""
FINER = 3
"""Times that the error is halved at most."""
WHOLE = 0.7
"""A form with more than this share of the scan's triangles is held against the scan whole, whose order often
takes fewer bytes."""
QUALITIES = (86, 90, 94)
"""Of the texture, one after the other, above the one asked for."""
VIEWS, VIEW_PX = 6, 1080
UV_TEXELS = 0.125
"""Of a texel: the excavation whole, 1,469 kB and SSIM 0.9947 with a quarter, 1,498 and 0.9957 with an eighth.
A recipe gives the same to step ``compress``."""
LEAST_LOSS = 1e-4
"""Likeness is told to so much."""


@step(version=1, paints=True)
def balance(
    surface: Surface,
    *,
    max_error_mm: float | None = None,
    screen_px: int | None = None,
    max_error_px: float = 1.0,
    max_colour_de: float = 4.0,
    max_normals_deg: float | None = None,
    max_triangles: int | None = None,
    texture: Literal["auto", "keep", "bake"] = "auto",
    max_px: int = 4096,
    quality: int = 82,
    effort: int = 6,
    device: Literal["phone", "tablet", "headset", "panel", "quick_look", "none"] = "none",
) -> Surface:
    """Makes a level with its textures encoded: as step ``reduce``, then finer where that pays.

    A scan without a texture has nothing to share: its level is that of step ``reduce``. Where new textures
    were baked, only their quality is looked at.

    Args:
        surface: placed and cleaned.
        max_error_mm, screen_px, max_error_px, max_colour_de, max_normals_deg, max_triangles, texture: as step
            ``reduce``; the errors are bounds, and the level may be finer.
        max_px, effort, device: as step ``textures``.
        quality: of the texture, at least.

    Returns:
        The level; a finding says what was taken.

    Raises:
        Refused, Failed: as steps ``reduce`` and ``textures``.
    """
    bounds = {
        "max_error_mm": max_error_mm,
        "max_colour_de": max_colour_de,
        "max_normals_deg": max_normals_deg,
        "max_triangles": max_triangles,
    }
    looks = {"max_px": max_px, "effort": effort, "device": device, "screen_px": screen_px}
    first = reduce(
        surface,
        screen_px=screen_px,
        max_error_px=max_error_px,
        texture=texture,
        quality=quality,
        max_px=max_px,
        effort=effort,
        device=device,
        **bounds,  # type: ignore[arg-type]
    )
    if not first.textures():
        return first
    trial = _Trial(surface, looks)
    best = trial.of(first, quality)
    if _pictures(first) == _pictures(surface):
        errors = _Errors(max_error_mm, screen_px, max_error_px, max_colour_de)
        best = _with_triangles(trial, best, errors, max_triangles or len(surface.triangles))
    best = _with_texture(trial, best)
    return best.level.noting(
        "balanced",
        "info",
        quality=best.quality,
        triangles=len(best.form.triangles),
        from_triangles=len(first.triangles),
        kilobytes=round(best.bytes / 1000, 1),
        ssim=round(1 - best.loss, 4),
    )


def _pictures(surface: Surface) -> set[str]:
    return {texture.sha256 for texture in surface.textures()}


@dataclass(frozen=True, slots=True)
class _Errors:
    """The bounds of the coarsest form, and of finer ones."""

    mm: float | None
    screen_px: int | None
    px: float
    colour_de: float

    def form(self, scan: Surface, share: float) -> Surface:
        """The scan simplified within a share of the bounds."""
        return simplify(
            scan,
            max_error_mm=None if self.mm is None else self.mm * share,
            screen_px=self.screen_px,
            max_error_px=self.px * share,
            max_colour_de=self.colour_de * share,
            fit=True,
        )


@dataclass(frozen=True, slots=True)
class _Tried:
    """A form, the level made of it with its texture encoded, what it costs, and how much of the scan's look
    it loses (1 - SSIM)."""

    form: Surface
    level: Surface
    quality: int
    bytes: int
    loss: float

    @property
    def form_bytes(self) -> int:
        """Bytes without the pictures."""
        return self.bytes - sum(len(texture.encoded()) for texture in self.level.textures())

    def pays_after(self, other: _Tried) -> bool:
        """Whether this one loses enough less than the other for the bytes that it takes more."""
        won = log(other.loss / self.loss)
        return won >= PAYS * log(self.bytes / other.bytes) and (won > 0 or self.bytes < other.bytes)


class _Trial:
    """Makes levels of a scan and looks at them."""

    def __init__(self, scan: Surface, looks: Mapping[str, int | str | None]) -> None:
        self.scan, self._looks = scan, looks

    def of(self, form: Surface, quality: int) -> _Tried:
        """Encodes a form's texture, and tells what the level costs and loses."""
        level = textures(form, quality=quality, **self._looks)  # type: ignore[arg-type]
        size = len(compress(level, codec="draco", uv_texels=UV_TEXELS).data)
        alike = likeness(self.scan, level, views=VIEWS, view_px=VIEW_PX)
        loss = 1 - alike.ssim if alike else 1.0
        return _Tried(form, level, quality, size, max(loss, LEAST_LOSS))


def _with_triangles(trial: _Trial, best: _Tried, errors: _Errors, most: int) -> _Tried:
    """Goes on with finer forms while they pay."""
    scan = trial.scan
    whole = trial.of(ready(scan), best.quality) if len(scan.triangles) <= most else None
    growth = 1.0
    for halved in range(1, FINER + 1):
        report(halved - 1, FINER + 1, "passes")
        if len(best.form.triangles) >= WHOLE * len(scan.triangles) or not _may_pay(best, whole, growth):
            break
        form = errors.form(scan, 0.5**halved)
        if len(form.triangles) > most:
            break
        finer = trial.of(form, best.quality)
        if not finer.pays_after(best):
            break
        growth, best = finer.form_bytes / max(best.form_bytes, 1), finer
    report(FINER + 1, FINER + 1, "passes")
    return whole if whole and whole.pays_after(best) else best


def _may_pay(best: _Tried, whole: _Tried | None, growth: float) -> bool:
    """Whether a form that takes so many times the bytes could, were it as like the scan as the scan itself
    with that texture."""
    if whole is None or growth == 1:
        return True
    more = best.form_bytes * (growth - 1) / best.bytes
    return log(best.loss / whole.loss) >= PAYS * log(1 + max(more, 0.0))


def _with_texture(trial: _Trial, best: _Tried) -> _Tried:
    """Goes on with a finer texture while it pays."""
    for quality in QUALITIES:
        if quality <= best.quality:
            continue
        finer = trial.of(best.form, quality)
        if not finer.pays_after(best):
            break
        best = finer
    return best
