"""``python -m benchmarks.decode [INPUT…]``: which codec a visitor sees soonest, level by level.

The levels of recipe ``relic`` of each input at hand, by each codec; ``results/decode.csv`` and
``docs/benchmark-decode.md`` are written. The rule that follows stands in ``pipeline/steps/compress.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.decode import table
from benchmarks.decode.browser import Site, Times, site
from benchmarks.decode.levels import Coded, chosen, coded
from benchmarks.decode.lines import Row

TIMES, TIMES_FIRST = 7, 3
STARTS = {"meshopt": "meshopt", "meshopt-v1": "meshopt", "draco": "draco", "none": "none"}
"""Whose decoder a codec uses: both meshopts have one."""


def main() -> None:
    """Measures the inputs named on the command line, or all at hand."""
    with tempfile.TemporaryDirectory() as name:
        files = [file for one in chosen(tuple(sys.argv[1:])) for file in _told(one.name, one, Path(name))]
        with site(Path(name)) as browser:
            rows = _measured(files, browser)
    table.write(rows)


def _told(name: str, one: object, folder: Path) -> list[Coded]:
    print(f"== {name}", flush=True)
    files = list(coded(one, folder))  # type: ignore[arg-type]
    for file in files:
        print(f"  {file.level:6} {file.codec:10} {file.triangles:>7} tri {file.wire:>9} B", flush=True)
    return files


def _measured(files: list[Coded], browser: Site) -> list[Row]:
    found = browser.again([file.form for file in files], TIMES)
    for file, times in zip(files, found, strict=True):
        if abs(times.triangles - file.triangles) > 0.02 * file.triangles + 10:
            raise RuntimeError(f"{file.form.name}: the browser saw {times.triangles} triangles")
    begin = {f.codec: i for i, f in reversed(list(enumerate(files))) if f.level == "small"}
    first: dict[str, Times] = {
        codec: browser.first(files[begin[codec]].form, TIMES_FIRST) for codec in set(STARTS.values())
    }
    rows = []
    for file, times in zip(files, found, strict=True):
        start = STARTS[file.codec]
        rows.append(Row(file, times, first[start], found[begin[start]]))
    return rows


if __name__ == "__main__":
    main()
