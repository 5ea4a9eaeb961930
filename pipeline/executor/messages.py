"""What goes to the process that works on an object, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from pipeline.asked import Options
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.finding import Finding
from pipeline.errors import Failed, MuseumError, Refused
from pipeline.scan import Scan

Result = Literal["made", "current", "refused", "failed", "stopped"]
"""``current``: nothing had changed; ``stopped``: it was not begun or not finished when the run was ended."""


@dataclass(frozen=True, slots=True)
class Task:
    """One object to work on; pickled on its way.

    Attributes:
        scan: what, and where the results go.
        options: how.
        bytes: size of the scan's files, by which progress is measured.
        need_bytes: memory that the work may take at its peak (``executor.estimate``).
    """

    scan: Scan
    options: Options
    bytes: int = 0
    need_bytes: int = 0

    @property
    def key(self) -> str:
        """Tells the object from all others of the run: ``collection/object`` and where its results go."""
        return f"{self.scan.key}\n{self.scan.out.absolute()}"


class Heard(msgspec.Struct, frozen=True, tag=True):
    """A stage of the work begins, goes on or ends.

    Attributes:
        stage, level: as ``pipeline.progress`` names them.
        share: how much of it is done, None where nobody knows.
        on: false when it ends.
    """

    stage: str
    level: str = ""
    share: float | None = None
    on: bool = True


class Trouble(msgspec.Struct, frozen=True, tag=True):
    """An error in its parts, so that whoever reads it can say it in a language of their own."""

    refused: bool
    what: str
    where: str = ""
    do: str = ""

    @classmethod
    def of(cls, error: MuseumError) -> Trouble:
        """Takes an error apart."""
        return cls(isinstance(error, Refused), error.what, error.where, error.do)

    @property
    def error(self) -> MuseumError:
        """The error put together again."""
        kind = Refused if self.refused else Failed
        return kind(self.what, where=self.where, do=self.do)


class Record(msgspec.Struct, frozen=True, tag=True):
    """What came of one object.

    Attributes:
        object: ``collection/object``.
        result: see :data:`Result`.
        seconds: how long it took.
        triangles, bytes: of the finest level.
        mean_mm, p95_mm, max_mm: its measured deviation; None where nothing was made.
        warnings, failures: how many findings of these levels there are.
        worst: the first of the gravest, None where all is well.
        trouble: why it was refused or failed.
        died: the process that worked on it was ended from outside, so that another try may help.
    over: it was ended because all together took more memory than they may; only more memory helps.
    """

    object: str
    result: Result
    seconds: float = 0.0
    triangles: int = 0
    bytes: int = 0
    mean_mm: float | None = None
    p95_mm: float | None = None
    max_mm: float | None = None
    warnings: int = 0
    failures: int = 0
    worst: Finding | None = None
    trouble: Trouble | None = None
    died: bool = False
    over: bool = False

    @property
    def exit_code(self) -> int:
        """What a command that did only this object would end with."""
        return {"refused": 2, "failed": 1, "stopped": 1}.get(self.result, 0)


Message = Heard | Record
Hear = Callable[[str, Heard | None], None]
"""Called with a task's key and what is heard of it; None when the work on it begins."""


class Executor(Protocol):
    """What has tasks done."""

    def run(self, tasks: Sequence[Task], hear: Hear) -> Iterator[tuple[Task, Record]]:
        """Has every task done and gives each record as it comes; ending the iteration early ends the work.

        Args:
            tasks: no two with the same key.
            hear: called in the caller's thread.
        """
        ...


def record_of(name: str, manifest: Manifest, *, worked: bool, seconds: float) -> Record:
    """Gives the record of a run that ended well."""
    finest = max(manifest.derivatives, key=lambda one: one.triangles, default=None)
    off = finest.deviation_mm if finest else None
    grave = {level: [f for f in manifest.findings if f.level == level] for level in ("failure", "warning")}
    return Record(
        name,
        "made" if worked else "current",
        seconds,
        triangles=finest.triangles if finest else 0,
        bytes=finest.bytes if finest else 0,
        mean_mm=off.mean if off else None,
        p95_mm=off.p95 if off else None,
        max_mm=off.max if off else None,
        warnings=len(grave["warning"]),
        failures=len(grave["failure"]),
        worst=next(iter(grave["failure"] + grave["warning"]), None),
    )


def record_of_error(
    name: str, error: MuseumError, seconds: float = 0.0, *, died: bool = False, over: bool = False
) -> Record:
    """Gives the record of an object that was refused or failed."""
    result: Result = "refused" if isinstance(error, Refused) else "failed"
    return Record(name, result, seconds, trouble=Trouble.of(error), died=died, over=over)
