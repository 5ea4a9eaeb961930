"""Work that needs no step before it, done while those are at it: textures are encoded while the form is
cleaned and simplified. With a million triangles and a 4K texture that is 4 s of two cores' idle time.

Steps that change colours come first in a recipe, so that this can begin right after them; where one stands
later, nothing is begun early, for it would be begun on the wrong colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

from pipeline.recipe import Use

from .chain import Made, is_cloud
from .job import Job
from .memory import side_by_side
from .records import Facts


@contextmanager
def ahead(job: Job, source: Made, painted: Made, given: Mapping[str, Any], facts: Facts) -> Iterator[None]:
    """For the block, lets the steps of all levels that can begin early do so, one after the other.

    Only where memory and the technician allow more than one thing at a time. A failure is left to the step
    itself, which will meet it in its turn and say it.

    Args:
        job, given, facts: of the run.
        source: the scan; a run that goes on from what was kept does not read it for this.
        painted: the scan after the recipe's leading steps that change colours.
    """
    later = job.recipe.uses[leading(job.recipe.uses) :]
    late = any(use.step.paints for use in later)
    if source.made is None or is_cloud(source.made) or late or side_by_side(job.options.jobs, facts) <= 1:
        yield
        return
    surface = painted.get()
    pool = ThreadPoolExecutor(1)
    try:
        wanted = [level for level in job.recipe.levels if level.asked_for(job.options.also)]
        for level in reversed(wanted):
            for use in takewhile(lambda use: not use.step.paints, level.uses):
                if use.step.ahead is not None:
                    pool.submit(use.step.ahead, surface, **use.given(given))
        yield
    finally:
        pool.shutdown(cancel_futures=True)


def leading(uses: Sequence[Use]) -> int:
    """Gives how many steps at the beginning change colours."""
    return len(list(takewhile(lambda use: use.step.paints, uses)))
