"""The work of one run: read, common steps, levels, pictures, report, and the manifest last.

Model files are named by their content, so they never overwrite one another, and a level that is done stays
done: its figures are kept beside the cache's surfaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any

import msgspec

from pipeline import __version__, inputs, together
from pipeline.asked import (
    Options,
    artifact_json,
    artifact_of,
    asserted,
    companions,
    dimensions_of,
    thresholds_of,
)
from pipeline.cache import Cache, key
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.derivative import Derivative, Input, Manifest, RecipeRecord, Scale, SourceFile
from pipeline.catalogue.finding import Finding
from pipeline.deliver import About, Tools, metadata
from pipeline.measure.thresholds import thresholds
from pipeline.measure.verdicts import findings as not_passed
from pipeline.measure.verdicts import judged
from pipeline.progress import stage
from pipeline.recipe import Recipe, hold_first
from pipeline.report.sides import Sides, most_missed
from pipeline.scan import PRIVATE, Scan

from .ahead import ahead, leading
from .chain import Made, chained, step_records
from .job import Job
from .levels import Common, Starts, Written, make_levels
from .memory import give_back_early
from .publishing import differing, publish
from .records import Facts, LevelRecord, PictureRecord, Placed
from .shots import cut, pictures, sides
from .size import facts, measured_findings, overruled, placed
from .valid import GLB


def work(scan: Scan, options: Options, recipe: Recipe, tools: Tools) -> Manifest:
    """Does the work of :func:`pipeline.run.process` and gives the manifest, which is written last."""
    give_back_early()
    job = Job(scan, options, recipe, tools, Cache(scan.out / PRIVATE / "cache", scan.base))
    if options.force:
        job.cache.sweep()
    limits = thresholds(thresholds_of(scan))
    with stage("hash"):
        files = inputs.digests(scan.base, came_in(scan, recipe, tools))
    digest = inputs.digest_of(files)
    source = source_of(job, digest)
    known = facts(job, source)
    given = given_of(job, known)
    first = leading(recipe.uses)
    painted = chained(job.cache, source, recipe.uses[:first], given) if first else source
    with ahead(job, source, painted, given, known):
        result = chained(job.cache, painted, recipe.uses[first:], given)
        where = placed(job, result, known)
        about = about_of(job, digest, where.scale)
        common = common_of(job, result, where.scale)
        removed = cut(job, source, given, where.findings)
        source.forget()
        painted.forget()
        given |= {"metadata": metadata(about), "origin": origin_of(files, digest, where)}
        starts = Starts(common, source)
        made, drawn, shown = _levels_and_pictures(job, starts, given, known, about)
    derivatives = tuple(judged(level.derivative, limits) for level in made)
    found = [
        *scan.findings,
        *differing(scan, files),
        *overruled(job),
        *measured_findings(job, known),
        *where.findings,
        *(finding for level in made for finding in level.findings),
        *not_passed(derivatives),
        Finding("gltf-validated", "info", {"files": sum(one.derivative.media_type == GLB for one in made)}),
    ]
    manifest = Manifest(
        object=scan.slug,
        recipe=RecipeRecord(recipe.name, recipe.sha256, step_records(recipe.uses, given)),
        input=Input(
            sha256=digest,
            files=files,
            format=known.format,
            triangles=known.triangles,
            vertices=known.vertices,
            texture_px=known.texture_px,
            points=known.points,
        ),
        scale=where.scale,
        derivatives=derivatives,
        pictures=(*drawn.pictures, *removed.pictures),
        findings=_once(found),
        view=drawn.view,
        generator=f"mobile-museum {__version__}",
    )
    beside = {**shown.pictures, **removed.shown, **_missed(made, derivatives)}
    publish(job, manifest, files, msgspec.structs.replace(shown, pictures=beside))
    return manifest


def _levels_and_pictures(
    job: Job, starts: Starts, given: Mapping[str, Any], known: Facts, about: About
) -> tuple[list[LevelRecord], PictureRecord, Sides]:
    """Makes the levels, and meanwhile, unless one job was asked for, the pictures: levels wait for the Node
    process half of their time, and are measured after they are written.
    """
    finest: Future[Written] = Future()

    def draw() -> tuple[PictureRecord, Sides]:
        drawn = pictures(job, starts.common, about)
        return drawn, sides(job, starts.common, finest.result())

    if job.options.jobs == 1:
        return make_levels(job, starts, given, known, finest), *draw()
    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(copy_context().run, draw)
        try:
            made = make_levels(job, starts, given, known, finest)
            job.tools.get_ready()
        finally:
            finest.cancel()  # where it was never written, nobody waits for it any longer
        return made, *drawing.result()


def came_in(scan: Scan, recipe: Recipe, tools: Tools) -> Sequence[Path]:
    """Gives the files that a run works from: the models', and what capture or recipe name beside them."""
    uses = (*recipe.uses, *(use for level in recipe.levels for use in level.uses))
    return tuple(dict.fromkeys((*together.files_of(scan, tools.files), *companions(scan, uses))))


def source_of(job: Job, digest: str) -> Made:
    """Gives the scan, read when it is asked for; refused where the recipe cannot take its kind."""

    def read() -> Any:
        with stage("read"):
            scan = together.read(job.scan, job.tools.read)
        hold_first(job.recipe, scan, job.scan.model.name)
        return scan

    names = [inputs.relative(job.scan.base, model) for model in job.scan.models]
    joining = ("together.py", "measure") if job.scan.parts else ()
    code = inputs.code_digest("formats", "matter", *joining)
    return Made(read, key("read", digest, names, code))


def about_of(job: Job, digest: str, scale: Scale) -> About:
    """Gives what every file says of its origin."""
    recipe = job.recipe
    return About(job.scan.slug, artifact_of(job.scan), recipe.name, recipe.sha256, digest, scale)


def common_of(job: Job, made: Made, scale: Scale) -> Common:
    """Gives what all levels start from."""
    parts = made.key, scale, artifact_json(job.scan), job.recipe.sha256, inputs.code_digest()
    return Common(made, key(*parts))


def origin_of(files: Iterable[SourceFile], digest: str, where: Placed) -> str:
    """Gives where everything comes from, as JSON, for files that must be understood alone in twenty years:
    the scan's files with their digests, how its numbers became metres, and what was found of it."""
    origin = {"files": tuple(files), "input_sha256": digest, "scale": where.scale}
    origin |= {"findings": where.findings, "matrix": where.matrix}
    return msgspec.json.encode(origin, order="deterministic").decode()


def given_of(job: Job, known: Facts) -> dict[str, Any]:
    """Gives the facts of the capture that steps ask for by name."""
    said, colour = asserted(job.scan, job.options), (job.scan.capture or Capture()).colour
    return {
        "unit": known.unit,
        "evidence": known.evidence,
        "factor": known.factor,
        "up": said.up,
        "register_height_mm": dimensions_of(job.scan).height_mm,
        "front_deg": said.front_deg,
        "keep_support": said.keep_support,
        "cut_support": said.cut_support,
        "checker": colour.checker or None,
        "corners": colour.corners or None,
        "folder": str(job.scan.base),
    }


def _missed(made: Sequence[LevelRecord], derivatives: Sequence[Derivative]) -> dict[str, bytes]:
    """The pictures of where the level with most misses met no scan, by the names that the report has."""
    place = most_missed(derivatives)
    shots = made[place].missed if place is not None else ()
    return dict(zip(("missed", "missed2"), shots, strict=False))


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order they were made."""
    seen: dict[bytes, Finding] = {}
    for finding in findings:
        seen.setdefault(msgspec.json.encode(finding), finding)
    return tuple(seen.values())
