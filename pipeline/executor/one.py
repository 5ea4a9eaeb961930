"""The work on one object, in the process that it has to itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipeline.faults import as_ours
from pipeline.run import process

from .messages import Record, Task, record_of, record_of_error

if TYPE_CHECKING:
    from pipeline.deliver import Tools

WORK = "pipeline.executor.one:work"
"""How a process is told what to do; tests name another function of the same kind."""


def work(task: Task, tools: Tools | None = None) -> Record:
    """Processes an object; whatever goes wrong becomes its record.

    Args:
        task: the object.
        tools: readers, writers, measures; the real ones if None.
    """
    begun = time.monotonic()
    try:
        outcome = process(task.scan, task.options, tools)
    except Exception as error:
        return record_of_error(task.scan.key, as_ours(error), time.monotonic() - begun)
    return record_of(task.scan.key, outcome.manifest, worked=outcome.worked, seconds=outcome.seconds)
