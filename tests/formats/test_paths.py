import os
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats.paths import resolve


def test_a_name_with_blanks_and_chinese_characters_is_found(tmp_path):
    (tmp_path / "陶罐 三彩.jpg").write_bytes(b"x")
    assert resolve(tmp_path, "陶罐 三彩.jpg").name == "陶罐 三彩.jpg"


def test_a_windows_path_of_another_computer_is_looked_up_by_its_last_part_in_subfolders(tmp_path):
    (tmp_path / "textures" / "x").mkdir(parents=True)
    wanted = tmp_path / "textures" / "x" / "Tex_1.JPG"
    wanted.write_bytes(b"x")
    assert resolve(tmp_path, "C:\\Users\\x\\tex_1.jpg") == wanted
    assert resolve(tmp_path, '"D:/scan/out/TEX_1.jpg"') == wanted


def test_the_nearest_file_of_that_name_wins_over_a_deeper_one(tmp_path):
    for folder in (tmp_path / "a" / "b", tmp_path / "z"):
        folder.mkdir(parents=True)
        (folder / "t.png").write_bytes(b"x")
    assert resolve(tmp_path, "/elsewhere/t.png") == tmp_path / "z" / "t.png"


def test_a_path_is_followed_without_case_before_the_name_is_searched(tmp_path):
    for folder in ("Maps", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "T.png").write_bytes(b"x")
    assert resolve(tmp_path, "other/t.PNG") == tmp_path / "other" / "T.png"


def test_percent_signs_and_decomposed_accents_still_find_the_file(tmp_path):
    (tmp_path / unicodedata.normalize("NFD", "vidé 1.png")).write_bytes(b"x")
    assert resolve(tmp_path, "vid%C3%A9%201.png") is not None


def test_nothing_outside_the_folder_is_ever_given(tmp_path):
    scan = tmp_path / "scan"
    scan.mkdir()
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    (scan / "link.png").symlink_to(secret)
    (scan / "up").symlink_to(tmp_path)
    for name in ("../secret.png", str(secret), "link.png", "up/secret.png", "..", "a\0b", "", "/etc/passwd"):
        assert resolve(scan, name) is None, name


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "t.png")
    assert resolve(tmp_path, "t.png") is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["..", ".", "/", "\\", "a", "secret.png", "C:", "%2e%2e", "scan"]), max_size=8)
)
def test_no_spelling_leaves_the_folder(tmp_path_factory, parts):
    root = tmp_path_factory.mktemp("r")
    scan = root / "scan"
    scan.mkdir()
    (root / "secret.png").write_bytes(b"x")
    found = resolve(scan, "/".join(parts))
    assert found is None or found.is_relative_to(scan)
