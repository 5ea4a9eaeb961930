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


class Colour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the colours of the capture are known: a ColorChecker Classic photographed with the object.

    Attributes:
        checker: the picture that shows the chart, a file in the folder of the model or the name of one of its
            textures; empty where there is none.
        corners: outer corners of the chart's four corner patches, (x, y) in pixels of the upright picture,
            going round; left out where the program is to find the chart itself.
    """

    checker: str = ""
    corners: tuple[tuple[float, float], ...] = ()


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
        colour: how its colours are known.
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
    colour: Colour = Colour()
    schema: str = "mobile-museum/capture/1"
