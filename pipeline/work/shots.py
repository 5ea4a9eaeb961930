"""The pictures: the poster and the one for sharing, the report's scan and model side by side, and what was
cut away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import inputs
from pipeline.cache import key
from pipeline.catalogue.derivative import Picture
from pipeline.catalogue.finding import Finding
from pipeline.deliver import About
from pipeline.progress import stage
from pipeline.report.sides import Sides

from .chain import Made, chained
from .job import Job
from .levels import Common, Written
from .records import CutRecord, PictureRecord

DETACH = "detach"
"""The step that cuts."""


def pictures(job: Job, common: Common, about: About) -> PictureRecord:
    """Renders the object's pictures, or finds them rendered."""
    full = job.recipe.proof == "full"
    name = key("pictures", common.about_key, full)
    record = job.cache.record(name, PictureRecord)
    if record is not None and all(job.is_there(one.path, one.sha256) for one in record.pictures):
        return record
    made, view = [], None
    with stage("pictures"):
        for shot in job.tools.pictures(common.made.get(), about, full):
            path, sha256 = job.keep(shot.usage, shot.suffix, shot.data)
            size = (shot.width_px, shot.height_px)
            view = shot.view if shot.usage == "poster" else view
            made.append(Picture(shot.usage, path, shot.media_type, len(shot.data), sha256, *size))
    record = PictureRecord(tuple(made), view)
    job.cache.keep_record(name, record)
    return record


def cut(job: Job, source: Made, given: Mapping[str, Any], findings: Sequence[Finding]) -> CutRecord:
    """Gives the picture of what the step ``detach`` cut away, where it did.

    Args:
        job: the run.
        source: the scan; the steps before the cut are done again unless their result is kept, which costs
            some seconds where something was cut and nothing elsewhere.
        given: facts of the capture.
        findings: of the common steps.
    """
    names = [use.step.name for use in job.recipe.uses]
    if DETACH not in names or not any(found.code.startswith("support-removed") for found in findings):
        return CutRecord()
    before = chained(job.cache, source, job.recipe.uses[: names.index(DETACH)], given)
    name = key("cut", before.key, inputs.code_digest("render", "measure", "matter"))
    record = job.cache.record(name, CutRecord)
    if record is None or not all(job.is_there(one.path, one.sha256) for one in record.pictures):
        with stage("pictures"):
            shot = job.tools.cut(before.get())
        if shot is None:
            return CutRecord()
        path, sha256 = job.keep(shot.usage, shot.suffix, shot.data)
        size = (shot.width_px, shot.height_px)
        picture = Picture(shot.usage, path, shot.media_type, len(shot.data), sha256, *size)
        record = CutRecord((picture,), {shot.usage: shot.data})
        job.cache.keep_record(name, record)
    return record


def sides(job: Job, common: Common, finest: Written) -> Sides:
    """Gives pictures of scan and finest level from the same places; none where that is no GLB."""
    if not finest.path.endswith(".glb"):
        return Sides()
    name = key("sides", common.about_key, finest.sha256)
    record = job.cache.record(name, Sides)
    if record is None:
        with stage("compare"):
            glb = (job.scan.out / finest.path).read_bytes()
            record = job.tools.compare(common.made.get(), glb, job.recipe.proof == "full")
        job.cache.keep_record(name, record)
    return record
