"""What a run would do, without doing it: the steps in their order, and what is kept from earlier runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import inputs
from pipeline.asked import Options
from pipeline.cache import Cache
from pipeline.deliver import Tools, metadata
from pipeline.recipe import Recipe, Use
from pipeline.scan import PRIVATE, Scan

from . import about_of, came_in, common_of, given_of, origin_of, source_of
from .chain import chained, keys_of
from .job import Job
from .levels import Starts, chosen_levels, level_record
from .records import Facts, Placed
from .size import facts_name, placed_name


@dataclass(frozen=True, slots=True)
class Stretch:
    """A list of steps: the level's name (empty for the common steps), each step with whether its result is
    kept."""

    level: str
    steps: tuple[tuple[str, bool], ...]


def plan(scan: Scan, options: Options, recipe: Recipe, tools: Tools) -> list[Stretch]:
    """Gives what a run would do, the common steps first; reads bytes for their digests and writes nothing.

    Raises:
        Refused: the scan is not there or of no readable kind.
    """
    job = Job(scan, options, recipe, tools, Cache(scan.out / PRIVATE / "cache", scan.base))
    files = inputs.digests(scan.base, came_in(scan, recipe, tools))
    digest = inputs.digest_of(files)
    asked = [level for level in recipe.levels if level.asked_for(options.also)]
    nothing = [_new("", recipe.uses), *(_new(level.name, level.uses) for level in asked)]
    source = source_of(job, digest)
    known = None if options.force else job.cache.record(facts_name(job, source), Facts)
    if known is None:
        return nothing
    given = given_of(job, known)
    made = chained(job.cache, source, recipe.uses, given)
    where = job.cache.record(placed_name(job, made), Placed)
    if where is None:
        return nothing
    about = about_of(job, digest, where.scale)
    given |= {"metadata": metadata(about), "origin": origin_of(files, digest, where)}
    starts = Starts(common_of(job, made, where.scale), source)
    levels = [
        (level, level_record(job, level, starts, given)[1]) for level in chosen_levels(job, starts, given)
    ]
    # a kept surface makes everything before it unnecessary, and so do levels that are all kept
    kept = [job.cache.has_surface(name) for name in keys_of(source.key, recipe.uses, given)[1:]]
    last = max((index for index, there in enumerate(kept) if there), default=-1)
    if all(record for _, record in levels):
        last = len(recipe.uses)
    first = Stretch("", tuple((use.step.name, index <= last) for index, use in enumerate(recipe.uses)))
    return [
        first,
        *(
            Stretch(lv.name, tuple((use.step.name, record is not None) for use in lv.uses))
            for lv, record in levels
        ),
    ]


def _new(level: str, uses: Sequence[Use]) -> Stretch:
    return Stretch(level, tuple((use.step.name, False) for use in uses))
