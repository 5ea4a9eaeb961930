"""The sample scans: the same bytes for a seed, awkward as real ones, and as near the truth as they say."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pipeline.catalogue.store import read_capture
from pipeline.errors import Refused
from pipeline.samples import NAMES, write_samples

QUICK = {"texture_px": 512, "coarser": 5.0}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    for place in ("one", "two"):
        write_samples(tmp_path / place, seed=7, names=[name], **QUICK)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_gives_another_object(tmp_path: Path) -> None:
    one, two = (
        write_samples(tmp_path / str(seed), seed=seed, names=["tang-jar"], **QUICK)[0] for seed in (7, 8)
    )
    assert (
        read_capture(one / "capture.toml").files[0].sha256
        != read_capture(two / "capture.toml").files[0].sha256
    )


def test_a_sample_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    (folder,) = write_samples(tmp_path, names=["tang-jar"], **QUICK)
    before = (folder / "capture.toml").stat().st_mtime_ns
    write_samples(tmp_path, names=["tang-jar"], **QUICK)
    assert (folder / "capture.toml").stat().st_mtime_ns == before


def test_a_damaged_sample_is_written_again(tmp_path: Path) -> None:
    (folder,) = write_samples(tmp_path, names=["tang-jar"], **QUICK)
    whole = digests(folder)
    model = folder / read_capture(folder / "capture.toml").files[0].path
    model.write_bytes(model.read_bytes()[:1000])
    write_samples(tmp_path, names=["tang-jar"], **QUICK)
    assert digests(folder) == whole


def test_an_unknown_sample_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="tang-jar"):
        write_samples(tmp_path, names=["teapot"])


@pytest.mark.parametrize("name", NAMES)
def test_the_record_names_every_file_of_the_scan(name: str, tmp_path: Path) -> None:
    (folder,) = write_samples(tmp_path, names=[name], **QUICK)
    capture = read_capture(folder / "capture.toml")
    assert {f.path for f in capture.files} == {f"scan/{p.name}" for p in (folder / "scan").iterdir()}
    assert capture.unit == "mm" and capture.synthetic and np.all([f.bytes > 0 for f in capture.files])
