"""Measures finished files, ours and the peers', by the same rule against the unprocessed scan."""

from __future__ import annotations

from pathlib import Path

import brotli
import numpy as np

from benchmarks.inputs import WORK, Input
from benchmarks.measured import Run
from benchmarks.row import Row
from pipeline.formats import read
from pipeline.formats.gltf_quantise import FLOAT_BITS
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.join import joined
from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Surface
from pipeline.measure.colour import colour_difference
from pipeline.measure.deviation import deviation
from pipeline.measure.similarity import ssim
from pipeline.render import render, view_cameras
from pipeline.steps.place import place

WIDTH, HEIGHT, VIEWS = 1920, 1080, 8


class Judge:
    """Holds the scan, its eight pictures, and the plain GLB that peers start from."""

    def __init__(self, one: Input) -> None:
        self.input = one
        parts = [read(path) for path in one.paths]
        scan = joined(parts) if len(parts) > 1 else parts[0]
        self.scan = place(scan, unit=one.unit, evidence="given")  # type: ignore[arg-type]
        self.triangles = len(self.scan.triangles)
        textures = self.scan.textures()
        self.texture_px = max((max(t.width, t.height) for t in textures), default=0)
        self.input_bytes = _in_memory(self.scan)
        self.plain = WORK / one.name / "plain.glb"
        self.plain.parent.mkdir(parents=True, exist_ok=True)
        self.plain.write_bytes(_plain(self.scan))
        self.cameras = view_cameras(self.scan, VIEWS)
        self.pictures = [self._picture(self.scan, camera) for camera in self.cameras]

    def row(self, tool: str, level: str, path: Path, spent: Run, *, same: str = "triangles") -> Row:
        """Gives one file's figures; ``same`` says what a peer was asked to have as many of as ours."""
        data = path.read_bytes()
        model = read_glb_bytes(data)
        gap = deviation(self.scan, model, samples=200_000)
        colour = colour_difference(self.scan, model, samples=100_000)
        likeness = [
            ssim(mine, self._picture(model, camera))
            for mine, camera in zip(self.pictures, self.cameras, strict=True)
        ]
        row = Row(
            input=self.input.name,
            tool=tool,
            level=level,
            seconds=spent.seconds,
            peak_rss_mb=spent.peak_rss_mb,
            bytes=len(data),
            bytes_wire=wire_bytes(data),
            triangles=len(model.triangles),
            texture_px=max((max(t.width, t.height) for t in model.textures()), default=0),
            deviation_mean_mm=gap.mean,
            deviation_p95_mm=gap.p95,
            deviation_max_mm=gap.max,
            ssim_mean=float(np.mean(likeness)),
            ssim_min=float(np.min(likeness)),
            colour_de2000=colour.mean if colour else 0.0,
            same=same,
        )
        print(row.line(), flush=True)
        return row

    def _picture(self, surface: object, camera: object) -> object:
        return render(surface, camera=camera, width=WIDTH, height=HEIGHT, supersample=1)  # type: ignore[arg-type]


def wire_bytes(data: bytes) -> int:
    """Gives what a server that packs files beforehand sends of one."""
    return min(len(data), len(brotli.compress(data, quality=11)))


def _plain(scan: Surface) -> bytes:
    """The scan as GLB in single precision, with normals, as every exporter writes them: a GLB without is
    drawn in flat facets.
    """
    scan = scan.but(normals=normals_of(scan))
    exact = write_glb(
        scan, compression="none", position_bits=FLOAT_BITS, normal_bits=FLOAT_BITS, uv_bits=FLOAT_BITS
    )
    return exact.data


def _in_memory(surface: Surface) -> int:
    """Bytes of the scan's arrays and of its textures decoded to 8-bit RGBA."""
    arrays = [surface.positions, surface.triangles, surface.material_of, *surface.uvs]
    arrays += [a for a in (surface.normals, surface.colours) if a is not None]
    pixels = sum(t.width * t.height * 4 for t in surface.textures())
    return sum(a.nbytes for a in arrays) + pixels
