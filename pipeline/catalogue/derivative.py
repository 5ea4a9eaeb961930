"""What the pipeline made, and its proof: the manifest beside the files.

Other programs read this; keep it stable.

``manifest.json`` is the last file written, by rename: when it is there, everything it names is there.
Its JSON Schema is generated from these types into ``schemas/manifest.schema.json``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .finding import Finding
from .proof import Proof

MANIFEST_SCHEMA = "mobile-museum/manifest/1"

Usage = Literal["view", "ar", "vr", "print", "download", "master"]
Quality = Literal["thumb", "small", "medium", "large", "full"]


class Deviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Distance between the scan and the derivative in mm, from area-weighted samples in both directions.

    ``mean`` is the mean of the two one-way means, ``p95`` and ``max`` the larger of the two directions.

    Attributes:
        mean: mean distance.
        p95: 95 of 100 samples are at most this far.
        max: largest distance found: of the samples and, as corners and thin spikes fall between
            samples, of the vertices too (at most 100 000 of each surface, evenly picked). Vertices count
            for ``max`` alone, in both directions.
        scan_to_model: mean, p95 and max from points of the scan to the model.
        model_to_scan: mean, p95 and max from points of the model to the scan.
        samples: points sampled in each direction.
        rms: root of the mean of the two directions' mean squares; null in files of earlier versions.
    """

    mean: float
    p95: float
    max: float
    scan_to_model: tuple[float, float, float]
    model_to_scan: tuple[float, float, float]
    samples: int
    rms: float | None = None


class ColourDifference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CIEDE2000 between scan and derivative, at points of the scan and the nearest points of the derivative.

    Attributes:
        mean: mean difference; about 1 is what a trained eye just sees.
        p95: 95 of 100 samples differ at most so much.
        samples: points sampled.
    """

    mean: float
    p95: float
    samples: int


class StepRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step as it was run: its name, version and parameters.

    Attributes:
        use: name of the step.
        version: the step's version.
        parameters: what it was called with, units in the names.
    """

    use: str
    version: int
    parameters: dict[str, bool | int | float | str | None] = {}


