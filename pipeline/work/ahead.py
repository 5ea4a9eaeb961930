"""Work that needs no step before it, done while those are at it: textures are encoded while the form is
cleaned and simplified. With a million triangles and a 4K texture that is 4 s of two cores' idle time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from .chain import Made
from .job import Job
from .memory import side_by_side
from .records import Facts


@contextmanager
def ahead(job: Job, source: Made, given: Mapping[str, Any], facts: Facts) -> Iterator[None]:
    """For the block, lets the steps of all levels that can begin early do so, one after the other.

    Only where memory and the technician allow more than one thing at a time. A failure is left to the step
    itself, which will meet it in its turn and say it.
    """
    surface = source.made  # a run that goes on from what was kept does not read the scan for this
    if surface is None or side_by_side(job.options.jobs, facts) <= 1:
        yield
        return
    pool = ThreadPoolExecutor(1)
    try:
        wanted = [level for level in job.recipe.levels if level.asked_for(job.options.also)]
        for level in reversed(wanted):
            for use in level.uses:
                if use.step.ahead is not None:
                    pool.submit(use.step.ahead, surface, **use.given(given))
        yield
    finally:
        pool.shutdown(cancel_futures=True)
