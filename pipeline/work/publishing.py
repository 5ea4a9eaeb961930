"""The end of a run: report, drafts, and last the manifest; then what neither names goes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import msgspec

from pipeline import inputs
from pipeline import scan as scans
from pipeline.asked import STATE, State, artifact_of, whole_key
from pipeline.cache import file_sha256, settle, write, write_together
from pipeline.catalogue import store
from pipeline.catalogue.capture import Capture, CapturedFile
from pipeline.catalogue.derivative import Manifest, SourceFile
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.folders import CAPTURE, MANIFEST
from pipeline.progress import stage
from pipeline.report.sides import Sides

from .job import Job

OURS = re.compile(
    r"(thumb|small|medium|large|full|ar|vr|print|download|master|poster|share|cut)\.[0-9a-f]{8}\.\w+(\.br)?"
    r"|\..+\.[0-9a-f]{8}\.part"
)
"""Names of files that runs write into the results and that may go when no manifest names them."""


def publish(job: Job, manifest: Manifest, files: tuple[SourceFile, ...], sides: Sides) -> None:
    """Writes the report and, last, the manifest; then removes what neither names."""
    scan, out, private = job.scan, job.scan.out, job.scan.out / scans.PRIVATE
    scans.draft(scan, captured(scan, files), job.options.unit, job.options.up, job.options.front_deg)
    named = {one.path for one in manifest.derivatives} | {one.path for one in manifest.pictures}
    named |= {f"{one.path}.br" for one in manifest.derivatives if one.bytes_wire < one.bytes}
    with stage("report"):
        made = dict(job.tools.report(manifest, artifact_of(scan), sides))
        last = {MANIFEST: store.json_of(manifest, out / MANIFEST)}
        # a power cut leaves the manifest before this one, or this one and all that it names
        settle([*(out / name for name in sorted(named)), out])
        write_together({out / name: [data] for name, data in (made | last).items()}, lasting=True)
    named |= {manifest.report, *made}
    for path in out.iterdir():
        if OURS.fullmatch(path.name) and path.name not in named:
            path.unlink(missing_ok=True)
    job.cache.sweep()
    outputs = tuple(
        SourceFile(name, (out / name).stat().st_size, file_sha256(out / name))
        for name in sorted({*named, MANIFEST})
        if (out / name).is_file()
    )
    state = State(whole_key(scan, job.options, files), tuple(file.path for file in files), outputs)
    write(private / STATE, [msgspec.json.encode(state)])


def captured(scan: scans.Scan, files: tuple[SourceFile, ...]) -> tuple[CapturedFile, ...]:
    """Gives what came in, the models first, with paths from the folder of ``capture.toml`` on."""
    models = [inputs.relative(scan.base, model) for model in scan.models]
    base, home = scan.base.absolute(), scan.home.absolute()
    before = base.relative_to(home).as_posix() + "/" if base.is_relative_to(home) and base != home else ""
    rank = {path: number for number, path in enumerate(models)}
    ordered = sorted(files, key=lambda file: (rank.get(file.path, len(rank)), file.path))
    return tuple(CapturedFile(before + file.path, file.sha256, file.bytes) for file in ordered)


def differing(scan: scans.Scan, files: tuple[SourceFile, ...]) -> list[Finding]:
    """Gives the files that are not what ``capture.toml`` says came in; a drafted one just follows."""
    said = (scan.capture or Capture()).files
    # beside the scan paths begin in another folder: the names tell which file is meant
    known = {PurePosixPath(file.path).name: file.sha256 for file in said}
    known |= {file.path: file.sha256 for file in said}
    own = scan.home / CAPTURE
    if not known or (scans.is_draft(own, scan.out) and store.read_capture(own) == scan.capture):
        return []
    return [
        Finding("capture-differs", "warning", {"file": file.path})
        for file in captured(scan, files)
        if known.get(file.path, known.get(PurePosixPath(file.path).name, file.sha256)) != file.sha256
    ]
