"""What may be seen from outside. The site, lists, search and packs use only what comes out of here.

Withheld unless the record says otherwise: archive-grade meshes, and where the object was found. The offset
of a georeferenced scan is a coordinate too.
"""

from __future__ import annotations

import msgspec

from .artifact import Artifact
from .derivative import Derivative, Manifest
from .finding import without_names, without_places
from .parse import understood


def public_view(artifact: Artifact) -> Artifact | None:
    """Gives the record as visitors may see it, its wording understood; None when the object is not public."""
    if not artifact.sensitivity.public:
        return None
    sensitivity = msgspec.structs.replace(artifact.sensitivity, reason="")
    return msgspec.structs.replace(understood(artifact), sensitivity=sensitivity)


ARCHIVE_GRADE = frozenset({"print", "download", "master"})
"""Usages whose files are good enough to make the object anew."""


def may_publish(artifact: Artifact, derivative: Derivative) -> bool:
    """Tells whether a file may be served: not of a hidden object, and by default nothing that is made for
    printing, downloading or the archive, and no full mesh."""
    if not artifact.sensitivity.public:
        return False
    archive = derivative.usage in ARCHIVE_GRADE or derivative.quality == "full"
    return not archive or artifact.sensitivity.archive == "public"


def public_manifest(artifact: Artifact, manifest: Manifest) -> Manifest | None:
    """Gives the manifest as visitors may see it; None when the object is not public.

    Withheld files are not named, nor are the files of the scan, its materials and meshes (their names may
    hold persons and places): findings say numbers instead. The picture of what was cut away stays in the
    museum: it shows the workshop.
    """
    if not artifact.sensitivity.public:
        return None
    scale, findings = manifest.scale, manifest.findings
    if artifact.sensitivity.coordinates != "public":
        findings = without_places(findings)
        scale = msgspec.structs.replace(scale, offset_m=(0.0, 0.0, 0.0))
    return msgspec.structs.replace(
        manifest,
        derivatives=tuple(made for made in manifest.derivatives if may_publish(artifact, made)),
        pictures=tuple(picture for picture in manifest.pictures if picture.usage != "cut"),
        input=msgspec.structs.replace(manifest.input, files=()),
        scale=scale,
        findings=without_names(findings),
    )
