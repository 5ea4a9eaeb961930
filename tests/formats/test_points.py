import numpy as np
import pytest

from pipeline import formats
from pipeline.errors import Refused
from tests import clouds

XYZ = np.array([[1.5, -2.0, 3.25], [4.0, 5.5, -6.0], [7.0, 8.0, 9.0]])
RGB = [(255, 128, 0), (10, 20, 30), (0, 0, 255)]
UNIT = [(0, 0, -1), (0.6, 0.8, 0), (1, 0, 0)]


def read(tmp_path, text, name="a.xyz"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return formats.read(tmp_path / name)


def rows(*columns, separator=" "):
    return "".join(
        separator.join(str(v) for part in row for v in part) + "\n" for row in zip(*columns, strict=True)
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.xyz", rows(XYZ)),
        ("a.pts", "3\n" + rows(XYZ)),
        ("a.asc", rows(XYZ, separator=", ")),
        ("a.csv", "X,Y,Z\n" + rows(XYZ, separator=",")),
        ("a.csv", rows(XYZ, separator=";").replace(".", ",")),
        ("a.txt", rows(XYZ, separator="\t").replace(".", ",")),
        ("a.txt", "# survey of 2021\n\n" + rows(XYZ).replace("\n", "\r\n")),
        ("a.xyz", rows(XYZ).replace("\n", "\r")),
        ("a.xyz", rows(XYZ).rstrip("\n")),
        ("a.xyz", "\ufeff//X Y Z\n  " + rows(XYZ).replace("\n", "  \n\n  ")),
        ("a.xyz", "nan nan nan\n" + rows(XYZ)),
    ],
)
def test_a_cloud_is_read_however_its_numbers_are_separated(tmp_path, name, text):
    cloud = read(tmp_path, text, name)
    assert cloud.source_format == "points" and cloud.positions.tolist() == XYZ.tolist()
    assert cloud.colours is None and cloud.normals is None


@pytest.mark.parametrize(
    "text",
    [
        rows(XYZ, RGB),
        rows(XYZ, [(0.5,)] * 3, RGB),
        rows(XYZ, [(-1024,)] * 3, RGB),
        rows(XYZ, RGB, [(0.123,)] * 3),
        rows(XYZ, RGB, UNIT),
        rows(XYZ, UNIT, RGB),
        rows(XYZ, np.array(RGB) * 257),
        rows(XYZ, np.array(RGB) / 255),
        rows(XYZ, [(100,)] * 3, RGB, UNIT),
        "//X Y Z Nx Ny Nz R G B\n" + rows(XYZ, UNIT, RGB),
        "r g b x y z\n" + rows(RGB, XYZ),
    ],
)
def test_colours_are_found_among_intensities_and_normals_at_any_scale(tmp_path, text):
    cloud = read(tmp_path, text)
    assert cloud.positions.tolist() == XYZ.tolist()
    assert cloud.colours[:, :3].tolist() == [list(one) for one in RGB]


@pytest.mark.parametrize("text", [rows(XYZ, UNIT), rows(XYZ, RGB, UNIT), rows(XYZ, UNIT, RGB)])
def test_three_numbers_of_length_one_are_normals(tmp_path, text):
    assert read(tmp_path, text).normals == pytest.approx(np.array(UNIT), abs=1e-6)


def test_intensities_are_no_colours_and_that_is_said(tmp_path):
    cloud = read(tmp_path, rows(XYZ, [(100,), (200,), (255,)]))
    assert cloud.colours is None and "points-only-intensity" in clouds.codes(cloud)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9\n" + rows(XYZ), "ends after 3 of its 9 points"),
        ("5000000000\n" + rows(XYZ), "claims 5000000000 points, allowed are 0 to"),
        (rows(XYZ) + "1 2\n", "line 4: the line has 2 numbers and the first one has 3"),
        (rows(XYZ) + "1 2 3 4\n1 2\n", "line 4: the line has 4 numbers"),
        (rows(XYZ) + "1 2 x\n", "'x' stands where a number should"),
        ("ncols 4\nnrows 3\n", "line 1: 'ncols 4' stands where a number should"),
        ("1 2\n3 4\n", "line 1: the line has 2 numbers and a point needs three"),
        ("# only\n", "the file holds no points"),
        ("3\n", "the file holds no points"),
        ("nan nan nan\n", "none of the file's points has a position"),
    ],
)
def test_what_is_no_cloud_is_refused_with_its_line(tmp_path, text, said):
    with pytest.raises(Refused, match=said):
        read(tmp_path, text)


def test_a_line_without_an_end_is_refused_without_being_held(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.formats.limits.LINE_MAX_BYTES", 1000)
    monkeypatch.setattr("pipeline.formats.limits.BLOCK_BYTES", 64)
    with pytest.raises(Refused, match="line 1 has no end"):
        read(tmp_path, "1 " * 5000)


def test_blocks_that_cut_lines_give_the_same_cloud(tmp_path, monkeypatch):
    text = rows(np.random.default_rng(3).normal(size=(300, 3)).round(4), [(1, 2, 3)] * 300).replace(
        "\n", "\r\n"
    )
    whole = read(tmp_path, text)
    monkeypatch.setattr("pipeline.formats.limits.BLOCK_BYTES", 61)
    parts = read(tmp_path, text)
    assert len(whole.positions) == 300 and (parts.positions == whole.positions).all()
    assert (parts.colours == whole.colours).all()


def test_a_pts_file_of_several_scans_is_one_cloud(tmp_path, monkeypatch):
    text = "3\n" + rows(XYZ, [(7,)] * 3, RGB) + "\n2\n" + rows(XYZ[:2] + 1, [(7,)] * 2, RGB[:2])
    cloud = read(tmp_path, text, "a.pts")
    assert cloud.positions.tolist() == [*XYZ.tolist(), *(XYZ[:2] + 1).tolist()]
    monkeypatch.setattr("pipeline.formats.limits.BLOCK_BYTES", 7)
    assert (read(tmp_path, text, "a.pts").positions == cloud.positions).all()
    with pytest.raises(Refused, match="ends after 5 of its 12 points"):
        read(tmp_path, text.replace("\n2\n", "\n9\n"), "a.pts")
    assert len(read(tmp_path, "2\n" + rows(XYZ), "a.pts").positions) == 3  # more than it claims is no loss


def test_notes_and_tables_in_a_folder_are_not_taken_for_its_model(tmp_path):
    (tmp_path / "notes.txt").write_text(rows(XYZ))
    (tmp_path / "a.xyz").write_text(rows(XYZ))
    assert formats.read(tmp_path).source_format == "points"
    (tmp_path / "words.txt").write_text("scanned by hand in May\n")
    with pytest.raises(Refused, match="unknown kind"):
        formats.read(tmp_path / "words.txt")
