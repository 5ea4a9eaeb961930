"""The scans lie as near their true surfaces as they say, and the records give the true sizes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pipeline.catalogue.store import read_artifact
from pipeline.matter.surface import Surface
from pipeline.samples import NAMES, scan, truth
from pipeline.samples.makers import KINDS

RECORDS = Path(__file__).parents[2] / "models" / "samples"


@cache
def coarse_truth(name: str) -> Surface:
    return truth(name, finer=0.7)


def in_truth_axes(name: str, positions: np.ndarray) -> np.ndarray:
    p = positions - np.asarray(KINDS[name].offset_mm)
    return np.stack([p[:, 0], p[:, 2], -p[:, 1]], axis=1) if KINDS[name].up == "+z" else p


@pytest.mark.parametrize("name", NAMES)
def test_the_scan_lies_as_near_the_truth_as_its_noise(name: str) -> None:
    raw = scan(name, texture_px=256, coarser=3.0)
    points = in_truth_axes(name, raw.positions)
    true = coarse_truth(name)
    normals = np.cross(*(np.diff(true.positions[true.triangles], axis=1).transpose(1, 0, 2)))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    middles = true.positions[true.triangles].mean(axis=1) * 1000
    near, face = cKDTree(middles).query(points)
    edge = KINDS[name].make(0).edge_mm / 0.7
    on_surface = near < 3 * edge
    height = np.abs(np.einsum("ij,ij->i", points - middles[face], normals[face]))[on_surface]
    assert on_surface.mean() > 0.92  # the rest are specks and cloth
    assert np.median(height) < 1.5 * KINDS[name].make(0).noise_mm + 0.05 * edge


@pytest.mark.parametrize("name", NAMES)
def test_the_record_gives_the_true_size_within_a_per_cent(name: str) -> None:
    low, high = coarse_truth(name).bounds
    size = dict(zip(("width_mm", "height_mm", "depth_mm"), (high - low) * 1000, strict=True))
    dimensions = read_artifact(RECORDS / name / "artifact.toml").register.dimensions
    for side, true_mm in size.items():
        assert getattr(dimensions, side) == pytest.approx(true_mm, rel=0.01), side


@pytest.mark.parametrize("name", NAMES)
def test_the_record_says_in_every_language_that_the_object_is_synthetic(name: str) -> None:
    artifact = read_artifact(RECORDS / name / "artifact.toml")
    words = {
        "zh-Hans": "合成样本",
        "en": "synthetic sample",
        "ug": "سۈنئىي ئەۋرىشكە",
        "kk-Arab": "جاساندى ۇلگى",
    }
    assert artifact.synthetic and all(word in artifact.name[locale] for locale, word in words.items())


@pytest.mark.parametrize("name", NAMES)
def test_the_true_surface_is_closed(name: str) -> None:
    triangles = coarse_truth(name).triangles.astype(np.int64)
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    forward = set(map(tuple, edges.tolist()))
    assert len(forward) == len(edges)
    assert all((b, a) in forward for a, b in forward)
