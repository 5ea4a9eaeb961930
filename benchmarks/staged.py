"""``python -m benchmarks.staged TIMES.json process …``: the command line, seconds of each stage kept.

Runs in a process of its own so that time and memory are those of a whole run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import progress
from pipeline.cli import main


def run(times: Path, arguments: list[str]) -> int:
    """Runs the command and writes {stage: seconds}, the stages of all levels added up."""
    spent: dict[str, float] = {}
    begun = time.perf_counter()

    @contextmanager
    def clocked(name: str, level: str = "") -> Iterator[None]:
        start = time.perf_counter()
        with original(name, level):
            yield
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - start

    original = progress.stage
    progress.stage = clocked  # type: ignore[assignment]
    code = main(arguments)
    spent["all"] = time.perf_counter() - begun
    times.write_text(json.dumps(spent))
    return code


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
