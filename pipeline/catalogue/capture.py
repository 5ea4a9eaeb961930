"""``capture.toml``: what came in.

Which files with which digests, in which unit and how we know, who, when, with what.
"""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

Unit = Literal["m", "cm", "mm", "in", "ft"]
METRES: dict[str, float] = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
"""Metres in one of each unit (international inch and foot)."""

Up = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


class CapturedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file, relative to the folder of ``capture.toml``, with its SHA-256 in lower-case hex.

    Attributes:
        path: with forward slashes, inside the folder.
        sha256: 64 lower-case hex digits.
        bytes: size.
    """

    path: str
    sha256: str
    bytes: int


class Capture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One capture of one object.

    Attributes:
        files: everything that came in; the first is the model.
        unit: unit of the scan's numbers, None where nobody knows.
        unit_evidence: how we know, in words (scale bar, program's report, measured by calliper …).
        up: which axis of the scan points up, None where nobody said.
        device: camera or scanner.
        operator: who took it.
        date: when.
        software: program and version that made the model.
        synthetic: true for generated scans.
        schema: which version of this record the file is written in.
    """

    files: tuple[CapturedFile, ...] = ()
    unit: Unit | None = None
    unit_evidence: str = ""
    up: Up | None = None
    device: str = ""
    operator: str = ""
    date: datetime.date | None = None
    software: str = ""
    synthetic: bool = False
    schema: str = "mobile-museum/capture/1"
