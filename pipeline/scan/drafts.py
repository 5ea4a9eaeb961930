"""Records of an object that nobody has described yet."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.cache import file_sha256, write
from pipeline.catalogue import store
from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.capture import Capture, CapturedFile, Unit, Up
from pipeline.catalogue.folders import ARTIFACT, CAPTURE
from pipeline.catalogue.text import Text

from .one import PRIVATE, Scan

GIVEN = "given by the technician when it was processed"


def draft(
    scan: Scan,
    files: tuple[CapturedFile, ...],
    unit: Unit | None = None,
    up: Up | None = None,
    front_deg: float | None = None,
) -> None:
    """Writes ``artifact.toml`` and ``capture.toml`` where they are missing, so that the object can be shown.

    What stands beside the scan is taken over. A ``capture.toml`` that was drafted and that nobody has touched
    since follows the scan's new files and what was said last; one that people wrote is never changed.

    Args:
        scan: where the records belong.
        files: what came in, the models first.
        unit, up, front_deg: what the technician said.
    """
    scan.home.mkdir(parents=True, exist_ok=True)
    artifact, capture = scan.home / ARTIFACT, scan.home / CAPTURE
    if not artifact.exists():
        store.write_toml(scan.artifact or drafted_artifact(scan), artifact)
    if not capture.exists():
        said = scan.capture or Capture()
        if unit and not said.unit:
            said = msgspec.structs.replace(said, unit=unit, unit_evidence=GIVEN)
        front = said.front_deg if said.front_deg is not None else front_deg
        record = msgspec.structs.replace(said, files=files, up=said.up or up, front_deg=front)
    elif scan.capture and is_draft(capture, scan.out):
        front = scan.capture.front_deg if front_deg is None else front_deg
        record = msgspec.structs.replace(scan.capture, files=files, front_deg=front, up=up or scan.capture.up)
        if unit and unit != record.unit and record.unit_evidence in ("", GIVEN):
            record = msgspec.structs.replace(record, unit=unit, unit_evidence=GIVEN)
    else:
        return
    models = tuple(file.path for file in files[: len(scan.models)]) if scan.parts else ()
    record = msgspec.structs.replace(record, models=models)
    store.write_toml(record, capture)
    write(scan.out / PRIVATE / "drafted", [file_sha256(capture).encode()], lasting=True)


def is_draft(capture: Path, out: Path) -> bool:
    """Says whether a run into ``out`` wrote this ``capture.toml`` and nobody has changed it since."""
    mark = out / PRIVATE / "drafted"
    return mark.is_file() and mark.read_text() == file_sha256(capture)


def drafted_artifact(scan: Scan) -> Artifact:
    """Gives the record of an object that has none: its name from the file."""
    chinese = any("\u3400" <= char <= "\u9fff" for char in scan.name)
    return Artifact(name=Text({"zh-Hans" if chinese else "en": scan.name}))
