"""What a run keeps of its parts, so that the next one need not make them again."""

from __future__ import annotations

import msgspec

from pipeline import unit as units
from pipeline.catalogue.capture import Unit
from pipeline.catalogue.derivative import Derivative, Picture, Scale, View
from pipeline.catalogue.finding import Finding
from pipeline.scale import Measured


class Facts(msgspec.Struct, frozen=True):
    """What is known of a scan once it was read, and the unit decided from it."""

    unit: Unit
    evidence: units.Evidence
    format: str
    triangles: int
    vertices: int
    texture_px: int
    pixels: int
    points: int = 0
    factor: float = 1.0
    measured: Measured | None = None


class Placed(msgspec.Struct, frozen=True):
    """What is known after the common steps."""

    scale: Scale
    findings: tuple[Finding, ...]
    matrix: tuple[tuple[float, ...], ...] = ()


class LevelRecord(msgspec.Struct, frozen=True):
    """A finished level; its file lies in the results under its content's name. ``missed`` are pictures, WebP,
    of where its texels met no scan when they were baked."""

    derivative: Derivative
    findings: tuple[Finding, ...] = ()
    packed_sha256: str = ""
    missed: tuple[bytes, ...] = ()


class PictureRecord(msgspec.Struct, frozen=True):
    """Finished pictures; their files lie in the results."""

    pictures: tuple[Picture, ...]
    view: View | None = None


class CutRecord(msgspec.Struct, frozen=True):
    """The picture of what was cut away, in the results and for the report; empty where nothing was."""

    pictures: tuple[Picture, ...] = ()
    shown: dict[str, bytes] = {}
