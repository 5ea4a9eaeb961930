"""What is asked of a run, and what is said of its scan: known before a file of the scan is opened.

The command line fills :class:`Options`; the records beside the scan say the rest. ``run`` and the rooms that
do its work both start from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline import inputs, recipe, scale
from pipeline import scan as scans
from pipeline.cache import file_sha256, key
from pipeline.catalogue.artifact import Artifact, Dimensions
from pipeline.catalogue.capture import Capture, Unit, Up
from pipeline.catalogue.derivative import SourceFile
from pipeline.catalogue.parse import understood
from pipeline.catalogue.text import encode_hook
from pipeline.measure.thresholds import files_for
from pipeline.scale import Measured

STATE = "run.json"
"""Name of :class:`State`'s file in the scan's private folder."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is to be done.

    Attributes:
        recipe: name or path.
        unit, up, front_deg: what the technician said, None where nothing.
        force: do everything again.
        force_size: go on though the register says another size.
        jobs: levels made at the same time at most; None leaves it to the program (``work.memory``).
        also: usages that the recipe makes on request alone, to be made too.
    """

    recipe: str = "relic"
    unit: Unit | None = None
    up: Up | None = None
    force: bool = False
    force_size: bool = False
    jobs: int | None = None
    also: tuple[str, ...] = ()
    front_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Asserted:
    """What somebody said about the scan, on the command line or else in ``capture.toml``."""

    unit: Unit | None
    source: str
    up: Up | None
    front_deg: float | None = None
    keep_support: bool = False
    cut_support: bool = False


class State(msgspec.Struct, frozen=True):
    """The last finished run: its key, what went in and what came out."""

    key: str
    inputs: tuple[str, ...]
    outputs: tuple[SourceFile, ...]


def whole_key(scan: scans.Scan, options: Options, files: Sequence[SourceFile]) -> str:
    """Gives the key of a whole run: everything its results can depend on."""
    said = asserted(scan, options)
    return key(
        inputs.digest_of(files),
        inputs.names_in(scan.base.absolute(), scan.out.absolute()),
        [inputs.relative(scan.base, model) for model in scan.models],
        scan.slug,
        scan.findings,
        recipe.digest(recipe.find(options.recipe)),
        [said, options.force_size, sorted(options.also), scale_digest(scan)],
        (scan.capture or Capture()).colour,
        artifact_json(scan),
        [file_sha256(path) for path in thresholds_of(scan)],
        inputs.code_digest(),
    )


def thresholds_of(scan: scans.Scan) -> tuple[Path, ...]:
    """Gives the museum's own limits that hold for the object, the nearest last."""
    return files_for(scan.home, in_collection=bool(scan.collection))


def asserted(scan: scans.Scan, options: Options) -> Asserted:
    """Gives what is said about the scan; the command line goes before ``capture.toml``."""
    capture = scan.capture or Capture()
    source = "given" if options.unit else "capture" if capture.unit else ""
    front = capture.front_deg if options.front_deg is None else options.front_deg
    unit, up = options.unit or capture.unit, options.up or capture.up
    return Asserted(unit, source, up, front, capture.keep_support, capture.cut_support)


def measured_in(scan: scans.Scan) -> Measured | None:
    """Gives what scale bars or targets in ``capture.toml`` say of the size.

    Raises:
        Refused: as :func:`pipeline.scale.measured`.
    """
    return scale.measured((scan.capture or Capture()).scale, _folders(scan))


def scale_digest(scan: scans.Scan) -> str:
    """Gives a digest of all that :func:`measured_in` depends on.

    Raises:
        Refused: a file of targets is missing.
    """
    return scale.digest((scan.capture or Capture()).scale, _folders(scan))


def _folders(scan: scans.Scan) -> tuple[Path, ...]:
    return scan.base, scan.home


def companions(scan: scans.Scan, uses: Iterable[recipe.Use] = ()) -> tuple[Path, ...]:
    """Gives the files beside the model that the capture, or a step of the recipe, names: pictures of a colour
    chart.
    """
    from pipeline.formats.paths import resolve

    named = [(scan.capture or Capture()).colour.checker]
    named += [str(use.parameters["checker"]) for use in uses if "checker" in use.parameters]
    found = [resolve(scan.base, name) for name in named if name]
    return tuple(path for path in found if path is not None)


def artifact_of(scan: scans.Scan) -> Artifact:
    """Gives the object's record, the drafted one where there is none yet."""
    return scan.artifact or scans.drafted_artifact(scan)


def dimensions_of(scan: scans.Scan) -> Dimensions:
    """Gives the register's sizes; numbers understood from its wording where none are written beside it."""
    return understood(artifact_of(scan)).register.dimensions


def artifact_json(scan: scans.Scan) -> str:
    """Gives the object's record as canonical JSON, for keys."""
    return msgspec.json.encode(artifact_of(scan), enc_hook=encode_hook, order="sorted").decode()
