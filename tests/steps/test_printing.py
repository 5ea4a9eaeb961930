"""STL and 3MF as another program reads them: closed, in millimetres, Z up, at the right size."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import Refused
from pipeline.formats import read
from pipeline.measure.closed import seams_of
from pipeline.measure.deviation import deviation
from pipeline.steps.place import place
from pipeline.steps.print3mf import print3mf
from pipeline.steps.solid import solid
from pipeline.steps.stl import stl
from tests.shapes import cube, grid, sphere, surface

trimesh = pytest.importorskip("trimesh")
TALL = surface(cube().positions * (0.1, 0.3, 0.2), cube().triangles)
METADATA = json.dumps(
    {
        "dc:identifier": "0417",
        "dc:title": {"@type": "rdf:Alt", "rdf:_1": {"@language": "en", "@value": "Jar & <lid>"}},
    }
)


NAMESPACE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"


def opened(path: Path):
    """The mesh as another program has it. Trimesh's reader of 3MF wants networkx: the XML is read here."""
    if path.suffix != ".3mf":
        return trimesh.load(path, force="mesh")
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("3D/3dmodel.model"))
    corners = [[float(v.get(a)) for a in "xyz"] for v in root.iter(f"{NAMESPACE}vertex")]
    faces = [[int(f.get(f"v{i}")) for i in (1, 2, 3)] for f in root.iter(f"{NAMESPACE}triangle")]
    return trimesh.Trimesh(corners, faces)


def body(s):
    return solid(place(s, up="+y", evidence="given"))


@pytest.mark.parametrize(("step", "suffix"), [(stl, "stl"), (print3mf, "3mf")])
def test_another_program_finds_it_closed_in_millimetres_with_z_up(tmp_path: Path, step, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(step(body(TALL)).data)
    mesh = opened(path)
    assert mesh.is_watertight and mesh.is_winding_consistent
    assert mesh.extents == pytest.approx((100, 200, 300)) and mesh.volume == pytest.approx(6e6)
    assert mesh.bounds[0][2] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("step", "suffix"), [(stl, "stl"), (print3mf, "3mf")])
def test_a_fine_ball_stays_closed_through_the_numbers_of_the_file(tmp_path: Path, step, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    made = step(body(sphere(0.1, level=6)))
    path.write_bytes(made.data)
    assert opened(path).is_watertight
    assert made.holds is not None and seams_of(made.holds).closed


def test_our_own_reader_gets_back_what_was_measured(tmp_path: Path) -> None:
    ball = body(sphere(0.1, level=4))
    made = stl(ball)
    (tmp_path / "a.stl").write_bytes(made.data)
    back = read(tmp_path / "a.stl")
    turned = back.but(
        positions=np.stack([back.positions[:, 0], back.positions[:, 2], -back.positions[:, 1]], 1) / 1000
    )
    assert made.holds is not None and deviation(made.holds, turned).max == 0
    assert deviation(ball, made.holds).max <= made.error_mm + 1e-4


def test_a_3mf_names_its_unit_title_and_maker_and_keeps_them_inside_their_words() -> None:
    with zipfile.ZipFile(io.BytesIO(print3mf(body(TALL), metadata=METADATA).data)) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
        model = archive.read("3D/3dmodel.model").decode()
    assert 'unit="millimeter"' in model and '<metadata name="Title">Jar &amp; &lt;lid&gt;</metadata>' in model


def test_an_stl_names_the_object_and_does_not_pass_for_text() -> None:
    data = stl(body(TALL), metadata=METADATA).data
    assert b"0417" in data[:80] and not data.lower().startswith(b"solid") and len(data) == 84 + 50 * 12


@pytest.mark.parametrize("step", [stl, print3mf])
def test_an_open_surface_is_not_printed(step) -> None:
    with pytest.raises(Refused, match=r"not closed \(holes: 1, the largest 1200.0 mm around\)"):
        step(place(grid(4, size=0.3), up="+y", evidence="given"))
    with pytest.raises(Refused, match="put step place before it"):
        step(cube())


@pytest.mark.parametrize("step", [stl, print3mf])
def test_the_same_body_gives_the_same_bytes(step) -> None:
    assert step(body(TALL)).data == step(body(TALL)).data
