"""What an export folder tells: the program's words, understood."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeline.catalogue.capture import Capture, KnownLength, Unit, Up
from pipeline.catalogue.finding import Finding

_DAY = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)")


def day_of(written: str) -> datetime.date | None:
    """Gives the day that a time of EXIF begins with (``2024:05:01 10:00:00``), None where there is none."""
    match = _DAY.match(written)
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Told:
    """What the files of a program tell of the capture. Everything may be missing.

    Attributes:
        version: of the program.
        device: camera.
        date: day of the first photograph.
        photos, used: photographs that were given, and those that found their place.
        reprojection_error_px: mean, as the program counts it.
        scale_bars: known lengths that set the scale.
        coordinate_system: as the program names it.
        origin: where the scan's zero lies in it.
        unit, unit_evidence: unit of the exported numbers and how it is known; None where the scale is
            arbitrary or nothing tells.
        control: scale bars or control points set the scale, not the positions of the photographs alone.
        up: axis that points up, where the coordinate system says it.
        report, cameras: names of the program's report and of the camera positions, below the folder.
        read: names of the files that this was read from.
        findings: what could not be read.
    """

    version: str = ""
    device: str = ""
    date: datetime.date | None = None
    photos: int | None = None
    used: int | None = None
    reprojection_error_px: float | None = None
    scale_bars: tuple[KnownLength, ...] = ()
    coordinate_system: str = ""
    origin: tuple[float, float, float] | None = None
    unit: Unit | None = None
    unit_evidence: str = ""
    control: bool = False
    up: Up | None = None
    report: str = ""
    cameras: str = ""
    read: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def over(self, other: Told) -> Told:
        """Gives what both tell; where both speak, this one counts."""
        made: dict[str, Any] = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if field.name in ("read", "findings"):
                made[field.name] = (*mine, *(one for one in theirs if one not in mine))
            else:
                made[field.name] = mine or theirs
        return Told(**made)

    def tidy(self) -> Told:
        """Gives the same with every text in one short line: files may say what they like."""
        texts: dict[str, Any] = {
            f.name: in_one_line(v) for f in fields(self) if isinstance(v := getattr(self, f.name), str)
        }
        return replace(self, **texts)


def in_one_line(said: str) -> str:
    """Gives what a file says without line breaks and control characters, at most 200 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in said[:2000]).split())[:200]


@dataclass(frozen=True, slots=True)
class Export:
    """An export folder that was recognised.

    Attributes:
        folder: the folder.
        program: its name, with the version where a file tells it.
        models: the model; several where nothing decides between them or where they are ``parts``.
        parts: the models are the parts of one.
        title: the object's name, empty where the model's own file says it.
        capture: what is known of the capture, as ``capture.toml`` has it.
        evidence: the files that this was read from.
        findings: what a technician should know of it.
    """

    folder: Path
    program: str
    models: tuple[Path, ...]
    parts: bool
    title: str
    capture: Capture
    evidence: tuple[Path, ...]
    findings: tuple[Finding, ...]

    @property
    def decided(self) -> bool:
        """Says whether it is clear what is to be read."""
        return len(self.models) == 1 or self.parts
