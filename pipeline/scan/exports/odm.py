"""OpenDroneMap (ODM, WebODM): the project's folder, or the archive that WebODM offers, unpacked.

``odm_texturing/odm_textured_model_geo.obj`` with ``.mtl`` and ``…_material0000_map_Kd.png`` (also ``.glb``),
``odm_texturing_25d/`` for the orthophoto, ``odm_meshing/odm_mesh.ply`` before it; ``odm_report/stats.json``
and ``report.pdf``; ``log.json`` (``odmVersion``); ``images.json`` (camera and time of every photograph);
``odm_georeferencing/coords.txt``, earlier also ``odm_georeferencing_model_geo.txt``: the system in the
first line (``WGS84 UTM 17N``), east and north of the model's zero in the second; height is not taken off.
Sources: ODM ``opendm/types.py`` and ``stages/odm_report.py``, OpenSfM ``opensfm/stats.py``. Georeferenced
models are in metres with z up.
"""

from __future__ import annotations

import datetime
import re

import msgspec

from pipeline.catalogue.finding import Finding

from . import bounded, sidecars
from .bounded import Unread
from .listing import Listing
from .told import Told

NAME = "OpenDroneMap"
_MAIN = r"(?!.*odm_texturing_25d/)(?!.*submodels/)(?:.*/)?"
RANKS = (
    _MAIN + r"odm_textured_model_geo\.obj",
    _MAIN + r"odm_textured_model_geo\.\w+",
    _MAIN + r"odm_textured_model\.\w+",
    r"(?:.*/)?odm_textured_model(?:_geo)?\.\w+",
    r"(?:.*/)?odm_mesh\.ply",
)
_MARK = r"(?!.*submodels/)(?:.*/)?odm_textured_model(?:_geo)?\.(?:obj|glb)"
_WITHIN = re.compile(r"(?:^|/)odm_texturing(?:_25d)?$")
_COORDINATES = r"(?:.*/)?odm_georeferencing/(?:coords|odm_georeferencing_model_geo)\.txt"
_CAMERA = re.compile(r"(?:v2 )?(.+?) \d+ \d+ \w+ [\d.]+")


class _Reconstruction(msgspec.Struct):
    initial_shots_count: int | None = None
    reconstructed_shots_count: int | None = None
    reprojection_error_pixels: float | None = None
    has_gcp: bool = False


class _Stats(msgspec.Struct):
    reconstruction_statistics: _Reconstruction


class _Log(msgspec.Struct):
    odmVersion: str = ""  # noqa: N815 - the file's own name


class _Photo(msgspec.Struct):
    camera_make: str | None = None
    camera_model: str | None = None
    utc_time: float | None = None


def roots(listing: Listing) -> list[str]:
    """Gives the folders of projects."""
    folders = {name.rpartition("/")[0] for name in listing.matching(_MARK)}
    return sorted({_WITHIN.sub("", folder) for folder in folders})


def tell(listing: Listing) -> Told:
    """Gives what report, log, photographs and coordinates tell."""
    told = Told()
    readers = (
        (r"(?:.*/)?odm_report/stats\.json", _stats),
        (r"(?:.*/)?log\.json", _log),
        (r"(?:.*/)?images\.json", _photos),
        (r"(?:.*/)?cameras\.json", _cameras),
        (_COORDINATES, _georeference),
    )
    for pattern, reader in readers:
        for name in sorted(listing.matching(pattern), key=lambda one: (one.count("/"), one))[:1]:
            try:
                told = told.over(reader(listing, name))
            except Unread as error:
                figures: dict[str, float | int | str] = {"file": name, "reason": str(error)}
                told = told.over(Told(findings=(Finding("export-file-unread", "warning", figures),)))
    return told


def _stats(listing: Listing, name: str) -> Told:
    found = bounded.json(listing.path(name), _Stats).reconstruction_statistics
    error = found.reprojection_error_pixels
    return Told(
        photos=found.initial_shots_count,
        used=found.reconstructed_shots_count,
        control=found.has_gcp,
        reprojection_error_px=error if error and error > 0 else None,  # OpenSfM writes -1 for none
        read=(name,),
    )


def _log(listing: Listing, name: str) -> Told:
    return Told(version=bounded.json(listing.path(name), _Log).odmVersion[:40], read=(name,))


def _photos(listing: Listing, name: str) -> Told:
    photos = bounded.json(listing.path(name), list[_Photo])
    device = next((f"{p.camera_make or ''} {p.camera_model or ''}".strip() for p in photos), "")
    times = [photo.utc_time for photo in photos if photo.utc_time and 0 < photo.utc_time < 4e12]
    day = datetime.datetime.fromtimestamp(min(times) / 1000, datetime.UTC).date() if times else None
    return Told(device=device[:200], date=day, photos=len(photos) or None, read=(name,))


def _cameras(listing: Listing, name: str) -> Told:
    names = list(bounded.json(listing.path(name), dict[str, msgspec.Raw]))
    match = _CAMERA.fullmatch(names[0]) if names else None
    return Told(device=match[1][:200] if match else "", cameras=name, read=(name,))


def _georeference(listing: Listing, name: str) -> Told:
    system, origin = sidecars.origin_in(bounded.text(listing.path(name)))
    if origin is None:
        return Told()
    return Told(
        coordinate_system=system,
        origin=origin,
        unit="m",
        unit_evidence=f"georeferenced by OpenDroneMap ({system or 'coords.txt'})",
        up="+z",
        read=(name,),
    )
