"""What a run needs beside its steps: readers, the proof of a finished file, pictures, report.

Bundled as ``Tools`` so that the engine can be tested with small stand-ins, and so that the heavy imports
happen only when there is work to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.derivative import Manifest, Scale, View
from pipeline.progress import stage

if TYPE_CHECKING:
    from pipeline.matter.cloud import Cloud
    from pipeline.matter.encoded import Encoded
    from pipeline.matter.surface import Surface
    from pipeline.measure.proof import Proven
    from pipeline.node.validator import Validation
    from pipeline.report.sides import Sides


@dataclass(frozen=True, slots=True)
class About:
    """What goes into every file as its origin: the object's record, recipe and input digest, size."""

    object: str
    artifact: Artifact
    recipe: str
    recipe_sha256: str
    input_sha256: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class Shot:
    """One finished picture; ``view`` is from where it looks."""

    usage: Literal["poster", "share", "cut"]
    data: bytes
    suffix: str
    media_type: str
    width_px: int
    height_px: int
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """The parts a run is made of.

    Attributes:
        files: every file a model consists of.
        read: reads a model.
        validate: has the bytes of a model looked at by the Khronos validator.
        prove: measures a finished level against the scan after the common steps; gets the level's name and
            the screen that it is made for (pixels of the diagonal, None for none).
        pictures: renders the object, in full size or, for a first look, smaller.
        glance: measures distance and colours alone, for recipes whose proof is short.
        compare: draws scan and finest level side by side, and where asked turned, for the report.
        report: gives the report's files by name.
        validate_usdz: has a USDZ looked at by Pixar's validators, None where they are not installed.
        cut: draws what the step ``detach`` cut from a surface, None where nothing is found to cut.
        get_ready: loads what ``report`` needs, while the last pictures are still drawn.
        missed: draws where a finished level's texels met no scan; nothing where it was not baked.
    """

    files: Callable[[Path], Sequence[Path]]
    read: Callable[[Path], Surface | Cloud]
    validate: Callable[[bytes], Validation]
    prove: Callable[[Encoded, Surface, str, int | None], Proven]
    pictures: Callable[[Surface, About, bool], Sequence[Shot]]
    compare: Callable[[Surface, bytes, bool], Sides]
    report: Callable[[Manifest, Artifact, Sides], Mapping[str, bytes]]
    glance: Callable[[Encoded, Surface, str], Proven]
    validate_usdz: Callable[[bytes], Validation | None] = lambda _data: None
    cut: Callable[[Surface], Shot | None] = lambda _surface: None
    missed: Callable[[Encoded], tuple[bytes, ...]] = lambda _encoded: ()
    get_ready: Callable[[], None] = lambda: None


def real_tools() -> Tools:
    """Gives the tools that ``museum process`` works with."""
    from pipeline import formats
    from pipeline.measure import usd
    from pipeline.node.validator import validate

    return Tools(
        formats.files,
        formats.read,
        validate,
        prove,
        pictures,
        compare,
        report,
        glance,
        usd.validate_usdz,
        cut,
        missed,
        report_ready,
    )


def report_ready() -> None:
    """Loads the report's templates and letters."""
    from pipeline.report import ready

    ready()


def prove(encoded: Encoded, scan: Surface, level: str, screen_px: int | None) -> Proven:
    """Measures a finished file: a GLB decoded again by our own reader, so that quantisation counts too; of
    other formats what went into them, at the precision that is in the file."""
    from pipeline.formats.gltf_read import read_glb_bytes
    from pipeline.measure.proof import prove as measured

    with stage("measure", level):
        kept = encoded.holds
        return measured(
            scan,
            read_glb_bytes(encoded.data) if kept is None else kept,
            before=encoded.before if kept is None else None,
            findings=encoded.findings,
            screen_px=screen_px,
        )


def glance(encoded: Encoded, scan: Surface, level: str) -> Proven:
    """Measures distance and colours of a finished file as :func:`prove` does, at a tenth of its points."""
    from pipeline.formats.gltf_read import read_glb_bytes
    from pipeline.measure.colour import colour_difference
    from pipeline.measure.deviation import deviation
    from pipeline.measure.proof import Proven

    model = read_glb_bytes(encoded.data) if encoded.holds is None else encoded.holds
    with stage("measure", level):
        return Proven(deviation(scan, model), colour_difference(scan, model))


def pictures(surface: Surface, about: About, full: bool) -> Sequence[Shot]:
    """Renders the poster and the picture for sharing."""
    from pipeline import render

    suffixes = {"image/webp": ".webp", "image/png": ".png", "image/jpeg": ".jpg"}
    return [
        Shot(
            one.usage,
            one.data,
            suffixes[one.media_type],
            one.media_type,
            one.width_px,
            one.height_px,
            View(*one.view_deg),
        )
        for one in render.pictures(surface, side_px=render.POSTER_PX if full else render.QUICK_PX)
    ]


def cut(surface: Surface) -> Shot | None:
    """Draws what the step ``detach`` cut from a surface."""
    from pipeline.measure.support import find_support
    from pipeline.render.cut import CUT_PX, cut_picture

    found = find_support(surface)
    if found is None:
        return None
    return Shot("cut", cut_picture(surface, found.part), ".webp", "image/webp", CUT_PX, CUT_PX)


def missed(encoded: Encoded) -> tuple[bytes, ...]:
    """Draws where the texels of a finished level met no scan when they were baked."""
    from pipeline.render.missed import missed_pictures

    return () if encoded.before is None else missed_pictures(encoded.before)


def metadata(about: About) -> str:
    """Gives what every model file says of itself: a packet of KHR_xmp_json_ld, as JSON."""
    from pipeline.formats.gltf_xmp import packet

    artifact = about.artifact
    rights = artifact.rights
    about_it = packet(
        title=artifact.name,
        identifier=artifact.number,
        rights=rights.credit or rights.holder,
        licence_url=rights.licence_url,
        recipe=about.recipe,
        recipe_sha256=about.recipe_sha256,
        input_sha256=about.input_sha256,
        synthetic=artifact.synthetic,
    )
    return msgspec.json.encode(about_it, order="deterministic").decode()


def compare(scan: Surface, glb: bytes, turn: bool) -> Sides:
    """Draws the scan and a finished model from the same places: one, and where asked all around."""
    from pipeline.formats.gltf_read import read_glb_bytes
    from pipeline.report import side_by_side

    return side_by_side(scan, read_glb_bytes(glb), turn=turn)


def report(manifest: Manifest, artifact: Artifact, sides: Sides) -> Mapping[str, bytes]:
    """Gives ``report.json`` and ``report.html``."""
    from pipeline.report import report as written

    return written(manifest, artifact, sides)
