"""The model files that were found for one object, before it has a place for its results."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Refused

from .exports import Export
from .naming import title_of


@dataclass(frozen=True, slots=True)
class Found:
    """The model files of one object, and the export folder that they stand in, None where it is none."""

    models: tuple[Path, ...]
    export: Export | None = None

    @property
    def base(self) -> Path:
        """The folder that all files of the scan lie in.

        Raises:
            Refused: there is none.
        """
        if self.export is not None:
            return self.export.folder
        if len(self.models) == 1:
            return self.models[0].parent
        try:
            return Path(os.path.commonpath([model.absolute().parent for model in self.models]))
        except ValueError as error:  # Windows: two drives
            raise Refused(
                "the parts of one object lie on different drives", do="copy them into one folder"
            ) from error

    @property
    def title(self) -> str:
        """The object's name: of the export or the only model; of parts, the folder that they lie in."""
        if self.export is not None and self.export.title:
            return self.export.title
        return title_of(self.models[0] if len(self.models) == 1 else self.base / "model")
