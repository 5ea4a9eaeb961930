"""PTX (Leica Cyclone): scans as text, each a grid of columns and rows behind a head with its pose.

The head is ten lines: columns, rows, the scanner's place and its three axes (4 lines of three numbers), and a
4×4 matrix whose **rows** are applied to row vectors: its last row is the translation. The points follow, one
a line: x y z intensity, or also r g b, in the scanner's own frame. Where nothing came back stands 0 0 0.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.cloud import Cloud
from pipeline.progress import report

from . import assemble, limits
from .gather import Gathering
from .text_lines import Lines, Spelling


def read_ptx(path: Path) -> Cloud:
    """Reads all scans of a PTX file into one frame.

    Gives:
        A Cloud whose ``sensors`` are where the scanner stood; points that were not measured are left out.

    Raises:
        Refused: a head that is none, fewer points than it claims, or nothing measured.
    """
    name, size = path.name, path.stat().st_size
    gathering = Gathering(name)
    with path.open("rb") as file:
        lines = Lines(file, name)
        while _to_next(lines):
            count, matrix = _head(lines)
            sensor = gathering.stand(matrix[3, :3])
            done = 0
            spelling: Spelling | None = None
            while done < count:
                line = lines.number
                first = lines.peek()
                text = lines.block(count - done)
                spelling = spelling or (Spelling.of(first) if first else None)
                if not text or spelling is None or spelling.columns < 3:
                    raise _cut_off(done, count, name)
                rows = spelling.rows(text, name, line)
                done += len(rows)
                _take(gathering, rows, matrix, sensor)
                report(file.tell(), size, "bytes")
    cloud = gathering.cloud(source_format="ptx")
    return cloud if cloud.colours is not None else cloud.noting("points-only-intensity")


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the file: a PTX file holds everything."""
    return (path,)


def _to_next(lines: Lines) -> bool:
    """Goes past empty lines; False at the end of the file."""
    while (line := lines.peek()) is not None and not line.strip():
        lines.line()
    return line is not None


def _head(lines: Lines) -> tuple[int, NDArray[np.float64]]:
    """Takes a head: the points that follow, and the 4×4 matrix for row vectors."""
    at = lines.number
    numbers: list[float] = []
    for width in (1, 1, 3, 3, 3, 3, 4, 4, 4, 4):
        line = lines.line()
        try:
            row = [float(word) for word in (line or b"").split()]
        except ValueError:
            row = []
        if len(row) != width or not np.isfinite(row).all():
            raise Refused(
                "the head of a scan is not the ten lines of numbers that PTX asks for",
                where=f"{lines.name}, line {at}",
                do="export it again",
            )
        numbers += row
    columns, rows = numbers[:2]
    if columns != int(columns) or rows != int(rows) or min(columns, rows) < 0:
        raise Refused(
            "the head of a scan states no number of columns and rows",
            where=f"{lines.name}, line {at}",
            do="export it again",
        )
    count = int(columns) * int(rows)
    assemble.count("points", count, limits.POINTS_MAX, name=lines.name)
    return count, np.array(numbers[14:]).reshape(4, 4)


def _take(gathering: Gathering, rows: NDArray[np.float64], matrix: NDArray[np.float64], sensor: int) -> None:
    seen = (rows[:, :3] != 0).any(axis=1)
    rows = rows[seen]
    placed = rows[:, :3] @ matrix[:3, :3] + matrix[3, :3]
    colours = rows[:, -3:].astype(np.float32) if rows.shape[1] in (6, 7) else None
    gathering.add(placed, colours=colours, sensor=sensor)


def _cut_off(done: int, count: int, name: str) -> Refused:
    return Refused(
        f"the file ends after {done} of its {count} points", where=name, do="copy or export it again"
    )
