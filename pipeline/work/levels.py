"""The levels: each made, validated, measured and written under its content's name.

Levels run in threads, not processes: Open3D, libvips and the Node worker let go of the interpreter, and a
second process would hold the scan in memory a second time. They run side by side only where the memory that
is free has room for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pipeline.cache import key, write
from pipeline.catalogue.derivative import Derivative, StepRecord
from pipeline.deliver import pack
from pipeline.progress import stage
from pipeline.recipe import Level

from .chain import Made, chained, keys_of, step_records
from .job import Job
from .memory import side_by_side
from .records import Facts, LevelRecord
from .valid import checked

if TYPE_CHECKING:
    from pipeline.matter.encoded import Encoded
    from pipeline.matter.surface import Surface


@dataclass(frozen=True, slots=True)
class Common:
    """What all levels start from: the result of the common steps, and the key of the origin."""

    made: Made
    about_key: str


@dataclass(frozen=True, slots=True)
class Written:
    """A level's file in the results, before it is measured."""

    path: str
    sha256: str


def make_levels(
    job: Job, common: Common, given: Mapping[str, Any], facts: Facts, finest: Future[Written]
) -> list[LevelRecord]:
    """Makes every level of the recipe, or finds it made.

    Args:
        job, common, given, facts: of the run.
        finest: gets the finest level, which a recipe names last, as soon as it is written.

    Raises:
        Failed: a level could not be made, or is not valid.
    """

    def one(level: Level) -> LevelRecord:
        result = chained(job.cache, common.made, level.uses, given, level.name)
        name, record = level_record(job, level, common, given)
        told = finest if level is job.recipe.levels[-1] else Future()
        if record is None:
            record = _made(job, level, result, common.made, given, written=told)
            job.cache.keep_record(name, record)
        else:
            told.set_result(Written(record.derivative.path, record.derivative.sha256))
        return record

    jobs = min(side_by_side(job.options.jobs, facts), len(job.recipe.levels))
    if jobs <= 1:
        return [one(level) for level in job.recipe.levels]
    with ThreadPoolExecutor(jobs) as pool:
        # the last level is the finest and takes longest: begun first, it does not run alone at the end
        tasks = [pool.submit(copy_context().run, one, level) for level in reversed(job.recipe.levels)]
        try:
            return [task.result() for task in reversed(tasks)]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def level_record(
    job: Job, level: Level, common: Common, given: Mapping[str, Any]
) -> tuple[str, LevelRecord | None]:
    """Gives the key of a finished level, and its record where it and its files are there."""
    name = key("level", keys_of(common.made.key, level.uses, given)[-1], common.about_key, level.name)
    record = job.cache.record(name, LevelRecord)
    return name, record if record is not None and _is_there(job, record) else None


def _made(
    job: Job, level: Level, result: Made, common: Made, given: Mapping[str, Any], *, written: Future[Written]
) -> LevelRecord:
    made: Encoded = result.get()
    reference: Surface = common.get()
    with stage("validate", level.name):
        said = checked(job, made.glb, level.name)
    with stage("write", level.name):
        path, sha256 = job.keep(level.quality, ".glb", made.glb)
        written.set_result(Written(path, sha256))
        packed = pack(made.glb)
        if packed is not None:
            write(job.scan.out / f"{path}.br", [packed])
    steps = step_records(level.uses, given)
    proven = job.tools.prove(made, reference, level.name, screen_px(steps))
    return LevelRecord(
        Derivative(
            usage=level.usage,
            quality=level.quality,
            path=path,
            media_type=made.media_type,
            bytes=len(made.glb),
            bytes_wire=len(made.glb if packed is None else packed),
            sha256=sha256,
            triangles=made.triangles,
            vertices=made.vertices,
            texture_px=made.texture_px,
            decoded_bytes=made.decoded_bytes,
            draw_calls=made.draw_calls,
            deviation_mm=proven.deviation,
            required_extensions=made.required_extensions,
            error_mm=made.error_mm,
            steps=steps,
            colour_de2000=proven.colour,
            proof=None if proven.proof is None else replace(proven.proof, validator=said),
        ),
        tuple(finding for finding in made.findings if finding not in reference.findings),
        "" if packed is None else hashlib.sha256(packed).hexdigest(),
    )


def screen_px(steps: Iterable[StepRecord]) -> int | None:
    """Gives the screen that a level is made for: what its steps say last."""
    said = [step.parameters.get("screen_px") for step in steps]
    return next((px for px in reversed(said) if isinstance(px, int) and px > 0), None)


def _is_there(job: Job, record: LevelRecord) -> bool:
    path, packed = record.derivative.path, record.packed_sha256
    return job.is_there(path, record.derivative.sha256) and (not packed or job.is_there(f"{path}.br", packed))
