"""Records of an object that nobody has described yet."""

from __future__ import annotations

import msgspec

from pipeline.cache import file_sha256, write
from pipeline.catalogue import store
from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.capture import Capture, CapturedFile, Unit, Up
from pipeline.catalogue.folders import ARTIFACT, CAPTURE
from pipeline.catalogue.text import Text

from .one import PRIVATE, Scan


def draft(
    scan: Scan, files: tuple[CapturedFile, ...], unit: Unit | None = None, up: Up | None = None
) -> None:
    """Writes ``artifact.toml`` and ``capture.toml`` where they are missing, so that the object can be shown.

    A ``capture.toml`` that was drafted and that nobody has touched since follows the scan's new files; one
    that people wrote is never changed.

    Args:
        scan: where the records belong.
        files: what came in, the model first.
        unit, up: what the technician said.
    """
    scan.home.mkdir(parents=True, exist_ok=True)
    artifact, capture, mark = scan.home / ARTIFACT, scan.home / CAPTURE, scan.out / PRIVATE / "drafted"
    if not artifact.exists():
        store.write_toml(drafted_artifact(scan), artifact)
    if not capture.exists():
        evidence = "given by the technician when it was processed" if unit else ""
        record = Capture(files=files, unit=unit, unit_evidence=evidence, up=up)
    elif scan.capture and mark.is_file() and mark.read_text() == file_sha256(capture):
        record = msgspec.structs.replace(scan.capture, files=files)
    else:
        return
    store.write_toml(record, capture)
    write(mark, [file_sha256(capture).encode()])


def drafted_artifact(scan: Scan) -> Artifact:
    """Gives the record of an object that has none: its name from the file."""
    chinese = any("\u3400" <= char <= "\u9fff" for char in scan.name)
    return Artifact(name=Text({"zh-Hans" if chinese else "en": scan.name}))
