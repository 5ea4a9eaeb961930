"""The work of one run: read, common steps, levels, pictures, report, and the manifest last.

Model files are named by their content, so they never overwrite one another, and a level that is done stays
done: its figures are kept beside the cache's surfaces. Levels run in threads, not processes: Open3D, libvips
and the Node worker let go of the interpreter, and a second process would hold the scan in memory a second
time.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline import __version__, inputs
from pipeline import scan as scans
from pipeline import unit as units
from pipeline.cache import Cache, file_sha256, key, write
from pipeline.catalogue.capture import Capture, CapturedFile, Unit
from pipeline.catalogue.derivative import (
    Derivative,
    Input,
    Manifest,
    Picture,
    RecipeRecord,
    Scale,
    SourceFile,
    StepRecord,
)
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.folders import MANIFEST
from pipeline.catalogue.store import write_json
from pipeline.deliver import About, Tools, metadata, pack
from pipeline.errors import Refused
from pipeline.progress import stage
from pipeline.recipe import Level, Recipe, Use
from pipeline.run import STATE, Options, State, artifact_json, artifact_of, asserted, dimensions_of, whole_key

if TYPE_CHECKING:
    from pipeline.matter.encoded import Encoded
    from pipeline.matter.surface import Surface

PAYS_S = 1.0
"""A surface is kept when computing it since the last kept one took longer than this: keeping 1 M triangles
costs about 0.2 s, fetching them 0.1 s."""

OURS = re.compile(
    r"(thumb|small|medium|large|full|poster|share)\.[0-9a-f]{8}\.\w+(\.br)?|\..+\.[0-9a-f]{8}\.part"
)
"""Names of files that runs write into the results and that may go when no manifest names them."""


class Facts(msgspec.Struct, frozen=True):
    """What is known of a scan once it was read, and the unit decided from it."""

    unit: Unit
    evidence: units.Evidence
    format: str
    triangles: int
    vertices: int
    texture_px: int


class Placed(msgspec.Struct, frozen=True):
    """What is known after the common steps."""

    scale: Scale
    findings: tuple[Finding, ...]


class LevelRecord(msgspec.Struct, frozen=True):
    """A finished level; its file lies in the results under its content's name."""

    derivative: Derivative
    findings: tuple[Finding, ...] = ()
    packed_sha256: str = ""


class PictureRecord(msgspec.Struct, frozen=True):
    """Finished pictures; their files lie in the results."""

    pictures: tuple[Picture, ...]


class SidesRecord(msgspec.Struct, frozen=True):
    """The report's pictures of scan and model."""

    pictures: dict[str, bytes]