class Derivative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model file with its figures.

    Attributes:
        usage: what it is good for.
        quality: which of that usage's levels.
        path: file name relative to the manifest, with the first 8 digits of its SHA-256
            (``small.3f9a2c1b.glb``). One usage and quality may have several files: AR has a GLB and a USDZ.
        media_type: ``model/gltf-binary``, ``model/vnd.usdz+zip`` …
        bytes: size on disk.
        bytes_wire: size as served with brotli, equal to ``bytes`` where brotli does not pay.
        sha256: digest of the file, lower-case hex.
        triangles: triangles drawn.
        vertices: vertices stored.
        texture_px: longest side of the largest texture, 0 without texture.
        decoded_bytes: GPU memory once loaded, textures with mips and vertex and index buffers.
        draw_calls: primitives drawn.
        deviation_mm: measured distance to the scan: of a GLB decoded again; of other formats of what was
            written into them, at the precision that is in the file.
        required_extensions: glTF extensions a reader must know.
        error_mm: the error the level was made for (its bound), null where nothing was simplified.
        steps: what was done for this level after the common steps.
        colour_de2000: measured difference of the colours, null where scan or format (STL, 3MF) has none.
        proof: what else was measured on the finished file, null in files of earlier versions.
    """

    usage: Usage
    quality: Quality
    path: str
    media_type: str
    bytes: int
    bytes_wire: int
    sha256: str
    triangles: int
    vertices: int
    texture_px: int
    decoded_bytes: int
    draw_calls: int
    deviation_mm: Deviation
    required_extensions: tuple[str, ...]
    error_mm: float | None = None
    steps: tuple[StepRecord, ...] = ()
    colour_de2000: ColourDifference | None = None
    proof: Proof | None = None


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rendered picture: ``poster`` (transparent ground, front view), ``share`` (on a ground) or ``cut``
    (the
    scan with what was cut away in red; for staff, never on a visitor's page).

    Attributes:
        usage: what it is for.
        path: file name relative to the manifest.
        media_type: ``image/webp`` …
        bytes: size on disk.
        sha256: digest of the file.
        width_px: width.
        height_px: height.
    """

    usage: Literal["poster", "share", "cut"]
    path: str
    media_type: str
    bytes: int
    sha256: str
    width_px: int
    height_px: int


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From where the poster looks at the object: a page that starts there goes over without a jump.

    Attributes:
        azimuth_deg: 0 looks along -Z at the front; positive walks to the right round the object, towards +X.
        elevation_deg: above the horizon.
    """

    azimuth_deg: float
    elevation_deg: float


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the scan as it came in; ``path`` is relative to the scan folder, never absolute.

    Attributes:
        path: with forward slashes.
        bytes: size.
        sha256: digest of the file.
    """

    path: str
    bytes: int
    sha256: str


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What went in: the files, one digest over all of them, and the counts before anything was done.

    Attributes:
        sha256: one digest over all files.
        files: every file that was read.
        format: format of the model (``obj``, ``ply`` …).
        triangles: triangles of the scan.
        vertices: vertices of the scan.
        texture_px: longest side of its largest texture, 0 without texture.
        points: points of a cloud, which has neither triangles nor vertices; 0 for a mesh.
    """

    sha256: str
    files: tuple[SourceFile, ...]
    format: str
    triangles: int
    vertices: int
    texture_px: int
    points: int = 0


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How large the object is and how we know.

    Attributes:
        unit: unit of the scan's numbers.
        evidence: measured by a ``scale-bar`` or by ``targets``, ``given`` by the technician, ``capture``
            record, ``format`` says so, ``register`` agrees, ``assumed`` where nothing says so.
        confirmed: false only when ``assumed``; pages then say that the size is not confirmed.
        size_mm: width (X), height (Y), depth (Z) after placing.
        up: the scan's axis that became up, for example ``+z``.
        up_evidence: how it was found.
        offset_m: what was subtracted from the scan's coordinates (after unit and up) to place it at the
            origin.
        factor: what the scan's numbers were multiplied by beside the unit, 1 where nothing was measured.
        uncertainty_percent: expanded uncertainty (k = 2) of the size by what was measured, null where
            nothing tells it.
        front_deg: by how much the object was turned about its axis to bring its front forward, in degrees,
            null where nobody said where the front is.
        levelled_deg: by how much it was tilted onto its own base, in degrees.
    """

    unit: Literal["m", "cm", "mm", "in", "ft"]
    evidence: Literal["scale-bar", "targets", "given", "capture", "format", "register", "assumed"]
    confirmed: bool
    size_mm: tuple[float, float, float]
    up: str
    up_evidence: str
    offset_m: tuple[float, float, float]
    factor: float = 1.0
    uncertainty_percent: float | None = None
    front_deg: float | None = None
    levelled_deg: float = 0.0


class RecipeRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which recipe was run: its name, the digest of its text, and the common steps.

    Attributes:
        name: name of the recipe.
        sha256: digest of its text.
        steps: steps run once for all levels.
    """

    name: str
    sha256: str
    steps: tuple[StepRecord, ...] = ()


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """``manifest.json``: everything made from one object's scan by one recipe.

    Attributes:
        object: name of the object's folder.
        recipe: what was run.
        input: what went in.
        scale: size, unit and the evidence for it.
        derivatives: the model files.
        pictures: the rendered pictures.
        findings: what the technician should know.
        view: from where the poster looks, null where no poster was drawn.
        report: file name of the report page.
        generator: program and version that wrote this.
        schema: name and version of this format; stays while other programs need no change.
    """

    object: str
    recipe: RecipeRecord
    input: Input
    scale: Scale
    derivatives: tuple[Derivative, ...]
    pictures: tuple[Picture, ...] = ()
    findings: tuple[Finding, ...] = ()
    view: View | None = None
    report: str = "report.html"
    generator: str = ""
    schema: str = MANIFEST_SCHEMA
