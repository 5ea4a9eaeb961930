"""Agisoft Metashape and PhotoScan: a model with ``cameras.xml`` beside it, or a project with its exports.

``cameras.xml`` (File > Export > Export Cameras): ``document[version]/chunk`` with ``sensors``,
``components`` or ``transform`` (rotation, translation, scale of the chunk), ``cameras``, ``markers``,
``scalebars``, and ``reference``, the coordinate system as WKT. The document's version is the format's, not
the program's. A project is ``name.psx`` with ``name.files/project.zip``, whose ``doc.xml`` has the
program's version (``Info/LastSavedSoftwareVersion``), and ``name.files/0/chunk.zip``; photographs and their
EXIF stand in ``name.files/0/0/frame.zip``. Layout after the files that public tools read: EasyIDP
(``easyidp.metashape``), geograypher (tests of ``MetashapeCameraSet``). Exported coordinates are metres once
scale bars or control points gave the chunk its scale.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.catalogue.capture import KnownLength
from pipeline.catalogue.finding import Finding

from . import bounded
from .bounded import Attributes, Unread
from .listing import Listing
from .told import Told, day_of, in_one_line

NAME = "Metashape"
RANKS = ()
_XML_FILES_MAX = 24
"""XML files of a folder that are looked into; a folder of sidecars has thousands that are none of ours."""
_SYSTEM = re.compile(r'^\s*\w+\s*\[\s*"([^"]{1,200})"')
_SCALE_BARS_MAX = 100


@dataclass
class _Seen:
    """What was met while walking the files."""

    version: str = ""
    sensors: list[str] = field(default_factory=list)
    make: str = ""
    model: str = ""
    day: datetime.date | None = None
    cameras: int = 0
    placed: int = 0
    scaled: bool = False
    control_points: int = 0
    bars: list[KnownLength] = field(default_factory=list)
    bar_mm: float = 0.0
    system: str = ""


def roots(listing: Listing) -> list[str]:
    """Gives the folders that exports of the program lie in."""
    found = [name for name in listing.matching(r"(?:.*/)?[^/]+\.psx") if _is_project(listing, name)]
    return sorted({name.rpartition("/")[0] for name in (*found, *_camera_files(listing))})


def tell(listing: Listing) -> Told:
    """Gives what camera files and projects tell."""
    seen, read, findings = _Seen(), [], []
    cameras = _camera_files(listing)
    zips = listing.matching(r"(?:.*/)?[^/]+\.files/(?:project|\d+/chunk|\d+/\d+/frame)\.zip")
    for name in (*cameras[:1], *sorted(zips, key=lambda one: (one.count("/"), one))[:8]):
        counts = not name.endswith(".zip") or not cameras  # a project tells the same cameras again
        try:
            if name.endswith(".zip"):
                bounded.xml_in_zip(listing.path(name), "doc.xml", _watch(seen, counts=counts))
            else:
                bounded.xml(listing.path(name), _watch(seen, counts=counts))
        except Unread as error:
            findings.append(Finding("export-file-unread", "warning", {"file": name, "reason": str(error)}))
        else:
            read.append(name)
    scale = _scale(seen)
    return Told(
        version=seen.version,
        device=f"{seen.make} {seen.model}".strip() or (seen.sensors[0] if seen.sensors else ""),
        date=seen.day,
        photos=seen.cameras or None,
        used=seen.placed or None,
        scale_bars=tuple(seen.bars),
        coordinate_system=seen.system,
        unit="m" if scale else None,
        unit_evidence=scale,
        control=bool(scale),
        cameras=cameras[0] if cameras else "",
        read=tuple(read),
        findings=tuple(findings),
    )


def _scale(seen: _Seen) -> str:
    """How the scale is known, in words; empty where nothing set it but perhaps the photographs' GPS, which is
    off by metres."""
    if not seen.scaled:
        return ""
    if seen.bars:
        return f"{len(seen.bars)} scale bars in Metashape"
    return f"{seen.control_points} control points in Metashape" if seen.control_points else ""


def _watch(seen: _Seen, *, counts: bool) -> Callable[[tuple[str, ...], Attributes, str], None]:
    def found(path: tuple[str, ...], given: Attributes, said: str) -> None:
        here, above = path[-1], path[-2] if len(path) > 1 else ""
        if here == "property":
            _property(seen, given)
        elif here == "sensor" and len(seen.sensors) < 8:
            label = given.get("label", "").partition(" (")[0].partition(", ")[0].strip()
            if label and label.lower() != "unknown":
                seen.sensors.append(label)
        elif here == "camera" and counts and given.get("sensor_id") is not None:
            seen.cameras += 1
        elif here == "transform" and above == "camera" and counts:
            seen.placed += 1
        elif here == "scale" and above == "transform":
            seen.scaled = seen.scaled or bool(said)
        elif here == "scalebar":
            if seen.bar_mm and len(seen.bars) < _SCALE_BARS_MAX:
                seen.bars.append(KnownLength(seen.bar_mm, in_one_line(given.get("label", ""))))
            seen.bar_mm = 0.0
        elif here == "reference":
            _reference(seen, path, given, said, counts=counts)

    return found


def _reference(seen: _Seen, path: tuple[str, ...], given: Attributes, said: str, *, counts: bool) -> None:
    above = path[-2] if len(path) > 1 else ""
    on = given.get("enabled", "true").lower() in ("true", "1")
    if above == "chunk" and said and (system := _SYSTEM.match(said)):
        seen.system = seen.system or system[1]
    elif not counts or not on:
        return
    elif above == "scalebar":
        seen.bar_mm = round(_metres(given.get("distance", "")) * 1000, 6)
    elif above == "marker" and "x" in given:
        seen.control_points += 1


def _property(seen: _Seen, given: Attributes) -> None:
    name, value = given.get("name", ""), given.get("value", "").strip()[:200]
    if name == "Info/LastSavedSoftwareVersion" or (
        name == "Info/OriginalSoftwareVersion" and not seen.version
    ):
        seen.version = value
    elif name == "Exif/Make":
        seen.make = seen.make or value
    elif name == "Exif/Model":
        seen.model = seen.model or value
    elif name in ("Exif/DateTimeOriginal", "Exif/DateTime") and (day := day_of(value)):
        seen.day = min(seen.day or day, day)


def _metres(written: str) -> float:
    try:
        value = float(written)
    except ValueError:
        return 0.0
    return value if 1e-6 < value < 1e6 else 0.0


def _camera_files(listing: Listing) -> list[str]:
    """XML files that begin as Metashape's do, those nearest to the top first."""
    names = sorted(listing.matching(r".*\.xml"), key=lambda name: (name.count("/"), name))
    return [name for name in names[:_XML_FILES_MAX] if _has_chunk(listing, name)]


def _has_chunk(listing: Listing, name: str) -> bool:
    start = bounded.head(listing.path(name), 4096)
    return b"<document" in start and b"<chunk" in start


def _is_project(listing: Listing, name: str) -> bool:
    start = bounded.head(listing.path(name), 1024)
    return b"<document" in start and b"project.zip" in start
