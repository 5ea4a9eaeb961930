"""Meshroom (AliceVision): the cache of a project, or what its node Publish copied out.

``MeshroomCache/Texturing/<uid>/texturedMesh.obj`` with ``texturedMesh.mtl`` and ``texture_1001.png`` … (one a
UDIM tile), ``Meshing/<uid>/mesh.obj`` and ``MeshFiltering/<uid>/mesh.obj`` before it;
``StructureFromMotion/<uid>/cameras.sfm`` is JSON with ``views`` (their EXIF under ``metadata``),
``intrinsics`` and ``poses``, every number as text; ``sfm.json`` is the same with the points. The project
``name.mg`` names its release under ``header.releaseVersion``. Sources: AliceVision
``sfmDataIO/jsonIO.cpp``, the node reference of the manual (meshroom-manual.readthedocs.io, Texturing),
projects in public repositories. The scale is arbitrary unless the node SfMTransform gave it one, which
these files do not say.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

import msgspec

from pipeline.catalogue.finding import Finding

from . import bounded
from .bounded import Unread
from .listing import Listing
from .told import Told, day_of

NAME = "Meshroom"
RANKS = (r"(?:.*/)?texturedMesh\.obj", r"(?:.*/)?texturedMesh\.\w+", r"(?:.*/)?MeshFiltering.*\.obj")
_CACHE = r"((?:.*/)?MeshroomCache)/[^/]+/[^/]+/.*"
_CAMERAS = r"(?:.*/)?(?:cameras|sfm)\.(?:sfm|json)"


class _View(msgspec.Struct):
    metadata: dict[str, Any] = {}


class _Sfm(msgspec.Struct):
    """What of a scene file is built; ``poses`` are only counted."""

    views: list[_View]
    poses: list[msgspec.Raw] = []


class _Header(msgspec.Struct):
    releaseVersion: str = ""  # noqa: N815 - the file's own name


class _Project(msgspec.Struct):
    header: _Header
    graph: dict[str, msgspec.Raw] = {}


def roots(listing: Listing) -> list[str]:
    """Gives the folders that projects, caches or published results lie in."""
    marks = listing.matching(r"(?:.*/)?texturedMesh\.obj")
    folders = {_above_cache(name) for name in marks}
    folders |= {name.rpartition("/")[0] for name in listing.matching(r".*\.mg") if _is_project(listing, name)}
    return sorted(folders)


def tell(listing: Listing) -> Told:
    """Gives what the project and the newest camera file tell."""
    told = Told()
    for name in listing.matching(r".*\.mg")[:1]:
        try:
            project = bounded.json(listing.path(name), _Project)
            told = told.over(Told(version=project.header.releaseVersion[:40], read=(name,)))
        except Unread as error:
            told = told.over(_unread(name, error))
    for name in sorted(listing.matching(_CAMERAS), key=_preferred)[:1]:
        told = told.over(_cameras(listing, name))
    return told


def _cameras(listing: Listing, name: str) -> Told:
    try:
        scene = bounded.json(listing.path(name), _Sfm)
    except Unread as error:
        return _unread(name, error)
    notes = [view.metadata for view in scene.views[:2000]]
    device = next((_device(note) for note in notes if _device(note)), "")
    days = [day for note in notes if (day := _day(note))]
    return Told(
        device=device,
        date=min(days, default=None),
        photos=len(scene.views) or None,
        used=len(scene.poses) or None,
        cameras=name,
        read=(name,),
    )


def _device(note: dict[str, Any]) -> str:
    make, model = str(note.get("Make", "")).strip(), str(note.get("Model", "")).strip()
    return (model if model.startswith(make) else f"{make} {model}").strip()[:200]


def _day(note: dict[str, Any]) -> datetime.date | None:
    return day_of(str(note.get("Exif:DateTimeOriginal") or note.get("DateTime") or ""))


def _above_cache(name: str) -> str:
    match = re.fullmatch(_CACHE, name, re.IGNORECASE)
    return match[1].rpartition("/")[0] if match else name.rpartition("/")[0]


def _preferred(name: str) -> tuple[bool, bool, str]:
    """Camera files of the node StructureFromMotion first, those with points last: they are the largest."""
    return "structurefrommotion" not in name.lower(), not name.lower().endswith("cameras.sfm"), name


def _is_project(listing: Listing, name: str) -> bool:
    start = bounded.head(listing.path(name), 4096)
    return b'"releaseVersion"' in start and b'"nodesVersions"' in start


def _unread(name: str, error: Unread) -> Told:
    return Told(findings=(Finding("export-file-unread", "warning", {"file": name, "reason": str(error)}),))
