"""Damaged files give a Surface or a refusal, never another exception and never much memory."""

import contextlib
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import formats
from pipeline.errors import Refused
from pipeline.formats import images
from pipeline.matter.cloud import Cloud
from tests import clouds
from tests.formats import made

MOST_BYTES = 80 << 20


def valid(kind, folder):
    made.image(folder / "t.png", width=8, height=8)
    made.image(folder / "t_0.jpg", width=8, height=8)
    square = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
    if kind == "obj":
        text = (
            "mtllib a.mtl\nv 0 0 0 1 0 0\nv 1 0 0\nv 1 1e0 0\nv 0 1 0\nvt 0 0\nvt 1 1\nvn 0 0 1\nusemtl m\n"
        )
        text += "f 1/1/1 2/2/1 3/1/1 4//1\nf -1 -2 \\\n -3\n# end\n"
        return made.obj(folder, text, mtl="newmtl m\nKd .5 .5 .5\nmap_Kd -s 2 2 1 t.png\nmap_d t.png\n")
    if kind == "mtl":
        return valid("obj", folder).with_suffix(".mtl")
    if kind == "ply":
        fields = "float x,float y,float z,uchar red,uchar green,uchar blue,float s,float t"
        vertices = [(*p, 1, 2, 3, 0.5, 0.5) for p in square]
        comment = "comment TextureFile t.png\nelement camera 0\nproperty list uchar int a\n"
        faces = [(0, 1, 2), (0, 1, 2, 3)] * 4
        return made.ply_binary(folder / "a.ply", vertices, faces, vertex=fields, extra_head=comment)
    if kind == "ply-ascii":
        head = "ply\nformat ascii 1.0\ncomment TextureFile <this>_0.jpg\nelement vertex 3\n"
        head += (
            "property float x\nproperty double y\nproperty short z\nelement face 2\nproperty list uchar int "
        )
        head += "vertex_indices\nproperty list uchar float texcoord\nproperty char texnumber\nend_header\n"
        (folder / "t.ply").write_text(head + "0 0 0\n1 0 0\n0 1 0\n3 0 1 2 6 0 0 1 0 1 1 0\n3 2 1 0 0 1\n")
        return folder / "t.ply"
    if kind in CLOUDS:
        (folder / f"a.{kind}").write_bytes(CLOUDS[kind])
        return folder / f"a.{kind}"
    if kind in ("las", "laz"):
        points = clouds.ball(60)
        return clouds.write_las(folder / f"a.{kind}", points, colours=np.full((60, 3), 9), kind=7)
    if kind == "stl":
        return made.stl_binary(
            folder / "a.stl", np.arange(36), head=b"solid COLOR=abcd", attributes=[1, 2, 3, 4]
        )
    facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    (folder / "a.stl").write_text("solid a\n" + facet * 3 + "endsolid a\n")
    return folder / "a.stl"


_POSE = b"1 0 0\n0 1 0\n0 0 1\n1 0 0 0\n0 1 0 0\n0 0 1 0\n5 6 7 1\n"
CLOUDS = {
    "xyz": b"//X Y Z R G B\n" + b"1.5 2 -3e1 255 0 9\n" * 30,
    "pts": b"20\n" + b"1.5,2,-3e1,0.5,255,0,9\n" * 20,
    "ptx": (b"2\n3\n5 6 7\n" + _POSE + b"0 0 0 0.5\n1 2 3 0.5\n" * 3) * 2,
}
"""Clouds of text."""

PIECES = st.sampled_from(
    [
        b"\n",
        b"\\\n",
        b"-1",
        b"0",
        b"99999999999",
        b"1e999",
        b"nan",
        b"/",
        b"//",
        b"#",
        b" ",
        b"\0",
        b"\xff",
        b"f ",
        b"v ",
    ]
)


@st.composite
def damage(draw):
    """A function that flips, cuts, doubles or inserts bytes."""
    changes = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["flip", "cut", "insert", "double"]),
                st.floats(0, 1),
                st.integers(0, 255),
                PIECES,
            ),
            min_size=1,
            max_size=5,
        )
    )

    def apply(data: bytes) -> bytes:
        for what, where, value, piece in changes:
            at = int(where * max(len(data) - 1, 0))
            if what == "flip":
                data = data[:at] + bytes([value]) + data[at + 1 :]
            elif what == "cut":
                data = data[:at]
            elif what == "insert":
                data = data[:at] + piece + data[at:]
            else:
                data = data[:at] + data[at // 2 : at] + data[at:]
        return data

    return apply


@pytest.mark.parametrize(
    "kind", ["obj", "mtl", "ply", "ply-ascii", "stl", "stl-ascii", "las", "laz", *CLOUDS]
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(harm=damage())
def test_a_damaged_model_is_read_or_refused(tmp_path, kind, harm):
    path = valid(kind, tmp_path)
    path.write_bytes(harm(path.read_bytes()))
    model = path.with_suffix(".obj") if kind == "mtl" else path
    tracemalloc.start()
    try:
        surface = formats.read(model)
        assert np.isfinite(surface.positions).all() and len(surface.positions) > 0
        assert formats.files(model)[0] == model
        if isinstance(surface, Cloud):
            return
        assert len(surface.triangles) > 0
        assert int(surface.triangles.max()) < len(surface.positions)
        assert int(surface.material_of.max()) < len(surface.materials)
    except Refused as refusal:
        assert str(tmp_path) not in str(refusal)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_BYTES


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(harm=damage())
def test_a_damaged_texture_is_decoded_or_refused(tmp_path, suffix, harm):
    data = made.image(tmp_path / f"t.{suffix}", width=32, height=32).read_bytes()
    try:
        pixels = images.pixels(images.probe(harm(data), name="t"), max_px=16)
        assert pixels.dtype == np.uint8 and pixels.shape[2] in (3, 4)
    except Refused:
        pass


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=400),
    suffix=st.sampled_from([".obj", ".ply", ".stl", ".bin", ".xyz", ".ptx", ".csv"]),
)
def test_noise_is_read_or_refused(tmp_path, data, suffix):
    (tmp_path / f"n{suffix}").write_bytes(data)
    with contextlib.suppress(Refused):
        formats.read(tmp_path / f"n{suffix}")
