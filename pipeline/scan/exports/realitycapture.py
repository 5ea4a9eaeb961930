"""RealityCapture and RealityScan: a model with its info file, camera files, or the project.

"Export an info file" writes ``model.obj.rcInfo`` (RealityScan: ``.rsInfo``): the elements ``Model``
(``globalCoordinateSystem`` in PROJ, ``globalCoordinateSystemName``, ``exportCoordinateSystemType``,
``transformToModel``: 16 numbers, as attribute or element), ``ModelExport`` (``settingsAnchor``,
``settingsScalex`` …) and ``CalibrationExportSettings``, one after another without a root. "Save mesh by
parts" numbers the parts with seven digits (``wall_0000000.obj``). Cameras are ``.xmp`` files beside the
photographs (namespace ``xcr``) or a CSV that begins ``#name,x,y``. Textures are
``model_u1_v1_diffuse.png``. Sources: the program's help (rchelp.capturingreality.com, Model Export), info
files in public repositories (identity matrices and ones that turn the axes; a label that names the
project's system even where the export is geocentric, ``exportCoordinateSystemType`` 3, so no origin is
worked out from it).
"""

from __future__ import annotations

import re

from pipeline.catalogue.finding import Finding

from . import bounded
from .bounded import Attributes, Unread
from .listing import Listing
from .told import Told

NAME = "RealityCapture"
RANKS = ()
PARTS = r"(.*)_\d{7}(\.\w+)"
_INFO = r".*\.(?:rc|rs)info"
_PROJECT = r".*\.(?:rc|rs)proj"
_IDENTITY = [1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0]
_PEEKS_MAX = 8
"""XMP and CSV files that are looked into before the folder counts as none of this program's."""


def roots(listing: Listing) -> list[str]:
    """Gives the folders that exports of the program lie in."""
    marks = [*listing.matching(_INFO), *listing.matching(_PROJECT), *_registration(listing)]
    folders = {name.rpartition("/")[0] for name in marks}
    if not folders and _xmps(listing):
        folders = {""}
    return sorted(folders)


def name_of(listing: Listing) -> str:
    """Gives the name under which the program wrote the export: it was renamed in 2025."""
    return "RealityScan" if listing.matching(r".*\.rs(?:info|proj)") else NAME


def tell(listing: Listing) -> Told:
    """Gives what info files and camera files tell."""
    told = Told()
    for name in listing.matching(_INFO)[:_PEEKS_MAX]:
        told = told.over(_info(listing, name))
    photos, cameras = len(_xmps(listing)), ""
    read: tuple[str, ...] = ()
    for name in _registration(listing)[:1]:
        rows = bounded.text(listing.path(name), bounded.JSON_MAX_BYTES).splitlines()
        photos = sum(bool(row.strip()) and not row.startswith("#") for row in rows)
        cameras, read = name, (name,)
    return told.over(Told(photos=photos or None, used=photos or None, cameras=cameras, read=read))


def _info(listing: Listing, name: str) -> Told:
    seen: dict[str, str] = {}

    def found(path: tuple[str, ...], given: Attributes, said: str) -> None:
        if path[0] in ("Model", "ModelExport") and len(path) == 1:
            seen.update({f"{path[0]}.{key}": value[:2000] for key, value in given.items()})
        elif path[0] == "Model" and len(path) == 2 and said:
            seen.setdefault(f"Model.{path[1]}", said[:2000])

    try:
        bounded.xml(listing.path(name), found)
    except Unread as error:
        figures: dict[str, float | int | str] = {"file": name, "reason": str(error)}
        return Told(findings=(Finding("export-file-unread", "warning", figures),))
    system = seen.get("Model.globalCoordinateSystemName", "")
    matrix = _numbers(seen.get("Model.transformToModel", ""))
    findings: tuple[Finding, ...] = ()
    if len(matrix) == len(_IDENTITY) and matrix != _IDENTITY:
        shown = " ".join(f"{value:.10g}" for value in matrix)
        findings = (Finding("export-transform", "info", {"file": name, "matrix": shown}),)
    metres = _in_metres(seen)
    return Told(
        coordinate_system="" if system.startswith("local:") else system,
        unit="m" if metres else None,
        unit_evidence=f"georeferenced in RealityCapture ({system})" if metres else "",
        read=(name,),
        findings=findings,
    )


def _in_metres(seen: dict[str, str]) -> bool:
    """A national or global system in metres, exported without a factor; a local one has the scale it was
    given, and the info file does not say whether somebody gave it one."""
    scales = [seen.get(f"ModelExport.settingsScale{axis}", "1") for axis in "xyz"]
    plain = all(_numbers(scale) in ([1.0], []) for scale in scales)
    system = seen.get("Model.globalCoordinateSystem", "")
    in_metres = "+units=m" in system or "+proj=geocent" in system
    return plain and in_metres and seen.get("Model.globalCoordinateSystemName", "").lower().startswith("epsg")


def _numbers(written: str) -> list[float]:
    try:
        return [float(word) for word in written.split()]
    except ValueError:
        return []


def _registration(listing: Listing) -> list[str]:
    """CSV files that begin as the program's list of cameras does."""
    names = [name for name in listing.matching(r".*\.csv") if name.count("/") <= 2][:_PEEKS_MAX]
    begins = re.compile(rb"(?:#cameras \d+\r?\n)?#name,x,y,")
    return [name for name in names if begins.match(bounded.head(listing.path(name), 256))]


def _xmps(listing: Listing) -> list[str]:
    """Camera files, where the first few are this program's; other programs write ``.xmp`` too."""
    names = listing.matching(r".*\.xmp")
    ours = any(b"/ns/xcr/" in bounded.head(listing.path(name), 4096) for name in names[:_PEEKS_MAX])
    return names if ours else []
