"""Whole folders as photogrammetry programs export them: which program, which model, what is told of the
capture.

A folder is recognised by its files, never by its name. One module a program says where its exports lie
(``roots``), which of several models is the result (``RANKS``) and what else its files tell (``tell``). Only
small records are read, bounded (``bounded.py``); models are not opened beyond their first block.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from types import ModuleType

from pipeline.catalogue.capture import Capture
from pipeline.catalogue.folders import ARTIFACT, MANIFEST

from ..naming import title_of
from . import colmap, exif, meshroom, metashape, odm, openmvs, realitycapture, sidecars
from .choice import chosen
from .findings import findings_of, of_the_capture
from .listing import Listing, listed
from .told import Export, Told

__all__ = ["PROGRAMS", "Export", "recognise"]

PROGRAMS: tuple[ModuleType, ...] = (odm, meshroom, realitycapture, metashape, openmvs, colmap)
"""In the order they are asked: ODM runs OpenMVS inside, and OpenMVS often stands in a COLMAP workspace."""

_OWN_NAMES = frozenset({realitycapture.NAME, metashape.NAME})
"""Programs whose technician names the model's file; the others give fixed names that say nothing."""
EVIDENCE_MAX_BYTES = 64 << 20


def recognise(folder: Path, *, as_one: bool = False, named: Sequence[Path] = ()) -> Export | None:
    """Says what an export folder holds, None where it is none, or several at once.

    Args:
        folder: any folder.
        as_one: where several models are left, they are the parts of one.
        named: the models that somebody said it is; empty where nobody did.
    """
    listing = listed(folder)
    if listing is None or not listing.models or _holds_objects(listing):
        return None
    for program in PROGRAMS:
        roots: list[str] = program.roots(listing)
        if roots and _is_one(listing, roots):
            return _export(listing, program, as_one=as_one, named=named)
    return _plain(listing)


def _plain(listing: Listing) -> Export | None:
    """One model of a program that left no mark, with a file beside it that says where its zero lies."""
    told = sidecars.tell(listing).tidy()
    if len(listing.models) != 1 or told.origin is None:
        return None
    model = listing.path(listing.models[0])
    return Export(
        folder=listing.folder,
        program="",
        models=(model,),
        parts=False,
        title="",
        capture=_capture(told, ""),
        evidence=_evidence(listing, told),
        findings=(*of_the_capture(told), *told.findings),
    )


def _is_one(listing: Listing, roots: Sequence[str]) -> bool:
    """Whether all lies in one of the folders: a stick with two exports, or with an export and another model,
    holds two objects."""
    top = min(roots, key=len)
    if not top:
        return True
    inside = [name.startswith(f"{top}/") for name in listing.models]
    return all(root == top or root.startswith(f"{top}/") for root in roots) and len(set(inside)) == 1


def _holds_objects(listing: Listing) -> bool:
    """Whether folders below are described as objects; what a run wrote has its manifest beside that."""
    names = set(listing.names)
    described = (name.removesuffix(ARTIFACT) for name in names if name.endswith(f"/{ARTIFACT}"))
    return any(f"{folder}{MANIFEST}" not in names for folder in described)


def _export(listing: Listing, program: ModuleType, *, as_one: bool, named: Sequence[Path]) -> Export | None:
    models, numbered = chosen(listing, program.RANKS, getattr(program, "PARTS", ""))
    if named:
        models = [name for path in named for name in listing.models if listing.path(name) == path]
        as_one, numbered = True, numbered and len(named) > 1
    if not models or (named and len(models) < len(named)):
        return None
    parts = numbered or (as_one and len(models) > 1)
    told: Told = program.tell(listing).over(sidecars.tell(listing)).over(_report(listing))
    told = (told.over(exif.tell(listing)) if not (told.device and told.date) else told).tidy()
    name = getattr(program, "name_of", lambda _: program.NAME)(listing)
    shown = f"{name} {told.version}".strip()
    decided = len(models) == 1 or parts
    return Export(
        folder=listing.folder,
        program=shown,
        models=tuple(listing.path(model) for model in models),
        parts=parts,
        title=_title(listing, program, models, parts=parts, numbered=numbered),
        capture=_capture(told, shown),
        evidence=_evidence(listing, told),
        findings=findings_of(listing, shown, models, told) if decided else (),
    )


def _title(
    listing: Listing, program: ModuleType, models: Sequence[str], *, parts: bool, numbered: bool
) -> str:
    """The object's name where the model's own file does not say it."""
    if numbered:
        return PurePosixPath(models[0]).stem.rpartition("_")[0]
    return title_of(listing.folder / "model") if parts or program.NAME not in _OWN_NAMES else ""


def _report(listing: Listing) -> Told:
    """The program's report: a PDF or page named so, else the only PDF at the top, else ODM's figures."""
    named = listing.matching(r"(?:.*/)?[^/]*report[^/]*\.(?:pdf|html?)")
    top = listing.matching(r"[^/]+\.pdf")
    found = sorted(named, key=lambda name: (name.count("/"), name)) or (top if len(top) == 1 else [])
    found = found or listing.matching(r"(?:.*/)?odm_report/stats\.json")
    return Told(report=found[0] if found else "")


def _capture(told: Told, program: str) -> Capture:
    return Capture(
        unit=told.unit,
        unit_evidence=told.unit_evidence,
        up=told.up,
        device=told.device,
        date=told.date,
        software=program,
        photos=told.used or told.photos,
        reprojection_error_px=told.reprojection_error_px,
        scale_bars=told.scale_bars,
        coordinate_system=told.coordinate_system,
        origin=told.origin,
    )


def _evidence(listing: Listing, told: Told) -> tuple[Path, ...]:
    """The files that were read, as they belong to what came in; not those whose digests would take long."""
    paths = (listing.path(name) for name in told.read)
    return tuple(path for path in paths if path.stat().st_size <= EVIDENCE_MAX_BYTES)
