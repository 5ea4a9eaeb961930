"""One object's scan: its model, its records, and where its results go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.finding import Finding

from .naming import title_of

PRIVATE = ".museum"
"""Folder inside the results for the cache and the state of the last run; never published."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One object's scan, and where its results go.

    Attributes:
        model: the model file; of several the first.
        base: the folder that all files of the scan lie in.
        slug: the object's short name, ASCII, kebab-case.
        out: folder of ``manifest.json`` and the model files.
        home: folder of ``artifact.toml`` and ``capture.toml``.
        artifact, capture: the records, None where the files are missing (they are drafted when it is run).
            The capture may be what an export folder tells of it.
        parts: the further model files where several are one object.
        title: the object's name where no file says it.
        evidence: files that tell of the capture and that were read: a report, camera positions.
        findings: what was found out while the scan was looked for.
    """

    model: Path
    base: Path
    slug: str
    out: Path
    home: Path
    artifact: Artifact | None
    capture: Capture | None
    parts: tuple[Path, ...] = ()
    title: str = ""
    evidence: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def models(self) -> tuple[Path, ...]:
        """Every model file, the first one first."""
        return (self.model, *self.parts)

    @property
    def collection(self) -> str:
        """The collection that the object stands in, empty for a folder of its own."""
        shelf = self.home.absolute().parent
        return shelf.name if self.out != self.home and shelf.parent.name == "models" else ""

    @property
    def key(self) -> str:
        """``collection/object``, or only the object's folder where it is in no collection."""
        return f"{self.collection}/{self.home.name}" if self.collection else self.home.absolute().name

    @property
    def name(self) -> str:
        """The object's name as the file or folder says it."""
        return self.title or title_of(self.model)
