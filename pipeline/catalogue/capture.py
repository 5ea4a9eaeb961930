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


class ScaleBar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scale bar in the scan: two marked points and the true distance between them.

    Attributes:
        a: first point, in the scan's own coordinates.
        b: second point.
        length_mm: true distance in mm, from the bar's certificate or a calliper.
        uncertainty_mm: expanded uncertainty (k = 2) of that length in mm, None where nobody knows it.
        name: what the bar is called, for people.
    """

    a: tuple[float, float, float]
    b: tuple[float, float, float]
    length_mm: float
    uncertainty_mm: float | None = None
    name: str = ""


class MeasuredScale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was measured beside the object to know its size: bars, or targets whose true places are known.

    Attributes:
        bar: scale bars; of several the mean is taken and their spread told.
        targets: CSV file beside the scan, ``label,x,y,z`` in the scan's own coordinates.
        known: CSV file beside the scan, what is true of the targets: ``label,x,y,z`` in mm, or
            ``label_a,label_b,length_mm``.
    """

    bar: tuple[ScaleBar, ...] = ()
    targets: str = ""
    known: str = ""


class KnownLength(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One known length that was in the photographs, as the program that made the model used it.

    Attributes:
        length_mm: as it was measured on the bar, in millimetres.
        label: what the program calls it, usually its two targets.
    """

    length_mm: float
    label: str = ""


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
        files: everything that came in; the first is the model. Several model files of one format are one
            object.
        models: paths of the files that are the model, where not all of them are or where they are several.
        unit: unit of the scan's numbers, None where nobody knows.
        unit_evidence: how we know, in words (scale bar, program's report, measured by calliper …).
        up: which axis of the scan points up, None where nobody said.
        front_deg: where the front is, None where nobody said: degrees round the upright object, 0 towards +Z
            as the scan came out without it, 90 towards +X. The object is turned so that this side faces +Z.
        keep_support: true where what the object stands on belongs to it and is not to be cut away.
        cut_support: true where what lies under the object is a table or floor, to be cut away although the
            program was not certain of it.
        scale: what was measured to know the size; goes before ``unit``.
        device: camera or scanner.
        operator: who took it.
        date: when.
        software: program and version that made the model.
        photos: photographs that the model was made of, None where nobody knows.
        reprojection_error_px: the program's mean reprojection error in pixels.
        scale_bars: known lengths that set the scale.
        coordinate_system: which one the scan is in, as the program names it.
        origin: where the scan's zero lies in that coordinate system: that system's x, y, z = scan + origin.
        synthetic: true for generated scans.
        colour: how its colours are known.
        schema: which version of this record the file is written in.
    """

    files: tuple[CapturedFile, ...] = ()
    models: tuple[str, ...] = ()
    unit: Unit | None = None
    unit_evidence: str = ""
    up: Up | None = None
    front_deg: float | None = None
    keep_support: bool = False
    cut_support: bool = False
    scale: MeasuredScale = MeasuredScale()
    device: str = ""
    operator: str = ""
    date: datetime.date | None = None
    software: str = ""
    photos: int | None = None
    reprojection_error_px: float | None = None
    scale_bars: tuple[KnownLength, ...] = ()
    coordinate_system: str = ""
    origin: tuple[float, float, float] | None = None
    synthetic: bool = False
    colour: Colour = Colour()
    schema: str = "mobile-museum/capture/1"
