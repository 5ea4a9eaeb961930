"""What ``museum process PATH`` means: which file is the model, which object it belongs to, where the results
go.

A path may be a model file anywhere, a folder as a photogrammetry program exports it, or an object's folder
``models/<collection>/<object>``. Nothing is opened here but the small records; the scan is never changed.
"""

from __future__ import annotations

from .drafts import GIVEN, draft, drafted_artifact, is_draft
from .finder import find, project_folder
from .naming import slug_of, source_mark
from .one import PRIVATE, Scan
from .shelf import Shelved, shelved

__all__ = [
    "GIVEN",
    "PRIVATE",
    "Scan",
    "Shelved",
    "draft",
    "drafted_artifact",
    "find",
    "is_draft",
    "project_folder",
    "shelved",
    "slug_of",
    "source_mark",
]
