"""The levels: each made, validated, measured and written under its content's name.

Levels run in threads, not processes: Open3D, libvips and the Node worker let go of the interpreter, and a
second process would hold the scan in memory a second time. They run side by side only where the memory that
is free has room for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pipeline.cache import key, write
from pipeline.catalogue.derivative import Derivative, StepRecord
from pipeline.progress import stage
from pipeline.recipe import Level, Use
from pipeline.report.sides import misses_shown

from .chain import Branches, Made, keys_of, step_records
from .fitting import fitted
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
class Starts:
    """Where levels begin: with the result of the common steps, or with the scan as it was read."""

    common: Common
    scan: Made

    def of(self, level: Level) -> Made:
        """Gives what a level's first step takes."""
        return self.scan if level.from_scan else self.common.made


@dataclass(frozen=True, slots=True)
class Written:
    """A level's file in the results, before it is measured."""

    path: str
    sha256: str


def make_levels(
    job: Job, starts: Starts, given: Mapping[str, Any], facts: Facts, finest: Future[Written]
) -> list[LevelRecord]:
    """Makes every level of the recipe, or finds it made.

    What is on request is made when its usage was asked for; what was made so earlier and is still right
    stays.

    Args:
        job, starts, given, facts: of the run.
        finest: gets the finest level for the screen (:func:`finest_of`), as soon as it is written.

    Raises:
        Failed: a level could not be made, or is not valid.
    """
    chosen = chosen_levels(job, starts, given)
    branches = Branches(job.cache, given, [(starts.of(level), level.uses) for level in chosen])
    shown = finest_of(chosen)

    def one(level: Level) -> LevelRecord:
        name, record = level_record(job, level, starts, given)
        told = finest if level is shown else Future()
        if record is None:

            def make(uses: Sequence[Use]) -> Encoded:
                made: Encoded = branches.chained(starts.of(level), uses, level.name).get()
                return made

            record = _made(job, level, make, starts.common.made, given, written=told)
            job.cache.keep_record(name, record)
        else:
            told.set_result(Written(record.derivative.path, record.derivative.sha256))
        return record

    numbers = range(len(chosen))
    jobs = min(side_by_side(job.options.jobs, facts), len(chosen))
    if jobs <= 1:
        # then the finest: pictures of scan and model are drawn beside the other levels
        order = sorted(numbers, key=lambda i: (not _may_be_refused(chosen[i]), chosen[i] is not shown))
        made = {i: one(chosen[i]) for i in order}
        return [made[i] for i in numbers]
    # the finest level takes longest: begun first, it does not run alone at the end
    order = sorted(numbers, key=lambda i: (not _may_be_refused(chosen[i]), chosen[i] is not shown, -i))
    with ThreadPoolExecutor(jobs) as pool:
        tasks = {i: pool.submit(copy_context().run, one, chosen[i]) for i in order}
        try:
            for task in as_completed(tasks.values()):
                task.result()
            return [tasks[i].result() for i in numbers]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _may_be_refused(level: Level) -> bool:
    """Whether a scan may be fit for all but this: no body to print. That is to show before the long work."""
    return level.usage == "print"


def chosen_levels(job: Job, starts: Starts, given: Mapping[str, Any]) -> list[Level]:
    """Gives the levels of a run: all but those on request that nobody asked for and nobody made yet."""
    return [
        level
        for level in job.recipe.levels
        if level.asked_for(job.options.also) or level_record(job, level, starts, given)[1] is not None
    ]


def finest_of(levels: Sequence[Level]) -> Level:
    """Gives the level that is compared with the scan in pictures: the last for viewing, else the last."""
    return next((level for level in reversed(levels) if level.usage == "view"), levels[-1])


def level_record(
    job: Job, level: Level, starts: Starts, given: Mapping[str, Any]
) -> tuple[str, LevelRecord | None]:
    """Gives the key of a finished level, and its record where it and its files are there."""
    last = keys_of(starts.of(level).key, level.uses, given)[-1]
    name = key("level", last, starts.common.about_key, level.name)
    record = job.cache.record(name, LevelRecord)
    return name, record if record is not None and _is_there(job, record) else None


def _made(
    job: Job,
    level: Level,
    make: Callable[[Sequence[Use]], Encoded],
    common: Made,
    given: Mapping[str, Any],
    *,
    written: Future[Written],
) -> LevelRecord:
    fit = fitted(level, make)
    made, packed = fit.made, fit.packed
    reference: Surface = common.get()
    with stage("validate", level.name):
        valid, said = checked(job, made, level.name)
    with stage("write", level.name):
        path, sha256 = job.keep(level.stem, made.suffix, made.data)
        written.set_result(Written(path, sha256))
        if packed is not None:
            write(job.scan.out / f"{path}.br", [packed])
    steps = step_records(fit.uses, given)
    if job.recipe.proof == "short":
        proven = job.tools.glance(made, reference, level.name)
    else:
        proven = job.tools.prove(made, reference, level.name, screen_px(steps))
    found = (
        *(finding for finding in made.findings if finding not in reference.findings),
        *fit.findings,
        *valid,
    )
    return LevelRecord(
        Derivative(
            usage=level.usage,
            quality=level.quality,
            path=path,
            media_type=made.media_type,
            bytes=len(made.data),
            bytes_wire=len(made.data if packed is None else packed),
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
        found,
        "" if packed is None else hashlib.sha256(packed).hexdigest(),
        job.tools.missed(made) if proven.proof is not None and misses_shown(proven.proof) else (),
    )


def screen_px(steps: Iterable[StepRecord]) -> int | None:
    """Gives the screen that a level is made for: what its steps say last."""
    said = [step.parameters.get("screen_px") for step in steps]
    return next((px for px in reversed(said) if isinstance(px, int) and px > 0), None)


def _is_there(job: Job, record: LevelRecord) -> bool:
    path, packed = record.derivative.path, record.packed_sha256
    return job.is_there(path, record.derivative.sha256) and (not packed or job.is_there(f"{path}.br", packed))
