"""The pictures: the poster and the one for sharing, and the report's scan and model side by side."""

from __future__ import annotations

from pipeline.cache import key
from pipeline.catalogue.derivative import Picture
from pipeline.deliver import About
from pipeline.progress import stage
from pipeline.report.sides import Sides

from .job import Job
from .levels import Common, Written
from .records import PictureRecord


def pictures(job: Job, common: Common, about: About) -> PictureRecord:
    """Renders the object's pictures, or finds them rendered."""
    name = key("pictures", common.about_key)
    record = job.cache.record(name, PictureRecord)
    if record is not None and all(job.is_there(one.path, one.sha256) for one in record.pictures):
        return record
    made, view = [], None
    with stage("pictures"):
        for shot in job.tools.pictures(common.made.get(), about):
            path, sha256 = job.keep(shot.usage, shot.suffix, shot.data)
            size = (shot.width_px, shot.height_px)
            view = shot.view if shot.usage == "poster" else view
            made.append(Picture(shot.usage, path, shot.media_type, len(shot.data), sha256, *size))
    record = PictureRecord(tuple(made), view)
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
            record = job.tools.compare(common.made.get(), glb)
        job.cache.keep_record(name, record)
    return record
