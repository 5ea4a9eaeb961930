"""How a run looks: a bar with rate and time left on a terminal, one plain line a stage in a log."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.finding import number
from pipeline.catalogue.phrases import in_language
from pipeline.progress import Listener, watching
from pipeline.texts import doing, evidence, language, say
from pipeline.texts import level as level_text
from pipeline.unit import size_text

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def progress(title: str) -> Iterator[None]:
    """Shows the stages of the block on standard error."""
    console = _console()
    if console.is_terminal:
        with _bars(console, title):
            yield
    else:
        with watching(_Lines(title).stage):
            yield


def summary(manifest: Manifest) -> None:
    """Prints what was made: the size, a table of the levels, the findings in plain words."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 110)
    table = Table(box=None, pad_edge=False)
    table.add_column(say("level"))
    for heading in ("triangles", "texture", "bytes", "deviation", "verdict"):
        table.add_column(say(heading), justify="left" if heading == "verdict" else "right")
    for one in manifest.derivatives:
        off = one.deviation_mm
        texture = f"{one.texture_px} px" if one.texture_px else "–"
        wire = f"{size(one.bytes)} ({size(one.bytes_wire)})"
        figures = " / ".join(_distance(value) for value in (off.mean, off.p95, off.max))
        verdict = say(f"outcome-{one.proof.outcome}") if one.proof and one.proof.verdicts else "–"
        kind = "" if one.path.endswith(".glb") else f" {one.path.rpartition('.')[2].upper()}"
        name = level_text(f"{one.usage} {one.quality}{kind}")
        table.add_row(name, f"{one.triangles:,}", texture, wire, figures, verdict)
    console.print(table)
    scale = manifest.scale
    size_mm = size_text(scale.size_mm, sort=False)
    known = evidence(scale.evidence)
    tell(console, say("size-line", size=size_mm, unit=scale.unit, evidence=known))
    tell(console, say("up-line", up=scale.up, up_evidence=in_language(scale.up_evidence, language())))
    marks = {"info": "·", "warning": "!", "failure": "✗"}
    lines = [f"{marks[finding.level]} {finding.sentence(language())}" for finding in manifest.findings]
    for line in dict.fromkeys(lines):  # levels may say the same of a texture
        tell(console, line)


def tell(console: Console, sentence: str) -> None:
    """Prints a sentence: wrapped at words on a terminal, in one line where a program reads it."""
    console.print(sentence, soft_wrap=not console.is_terminal)


def size(count: int) -> str:
    """Gives a number of bytes as a person reads it: ``1.4 MB``."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= step:
            return f"{count / step:.3g} {unit}"
    return f"{count} B"


def _distance(millimetres: float) -> str:
    """Three digits, and none below a hundredth of a micrometre: the measure knows no more."""
    return number(float(f"{millimetres:.3g}")) if millimetres < 1000 else number(millimetres)


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@contextmanager
def _bars(console: Console, title: str) -> Iterator[None]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(24),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console, transient=True) as bars:

        @contextmanager
        def stage(name: str, level: str) -> Iterator[Listener]:
            begun = time.monotonic()
            task = bars.add_task(f"{title}  {label(name, level)}", total=None, rate="")

            def listener(done: float, total: float, unit: str) -> None:
                rate = done / max(time.monotonic() - begun, 1e-3)
                shown = f"{size(int(rate))}/s" if unit == "bytes" else f"{rate:,.0f} {unit}/s"
                bars.update(task, completed=done, total=total or None, rate=shown if unit else "")

            try:
                yield listener
            finally:
                bars.remove_task(task)

        with watching(stage):
            yield


class _Lines:
    """One line when a stage ends that took a while; nothing that a log could not hold."""

    def __init__(self, title: str) -> None:
        self._title, self._lock = title, threading.Lock()

    @contextmanager
    def stage(self, name: str, level: str) -> Iterator[Listener]:
        begun = time.monotonic()
        yield lambda done, total, unit: None
        seconds = time.monotonic() - begun
        if seconds >= 0.1:
            with self._lock:
                print(f"{self._title}: {label(name, level)} {seconds:.1f} s", file=sys.stderr, flush=True)


def label(name: str, level: str) -> str:
    """Gives a stage of a run in words, with the level that it belongs to."""
    return f"{level_text(level)}: {doing(name)}" if level else doing(name)
