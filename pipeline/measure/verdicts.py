"""The figures of a derivative held against limits: pass, warn or fail, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from pipeline.catalogue.derivative import ColourDifference, Derivative, Deviation
from pipeline.catalogue.figures import figures
from pipeline.catalogue.finding import Finding, Level
from pipeline.catalogue.proof import Outcome, Proof, Verdict
from pipeline.measure.thresholds import Limit, Thresholds

_GRAVE: dict[Outcome, Level] = {"warn": "warning", "fail": "failure"}


def judged(made: Derivative, thresholds: Thresholds) -> Derivative:
    """Gives a derivative with its verdicts; one without a proof as it is."""
    if made.proof is None:
        return made
    known = figures_of(made.deviation_mm, made.colour_de2000, made.proof)
    found = verdicts(known, thresholds.of(made.usage, made.quality))
    return replace(made, proof=replace(made.proof, verdicts=found))


def verdicts(known: dict[str, float], limits: dict[str, Limit]) -> tuple[Verdict, ...]:
    """Holds figures against limits, in the order of ``figures.toml``; without limit there is no verdict."""
    return tuple(
        Verdict(
            name, outcome(name, known[name], limits[name]), known[name], limits[name].warn, limits[name].fail
        )
        for name in figures()
        if name in known and name in limits
    )


def outcome(figure: str, value: float, limit: Limit) -> Outcome:
    """Says on which side of its limits a figure lies; right on a limit it keeps to it."""
    sign = -1 if figures()[figure]["sense"] == "least" else 1
    if sign * value > sign * limit.fail:
        return "fail"
    return "warn" if sign * value > sign * limit.warn else "pass"


def findings(made: Iterable[Derivative]) -> tuple[Finding, ...]:
    """Gives what of the verdicts a person should know: everything that does not pass."""
    return tuple(
        _finding(f"{one.usage} {one.quality}", verdict)
        for one in made
        if one.proof is not None
        for verdict in one.proof.verdicts
        if verdict.outcome != "pass"
    )


def _finding(level: str, verdict: Verdict) -> Finding:
    limit = verdict.fail if verdict.outcome == "fail" else verdict.warn
    told: dict[str, float | int | str] = {
        "level": level,
        "figure": verdict.figure,
        "value": verdict.value,
        "limit": limit,
    }
    if figures()[verdict.figure]["sense"] == "least":
        return Finding("proof-below-limit", _GRAVE[verdict.outcome], told)
    return Finding("proof-above-limit", _GRAVE[verdict.outcome], told)


def figures_of(deviation: Deviation, colour: ColourDifference | None, proof: Proof) -> dict[str, float]:
    """Gives the figures that can be judged by their names in ``figures.toml``; what does not apply is left
    out."""
    found: dict[str, float | None] = {"deviation_mean_mm": deviation.mean, "deviation_p95_mm": deviation.p95}
    if colour is not None:
        found |= {"colour_mean_de": colour.mean, "colour_p95_de": colour.p95}
    if (px := proof.deviation_px) is not None:
        found |= {"deviation_mean_px": px.mean, "deviation_rms_px": px.rms}
        found |= {"deviation_p95_px": px.p95, "deviation_max_px": px.max}
    if (normals := proof.normals_deg) is not None:
        found |= {"normals_mean_deg": normals.mean, "normals_p95_deg": normals.p95}
    if (seen := proof.likeness) is not None:
        found |= {"ssim": seen.ssim, "ssim_least": seen.ssim_least, "psnr_db": seen.psnr_db}
    if (texel := proof.texel_mm) is not None:
        found |= {"texel_median_mm": texel.median_mm, "texel_p5_mm": texel.p5_mm}
        found |= {"texel_median_px": round(texel.median_mm / px.pixel_mm, 3) if px else None}
    if (uv := proof.uv) is not None:
        found |= {"uv_overlap_percent": uv.overlap_percent, "uv_utilisation_percent": uv.utilisation_percent}
        found |= {"uv_stretch_l2": uv.stretch_l2, "uv_stretch_p95": uv.stretch_p95}
        found |= {"uv_stretch_max": uv.stretch_max, "uv_collapsed_percent": uv.collapsed_percent}
    if (back := proof.read_back) is not None:
        found |= {
            "read_back_triangles_lost": back.triangles_lost,
            "read_back_normals_deg": back.normals_p95_deg,
        }
        found |= {"read_back_uvs_texels": back.uvs_p95_texels}
        found |= {"read_back_max_px": round(back.positions_max_mm / px.pixel_mm, 4) if px else None}
    if (said := proof.validator) is not None:
        found |= {"validator_errors": said.errors, "validator_warnings": said.warnings}
    found |= {"bake_miss_percent": proof.bake_miss_percent, "filled_area_cm2": proof.filled_area_cm2}
    return {figure: value for figure, value in found.items() if value is not None}
