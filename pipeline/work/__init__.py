"""The work of one run: read, common steps, levels, pictures, report, and the manifest last.

Model files are named by their content, so they never overwrite one another, and a level that is done stays
done: its figures are kept beside the cache's surfaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import msgspec

from pipeline import __version__, inputs
from pipeline.asked import Options, artifact_json, artifact_of, asserted, dimensions_of
from pipeline.cache import Cache, key
from pipeline.catalogue.derivative import Input, Manifest, RecipeRecord, Scale
from pipeline.catalogue.finding import Finding
from pipeline.deliver import About, Tools, metadata
from pipeline.progress import stage
from pipeline.recipe import Recipe
from pipeline.scan import PRIVATE, Scan

from .ahead import ahead
from .chain import Made, chained, step_records
from .job import Job
from .levels import Common, Written, make_levels
from .memory import give_back_early
from .publishing import differing, publish
from .records import Facts, LevelRecord, PictureRecord
from .shots import cut, pictures, sides
from .size import facts, measured_findings, overruled, placed


def work(scan: Scan, options: Options, recipe: Recipe, tools: Tools) -> Manifest:
    """Does the work of :func:`pipeline.run.process` and gives the manifest, which is written last."""
    give_back_early()
    job = Job(scan, options, recipe, tools, Cache(scan.out / PRIVATE / "cache", scan.base))
    if options.force:
        job.cache.sweep()
    with stage("hash"):
        files = inputs.digests(scan.base, tools.files(scan.model))
    digest = inputs.digest_of(files)
    source = source_of(job, digest)
    known = facts(job, source)
    given = given_of(job, known)
    with ahead(job, source, given, known):
        result = chained(job.cache, source, recipe.uses, given)
        where = placed(job, result, known)
        about = about_of(job, digest, where.scale)
        common = common_of(job, result, where.scale)
        removed = cut(job, source, given, where.findings)
        source.forget()
        given["metadata"] = metadata(about)
        made, drawn, shown = _levels_and_pictures(job, common, given, known, about)
    found = [
        *differing(scan, files),
        *overruled(job),
        *measured_findings(job, known),
        *where.findings,
        *(finding for level in made for finding in level.findings),
        Finding("gltf-validated", "info", {"files": len(made)}),
    ]
    manifest = Manifest(
        object=scan.slug,
        recipe=RecipeRecord(recipe.name, recipe.sha256, step_records(recipe.uses, given)),
        input=Input(digest, files, known.format, known.triangles, known.vertices, known.texture_px),
        scale=where.scale,
        derivatives=tuple(level.derivative for level in made),
        pictures=(*drawn.pictures, *removed.pictures),
        findings=_once(found),
        view=drawn.view,
        generator=f"mobile-museum {__version__}",
    )
    publish(job, manifest, files, {**shown, **removed.shown})
    return manifest


def _levels_and_pictures(
    job: Job, common: Common, given: Mapping[str, Any], known: Facts, about: About
) -> tuple[list[LevelRecord], PictureRecord, Mapping[str, bytes]]:
    """Makes the levels, and meanwhile, unless one job was asked for, the pictures: levels wait for the Node
    process half of their time, and are measured after they are written.
    """
    finest: Future[Written] = Future()

    def draw() -> tuple[PictureRecord, Mapping[str, bytes]]:
        drawn = pictures(job, common, about)
        return drawn, sides(job, common, finest.result())

    if job.options.jobs == 1:
        return make_levels(job, common, given, known, finest), *draw()
    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(copy_context().run, draw)
        try:
            made = make_levels(job, common, given, known, finest)
        finally:
            finest.cancel()  # where it was never written, nobody waits for it any longer
        return made, *drawing.result()


def source_of(job: Job, digest: str) -> Made:
    """Gives the scan, read when it is asked for."""

    def read() -> Any:
        with stage("read"):
            return job.tools.read(job.scan.model)

    return Made(read, key("read", digest, job.scan.model.name, inputs.code_digest("formats", "matter")))


def about_of(job: Job, digest: str, scale: Scale) -> About:
    """Gives what every file says of its origin."""
    recipe = job.recipe
    return About(job.scan.slug, artifact_of(job.scan), recipe.name, recipe.sha256, digest, scale)


def common_of(job: Job, made: Made, scale: Scale) -> Common:
    """Gives what all levels start from."""
    parts = made.key, scale, artifact_json(job.scan), job.recipe.sha256, inputs.code_digest()
    return Common(made, key(*parts))


def given_of(job: Job, known: Facts) -> dict[str, Any]:
    """Gives the facts of the capture that steps ask for by name."""
    said = asserted(job.scan, job.options)
    return {
        "unit": known.unit,
        "evidence": known.evidence,
        "factor": known.factor,
        "up": said.up,
        "register_height_mm": dimensions_of(job.scan).height_mm,
        "front_deg": said.front_deg,
        "keep_support": said.keep_support,
    }


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order they were made."""
    seen: dict[bytes, Finding] = {}
    for finding in findings:
        seen.setdefault(msgspec.json.encode(finding), finding)
    return tuple(seen.values())
