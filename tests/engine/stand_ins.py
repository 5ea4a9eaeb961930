"""A tiny pipeline for the engine's tests: a format of three lines, steps that sleep, files of a few bytes.

Run as a program it processes one scan, so that a test can kill it.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from pipeline import recipe
from pipeline.asked import Options
from pipeline.catalogue.derivative import Deviation
from pipeline.deliver import Shot, Tools
from pipeline.executor import Record, Task, one
from pipeline.matter.encoded import Encoded
from pipeline.matter.surface import Material, Placement, Surface
from pipeline.measure.proof import Proven
from pipeline.node.validator import Validation
from pipeline.report.sides import Sides
from pipeline.run import Outcome, process
from pipeline.scan import find
from pipeline.steps import registry
from pipeline.steps.registry import Step

RECIPE = """
name = "stand-in"
[[step]]
use = "put"
[[step]]
use = "rest"
seconds = {common}
[[level]]
usage = "view"
quality = "small"
    [[level.step]]
    use = "rest"
    seconds = {level}
    [[level.step]]
    use = "seal"
    word = "small"
[[level]]
usage = "view"
quality = "large"
    [[level.step]]
    use = "rest"
    seconds = {level}
    [[level.step]]
    use = "seal"
    word = "large"
"""

CALLS: list[str] = []


def _steps() -> dict[str, Step]:
    known: dict[str, Step] = {}
    with patch.object(registry, "STEPS", known):

        @registry.step(version=1)
        def put(surface: Surface, *, unit: str, evidence: str, up: str = "+y") -> Surface:
            """Places."""
            CALLS.append("put")
            metres = {"m": 1.0, "cm": 0.01, "mm": 0.001}[unit]
            rows = ((1.0, 0.0, 0.0, 0.0),) * 4
            placement = Placement(unit, evidence, up, "stand-in", (0.0, 0.0, 0.0), rows)  # type: ignore[arg-type]
            return surface.but(positions=surface.positions * metres, placement=placement)

        @registry.step(version=1)
        def rest(surface: Surface, *, seconds: float = 0.0) -> Surface:
            """Sleeps."""
            CALLS.append("rest")
            time.sleep(seconds)
            return surface.but(positions=surface.positions * 1.0)

        @registry.step(version=1)
        def seal(surface: Surface, *, word: str) -> Encoded:
            """Ends in a file."""
            CALLS.append("seal")
            data = word.encode() * 50 + surface.positions.tobytes()
            return Encoded(data, len(surface.triangles), len(surface.positions), 0, 100, 1, (), 0.5)

        @registry.step(version=1)
        def mould(surface: Surface) -> Encoded:
            """Ends in a file of another format."""
            CALLS.append("mould")
            data = b"mould" + surface.positions.tobytes()
            counts = (len(surface.triangles), len(surface.positions), 0, 100, 1)
            return Encoded(data, *counts, (), 0.5, (), "model/vnd.usdz+zip", ".usdz", surface)

    return known


def read(path: Path) -> Surface:
    """Reads an OBJ of vertices alone: each three that follow one another are a triangle."""
    CALLS.append("read")
    positions = np.array([line.split()[1:] for line in path.read_text().splitlines()], np.float64)
    count = len(positions) - 2
    triangles = np.stack([np.arange(count), np.arange(1, count + 1), np.arange(2, count + 2)], 1).astype(
        np.int32
    )
    return Surface(positions, triangles, np.zeros(count, np.int32), (Material(),), source_format="text")


def _prove(encoded: Encoded, surface: Surface, level: str, screen_px: int | None) -> Proven:
    CALLS.append("prove")
    return Proven(Deviation(0.1, 0.2, 0.3, (0.1, 0.2, 0.3), (0.1, 0.2, 0.3), 10))


TOOLS = Tools(
    files=lambda model: [model],
    read=read,
    validate=lambda glb: Validation(0, 0, 0, 0, ()),
    prove=_prove,
    pictures=lambda surface, about, full: [
        Shot("poster", surface.positions.tobytes(), ".webp", "image/webp", 4, 4)
    ],
    compare=lambda surface, glb, turn: Sides({"scan": surface.positions.tobytes(), "large": glb}),
    report=lambda manifest, artifact, sides: {
        "report.json": manifest.input.sha256.encode(),
        "report.html": sides.pictures["large"],
    },
    glance=lambda encoded, surface, level: Proven(_prove(encoded, surface, level, None).deviation),
)


def load(path: Path) -> recipe.Recipe:
    """Reads a recipe of the stand-ins' steps."""
    return recipe.check(path, _steps(), Surface, Encoded)


def run(
    scan: Path, out: Path | None, options: Options | None = None, tools: Tools = TOOLS, **where: Path
) -> Outcome:
    """Processes a scan with the stand-ins."""
    with patch.object(recipe, "load", load):
        return process(
            find([scan], out, **where)[0], options or Options(recipe=str(scan.parent / "r.toml")), tools
        )


def write_scan(folder: Path, *, size: float = 1.0, common: float = 0.0, level: float = 0.0) -> Path:
    """Writes a scan of a 1 by 2 by 3 box times ``size``, and the recipe beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    corners = [(0, 0, 0), (1, 0, 0), (1, 2, 0), (0, 2, 3), (1, 0, 3)]
    text = "\n".join(" ".join(["v", *(str(value * size) for value in corner)]) for corner in corners)
    (folder / "jar.obj").write_text(text)
    (folder / "r.toml").write_text(RECIPE.format(common=common, level=level))
    return folder / "jar.obj"


def _misbehave(scan: Path) -> None:
    """Does what a scan in this folder asks for: its process dies, its worker dies, or memory is taken."""
    if (scan / "deadly").exists():
        subprocess.Popen(["sleep", "60"])
        os.kill(os.getpid(), signal.SIGKILL)
    if (scan / "murderous").exists():
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    if (scan / "greedy").exists():
        taken = b"x" * int((scan / "greedy").read_text())
        time.sleep(60 * bool(taken))
    if (scan / "room").exists():
        _fill_the_disk(int((scan / "room").read_text()))


def _fill_the_disk(room: int) -> None:
    """After so many files no other can be written."""
    real, left = Path.open, room

    def opened(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        nonlocal left
        if "w" in mode:
            left -= 1
            if left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, mode, *more, **named)

    Path.open = opened  # type: ignore[method-assign, assignment]


def work(task: Task) -> Record:
    """What the process of an object does with the stand-ins, in place of ``pipeline.executor.one.work``."""
    with patch.object(recipe, "load", load):
        _misbehave(task.scan.base)
        return one.work(task, TOOLS)


if __name__ == "__main__":
    model, target, jobs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    run(model, target, Options(recipe=str(model.parent / "r.toml"), jobs=jobs))
