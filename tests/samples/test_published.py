"""The published models are no farther from the true surfaces than the noise and the error of the level."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.formats import read
from pipeline.formats.gltf_read import read_glb_bytes
from pipeline.matter.surface import Material, Surface
from pipeline.measure.deviation import deviation
from pipeline.samples import NAMES, scan
from pipeline.samples.fields import generator
from pipeline.samples.makers import KINDS
from pipeline.samples.writing import SEED, write_scan
from pipeline.steps.clean import clean
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify


def in_truth_axes(name: str, model: Surface, matrix: np.ndarray) -> Surface:
    """Takes a published model back through its placement to where the truth is."""
    inverse = np.linalg.inv(matrix)
    p = model.positions @ inverse[:3, :3].T + inverse[:3, 3] - np.asarray(KINDS[name].offset_mm)
    p = np.stack([p[:, 0], p[:, 2], -p[:, 1]], axis=1) if KINDS[name].up == "+z" else p
    return model.but(positions=p * 0.001)


def true_surface(name: str) -> Surface:
    """The clean form without its paint, which takes most of the time."""
    maker = KINDS[name].make(SEED)
    shape = maker.shape(generator(SEED, name + " truth"), edge_mm=maker.edge_mm, jitter=0.2)
    plain = Material(name=name)
    return Surface(
        shape.positions * 0.001, shape.triangles, np.zeros(len(shape.triangles), np.int32), (plain,)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_large_level_lies_as_near_the_truth_as_noise_and_level_allow(name: str, tmp_path: Path) -> None:
    raw = scan(name, texture_px=256, coarser=2.0)
    file = write_scan(raw, KINDS[name], tmp_path)[0]
    cleaned = clean(place(read(file), unit="mm", evidence="capture", up=KINDS[name].up))
    assert cleaned.placement is not None
    made = compress(simplify(cleaned, screen_px=4000).but(materials=(cleaned.materials[0],)))
    model = in_truth_axes(name, read_glb_bytes(made.data), np.array(cleaned.placement.matrix))
    found = deviation(true_surface(name), model, samples=20_000)
    mean, p95, _ = found.model_to_scan
    noise_mm = KINDS[name].make(0).noise_mm
    print(f"{name}: model to truth mean {mean} mm, 95 % {p95} mm; noise {noise_mm}, level {made.error_mm}")
    assert mean < noise_mm + made.error_mm
    # the other way holes count too: only most of the true surface can be there
    assert found.scan_to_model[0] < noise_mm + made.error_mm + 0.5