class Lazy:
    """A workpiece that is made when it is first asked for, once, whoever asks."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._lock = make, threading.Lock()

    def get(self) -> Any:
        """Gives the workpiece."""
        with self._lock:
            if not hasattr(self, "_made"):
                self._made = self._make()
            return self._made


class Work:
    """One run over one scan; see :func:`pipeline.run.process`."""

    def __init__(self, scan: scans.Scan, options: Options, recipe: Recipe, tools: Tools) -> None:
        self.scan, self.options, self.recipe, self.tools = scan, options, recipe, tools
        self.cache = Cache(scan.out / scans.PRIVATE / "cache", scan.base)
        if options.force:
            self.cache.sweep()

    def do(self) -> Manifest:
        """Does the work and gives the manifest, which is written last."""
        paths = self.tools.files(self.scan.model)
        with stage("hash"):
            files = inputs.digests(self.scan.base, paths)
        digest = inputs.digest_of(files)
        start = key("read", digest, self.scan.model.name, inputs.code_digest("formats", "matter"))
        source = Lazy(self._read)
        facts = self._facts(start, source)
        given: dict[str, Any] = {
            "unit": facts.unit,
            "evidence": facts.evidence,
            "up": asserted(self.scan, self.options).up,
        }
        common, common_key = self._chain(source, start, self.recipe.uses, given, "")
        placed = self._placed(common_key, common, facts)
        about = self._about(digest, placed.scale)
        about_key = key(
            common_key, placed.scale, artifact_json(self.scan), self.recipe.sha256, inputs.code_digest()
        )
        given["metadata"] = metadata(about)
        levels = self._levels(common, common_key, about_key, given)
        pictures = self._pictures(common, about_key, about)
        found = [
            *self._differing(files),
            *placed.findings,
            *(finding for level in levels for finding in level.findings),
        ]
        manifest = Manifest(
            object=self.scan.slug,
            recipe=RecipeRecord(self.recipe.name, self.recipe.sha256, _records(self.recipe.uses, given)),
            input=Input(digest, files, facts.format, facts.triangles, facts.vertices, facts.texture_px),
            scale=placed.scale,
            derivatives=tuple(level.derivative for level in levels),
            pictures=pictures,
            findings=_once(found),
            generator=f"mobile-museum {__version__}",
        )
        self._publish(manifest, files, self._sides(common, about_key, manifest))
        return manifest

    def _read(self) -> Any:
        with stage("read"):
            return self.tools.read(self.scan.model)

    def _facts(self, start: str, source: Lazy) -> Facts:
        """Counts, and the unit: needs the scan only the first time."""
        said = asserted(self.scan, self.options)
        dimensions = dimensions_of(self.scan)
        name = key(
            "facts", start, [said.unit, said.source, dimensions], inputs.code_digest("unit.py", "catalogue")
        )
        facts = self.cache.record(name, Facts)
        if facts is None:
            surface = source.get()
            low, high = surface.bounds
            decision = units.decide(
                (high - low).tolist(),
                given=said.unit if said.source == "given" else None,
                capture=said.unit if said.source == "capture" else None,
                source_format=surface.source_format,
                dimensions=dimensions,
            )
            facts = Facts(
                unit=decision.unit,
                evidence=decision.evidence,
                format=surface.source_format,
                triangles=len(surface.triangles),
                vertices=len(surface.positions),
                texture_px=max((max(t.width, t.height) for t in surface.textures()), default=0),
            )
            self.cache.keep_record(name, facts)
        return facts

    def _chain(
        self, source: Lazy, start: str, uses: Sequence[Use], given: Mapping[str, Any], level: str
    ) -> tuple[Lazy, str]:
        """Gives the result of steps, made when it is asked for, and its key."""
        keys = [start]
        for use in uses:
            keys.append(key(keys[-1], use.step.name, use.step.version, _full(use, given)))
        for name in keys[1:]:
            self.cache.use(name)
        return Lazy(lambda: self._run(source, keys, uses, given, level)), keys[-1]

    def _run(
        self, source: Lazy, keys: Sequence[str], uses: Sequence[Use], given: Mapping[str, Any], level: str
    ) -> Any:
        done, workpiece = 0, None
        for done in range(len(uses), 0, -1):
            workpiece = self.cache.surface(keys[done])
            if workpiece is not None:
                break
        else:
            done, workpiece = 0, source.get()
        spent = 0.0
        for index in range(done, len(uses)):
            use = uses[index]
            begun = time.monotonic()
            with stage(use.step.name, level):
                workpiece = use.step.function(workpiece, **use.given(given))
            spent += time.monotonic() - begun
            if spent > PAYS_S and _is_surface(workpiece):
                self.cache.keep_surface(keys[index + 1], workpiece)
                spent = 0.0
        return workpiece

    def _placed(self, common_key: str, common: Lazy, facts: Facts) -> Placed:
        """Size and findings after the common steps; stops where the register says another size."""
        dimensions = dimensions_of(self.scan)
        name = key(
            "placed",
            common_key,
            dimensions,
            self.options.force_size,
            inputs.code_digest("unit.py", "catalogue"),
        )
        placed = self.cache.record(name, Placed)
        if placed is not None:
            return placed
        surface = common.get()
        if surface.placement is None:
            raise Refused(
                "the recipe does not place the object", where=self.recipe.name, do="add the step place"
            )
        low, high = surface.bounds
        size = [float(side) for side in (high - low) * 1000]
        decision = units.Decision(facts.unit, facts.evidence)
        findings = surface.findings
        try:
            units.hold_against(size, dimensions, decision)
        except Refused:
            if not self.options.force_size:
                raise
            known = units.size_text(units.known_mm(dimensions))
            figures: dict[str, float | int | str] = {"scan": units.size_text(size), "register": known}
            findings = (*findings, Finding("size-contradicts-register", "warning", figures))
        place = surface.placement
        scale = Scale(
            unit=place.unit,
            evidence=place.evidence,
            confirmed=place.evidence != "assumed",
            size_mm=(round(size[0], 3), round(size[1], 3), round(size[2], 3)),
            up=place.up,
            up_evidence=place.up_evidence,
            offset_m=place.offset_m,
        )
        placed = Placed(scale, findings)
        self.cache.keep_record(name, placed)
        return placed

    def _about(self, digest: str, scale: Scale) -> About:
        return About(
            object=self.scan.slug,
            artifact=artifact_of(self.scan),
            recipe=self.recipe.name,
            recipe_sha256=self.recipe.sha256,
            input_sha256=digest,
            scale=scale,
        )

    def _levels(
        self, common: Lazy, common_key: str, about_key: str, given: Mapping[str, Any]
    ) -> list[LevelRecord]:
        def one(level: Level) -> LevelRecord:
            result, name = self._chain(common, common_key, level.uses, given, level.name)
            return self._level(level, result, common, key("level", name, about_key, level.name), given)

        if self.options.jobs <= 1 or len(self.recipe.levels) == 1:
            return [one(level) for level in self.recipe.levels]
        with ThreadPoolExecutor(self.options.jobs) as pool:
            tasks = [pool.submit(copy_context().run, one, level) for level in self.recipe.levels]
            try:
                return [task.result() for task in tasks]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _level(
        self, level: Level, result: Lazy, common: Lazy, name: str, given: Mapping[str, Any]
    ) -> LevelRecord:
        record = self.cache.record(name, LevelRecord)
        if record is not None and self._level_is_there(record):
            return record
        made: Encoded = result.get()
        reference: Surface = common.get()
        with stage("write", level.name):
            sha256 = hashlib.sha256(made.glb).hexdigest()
            path = f"{level.quality}.{sha256[:8]}.glb"
            write(self.scan.out / path, [made.glb])
            packed = pack(made.glb)
            if packed is not None:
                write(self.scan.out / f"{path}.br", [packed])
        deviation = self.tools.prove(made, reference, level.name)
        record = LevelRecord(
            Derivative(
                usage=level.usage,
                quality=level.quality,
                path=path,
                media_type=made.media_type,
                bytes=len(made.glb),
                bytes_wire=len(made.glb if packed is None else packed),
                sha256=sha256,
                triangles=made.triangles,
                vertices=made.vertices,
                texture_px=made.texture_px,
                decoded_bytes=made.decoded_bytes,
                draw_calls=made.draw_calls,
                deviation_mm=deviation,
                required_extensions=made.required_extensions,
                error_mm=made.error_mm,
                steps=_records(level.uses, given),
            ),
            tuple(finding for finding in made.findings if finding not in reference.findings),
            "" if packed is None else hashlib.sha256(packed).hexdigest(),
        )
        self.cache.keep_record(name, record)
        return record

    def _pictures(self, common: Lazy, about_key: str, about: About) -> tuple[Picture, ...]:
        name = key("pictures", about_key)
        record = self.cache.record(name, PictureRecord)
        if record is not None and all(self._is_there(one.path, one.sha256) for one in record.pictures):
            return record.pictures
        pictures = []
        with stage("pictures"):
            for shot in self.tools.pictures(common.get(), about):
                sha256 = hashlib.sha256(shot.data).hexdigest()
                path = f"{shot.usage}.{sha256[:8]}{shot.suffix}"
                write(self.scan.out / path, [shot.data])
                size = (shot.width_px, shot.height_px)
                pictures.append(Picture(shot.usage, path, shot.media_type, len(shot.data), sha256, *size))
        self.cache.keep_record(name, PictureRecord(tuple(pictures)))
        return tuple(pictures)

    def _level_is_there(self, record: LevelRecord) -> bool:
        path, packed = record.derivative.path, record.packed_sha256
        return self._is_there(path, record.derivative.sha256) and (
            not packed or self._is_there(f"{path}.br", packed)
        )

    def _sides(self, common: Lazy, about_key: str, manifest: Manifest) -> dict[str, bytes]:
        """Scan and finest level side by side."""
        finest = max(manifest.derivatives, key=lambda one: (one.usage == "view", one.triangles))
        name = key("sides", about_key, finest.sha256)
        record = self.cache.record(name, SidesRecord)
        if record is None:
            with stage("pictures"):
                glb = (self.scan.out / finest.path).read_bytes()
                record = SidesRecord(self.tools.compare(common.get(), glb))
            self.cache.keep_record(name, record)
        return record.pictures

    def _is_there(self, name: str, sha256: str) -> bool:
        path = self.scan.out / name
        return path.is_file() and file_sha256(path) == sha256

    def _publish(self, manifest: Manifest, files: tuple[SourceFile, ...], sides: Mapping[str, bytes]) -> None:
        """Writes the report and, last, the manifest; then removes what neither names."""
        out, private = self.scan.out, self.scan.out / scans.PRIVATE
        named = {manifest.report}
        with stage("report"):
            for name, data in self.tools.report(manifest, artifact_of(self.scan), sides).items():
                write(out / name, [data])
                named.add(name)
        scans.draft(self.scan, self._captured(files), self.options.unit, self.options.up)
        write_json(manifest, out / MANIFEST)
        named |= {one.path for one in manifest.derivatives} | {one.path for one in manifest.pictures}
        named |= {f"{one.path}.br" for one in manifest.derivatives if one.bytes_wire < one.bytes}
        for path in out.iterdir():
            if OURS.fullmatch(path.name) and path.name not in named:
                path.unlink(missing_ok=True)
        self.cache.sweep()
        write(private / "source", [scans.source_mark(self.scan.model).encode()])
        outputs = tuple(
            SourceFile(name, (out / name).stat().st_size, file_sha256(out / name))
            for name in sorted({*named, MANIFEST})
            if (out / name).is_file()
        )
        state = State(whole_key(self.scan, self.options, files), tuple(file.path for file in files), outputs)
        write(private / STATE, [msgspec.json.encode(state)])

    def _captured(self, files: tuple[SourceFile, ...]) -> tuple[CapturedFile, ...]:
        """What came in, the model first, as ``capture.toml`` names it: from the folder of the records on."""
        model = inputs.relative(self.scan.base, self.scan.model)
        base, home = self.scan.base.absolute(), self.scan.home.absolute()
        before = base.relative_to(home).as_posix() + "/" if base.is_relative_to(home) and base != home else ""
        ordered = sorted(files, key=lambda file: (file.path != model, file.path))
        return tuple(CapturedFile(before + file.path, file.sha256, file.bytes) for file in ordered)

    def _differing(self, files: tuple[SourceFile, ...]) -> list[Finding]:
        """Files that are not what ``capture.toml`` says came in; a drafted one just follows."""
        known = {file.path: file.sha256 for file in (self.scan.capture or Capture()).files}
        if not known or (self.scan.out / scans.PRIVATE / "drafted").is_file():
            return []
        return [
            Finding("capture-differs", "warning", {"file": file.path})
            for file in self._captured(files)
            if known.get(file.path, file.sha256) != file.sha256
        ]


def _full(use: Use, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter a step is called with, defaults included."""
    defaults = {one.name: one.default for one in use.step.parameters if not one.required}
    return defaults | use.given(given)


def _records(uses: Iterable[Use], given: Mapping[str, Any]) -> tuple[StepRecord, ...]:
    def plain(value: Any) -> bool | int | float | str | None:
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)

    return tuple(
        StepRecord(
            use.step.name,
            use.step.version,
            {k: plain(v) for k, v in _full(use, given).items() if k != "metadata"},
        )
        for use in uses
    )


def _is_surface(workpiece: Any) -> bool:
    from pipeline.matter.surface import Surface

    return type(workpiece) is Surface


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, in the order they were made."""
    seen: dict[bytes, Finding] = {}
    for finding in findings:
        seen.setdefault(msgspec.json.encode(finding), finding)
    return tuple(seen.values())
