"""What a technician should know of an export: what was taken and what was not, and what its files tell."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.catalogue.finding import Finding

from .choice import is_cloud, textures_of
from .listing import Listing
from .told import Told, in_one_line

_NAMES_MAX = 5


def findings_of(listing: Listing, program: str, models: Sequence[str], told: Told) -> tuple[Finding, ...]:
    """Gives what was recognised and taken, what was left aside, and what the files tell."""
    aside = [name for name in listing.models if name not in models]
    clouds = sum(is_cloud(listing.path(name)) for name in aside)
    figures: dict[str, float | int | str] = {
        "program": program,
        "model": _names(models),
        "aside": _names(aside) or "none",
        "clouds": clouds,
    }
    found = [Finding("export-recognised", "info", figures)]
    textures = [named for model in models for named in textures_of(listing.path(model))]
    if textures:
        named = _names([in_one_line(texture) for texture in textures])
        found.append(Finding("export-textures", "info", {"textures": len(textures), "names": named}))
    if told.report or told.cameras:
        beside = {"report": told.report or "none", "cameras": told.cameras or "none"}
        found.append(Finding("export-beside", "info", dict(beside)))
    found += of_the_capture(told)
    if told.unit is None:
        found.append(Finding("export-scale-open", "warning", {"program": program}))
    elif not told.control:
        found.append(Finding("export-scale-gps", "warning", {"program": program}))
    return (*found, *told.findings)


def of_the_capture(told: Told) -> list[Finding]:
    """Gives what the files tell of photographs, errors, scale and place."""
    found = []
    if told.photos or told.used:
        used = told.used or told.photos or 0
        found.append(Finding("export-photos", "info", {"photos": told.photos or used, "used": used}))
    if told.reprojection_error_px:
        error = {"error_px": round(told.reprojection_error_px, 3)}
        found.append(Finding("export-reprojection", "info", dict(error)))
    if told.scale_bars:
        longest = max(bar.length_mm for bar in told.scale_bars)
        bars = {"bars": len(told.scale_bars), "longest_mm": longest}
        found.append(Finding("export-scale-bars", "info", dict(bars)))
    if told.origin:
        x, y, z = (f"{value:.10g}" for value in told.origin)
        place = {"system": told.coordinate_system or "unnamed", "x": x, "y": y, "z": z}
        found.append(Finding("export-origin", "info", dict(place)))
    return found


def _names(names: Sequence[str]) -> str:
    more = f" … ({len(names)})" if len(names) > _NAMES_MAX else ""
    return ", ".join(names[:_NAMES_MAX]) + more
