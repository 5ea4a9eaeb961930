"""What is wrong with a record is said in one sentence: file, line, key, what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.store import read_artifact, read_capture, read_manifest, write_json
from pipeline.errors import Failed, Refused

NAME = '[name]\nzh-Hans = "瓦当"\n'
DIGEST = "ab" * 32


def refusal(folder: Path, content: str | bytes, file: str = "artifact.toml") -> str:
    path = folder / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    read = {"artifact.toml": read_artifact, "capture.toml": read_capture, "manifest.json": read_manifest}[
        file
    ]
    with pytest.raises(Refused) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(folder) + "/")


def test_an_unknown_code_names_the_allowed_ones_and_the_nearest(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + '\n[register]\ngrade = "四级"\n')
    assert message.startswith(
        'artifact.toml, line 5: grade "四级" is not known; allowed are 一级, 二级, 三级'
    )
    assert "was meant" in message


@pytest.mark.parametrize(
    ("key", "value", "near"),
    [
        ("category", "瓷气", "瓷器"),
        ("completeness", "基本完正", "基本完整"),
        ("source", "purchse", "purchase"),
        ("preservation", "已修", "已修复"),
    ],
)
def test_every_code_list_has_its_nearest_term(tmp_path: Path, key: str, value: str, near: str) -> None:
    assert f'"{near}" was meant' in refusal(tmp_path, NAME + f'[register]\n{key} = "{value}"\n')


def test_an_unknown_material_is_refused_with_its_place_in_the_list(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + '[register]\nmaterial = ["陶", "plastik"]\n')
    assert message.startswith('artifact.toml, line 4: material "plastik" is not known')


def test_a_misspelt_key_is_refused_with_the_right_one(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + '[register]\nmaterial = ["陶"]\ngrdae = "一级"\n')
    assert (
        message == 'artifact.toml, line 5: the key "register.grdae" is not known; perhaps "grade" was meant.'
    )


def test_a_wrong_type_says_what_is_expected(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + '[register.dimensions]\nheight_mm = "325"\n')
    assert message.startswith(
        'artifact.toml, line 4: register.dimensions.height_mm must be a number, not the text "325"'
    )


def test_a_name_that_is_no_table_of_languages_is_refused_with_an_example(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'name = "瓦当"\n')
    assert message.startswith("artifact.toml, line 1: name must be a text in languages")
    assert 'zh-Hans = "…"' in message


def test_an_unknown_language_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + 'zh = "瓦当"\n')
    assert message.startswith(
        'artifact.toml, line 3: the language of name "zh" is not known; allowed are zh-Hans, ug'
    )


@pytest.mark.parametrize("content", ['number = "1"\n', '[name]\nug = "كاھىش"\n', '[name]\nzh-Hans = "  "\n'])
def test_a_missing_name_is_refused(tmp_path: Path, content: str) -> None:
    assert "name" in refusal(tmp_path, content)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + "[register\n")
    assert message.startswith("artifact.toml, line 3: no valid TOML at column")


def test_a_file_saved_as_gbk_says_so_and_what_to_do(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'number = "1"\n[name]\nzh-Hans = "莲花纹瓦当"\n'.encode("gbk"))
    assert message.startswith("artifact.toml, line 3: the file is not UTF-8, but looks like GBK")
    assert "save it as UTF-8" in message


def test_a_file_saved_as_utf_16_says_so(tmp_path: Path) -> None:
    assert "UTF-16" in refusal(tmp_path, NAME.encode("utf-16"))


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "artifact.toml").write_bytes(b"\xef\xbb\xbf" + NAME.replace("\n", "\r\n").encode())
    assert read_artifact(tmp_path / "artifact.toml").name["zh-Hans"] == "瓦当"


def test_years_that_run_backwards_are_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + "[register.period]\nfrom_year = 221\nto_year = -206\n")
    assert message.startswith("artifact.toml, line 4: register.period begins in 221, after it ends in -206")


@pytest.mark.parametrize("value", ["0", "-3.5", "inf", "nan"])
def test_a_dimension_that_is_not_positive_is_refused(tmp_path: Path, value: str) -> None:
    assert "height_mm must be greater than 0" in refusal(
        tmp_path, NAME + f"[register.dimensions]\nheight_mm = {value}\n"
    )


@pytest.mark.parametrize("value", ["1983-13", "soon", "83"])
def test_an_entry_date_that_is_neither_date_nor_term_is_refused(tmp_path: Path, value: str) -> None:
    assert "entry_date" in refusal(tmp_path, NAME + f'[register]\nentry_date = "{value}"\n')


@pytest.mark.parametrize(
    "value", ["1983", "1983-05", "1983年5月", "1983-05-01", "1977-2000", "2001至今", "before-1949"]
)
def test_dates_and_terms_are_entry_dates(tmp_path: Path, value: str) -> None:
    (tmp_path / "artifact.toml").write_text(NAME + f'[register]\nentry_date = "{value}"\n', encoding="utf-8")
    assert read_artifact(tmp_path / "artifact.toml").register.entry_date == value


@pytest.mark.parametrize("value", ['"gestern"', "2024-05-01T10:00:00", "20240501"])
def test_a_wrong_date_is_refused(tmp_path: Path, value: str) -> None:
    message = refusal(tmp_path, f"unit = 'mm'\ndate = {value}\n", "capture.toml")
    assert message.startswith("capture.toml, line 2: date is no date")


def test_an_impossible_date_is_refused(tmp_path: Path) -> None:
    assert "line 1" in refusal(tmp_path, "date = 2024-13-40\n", "capture.toml")


def test_an_unknown_unit_lists_the_known_ones(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'unit = "mmm"\n', "capture.toml")
    assert "capture.toml, line 1: unit" in message
    assert 'perhaps "mm" was meant' in message


def files(*rows: tuple[str, str]) -> str:
    return "".join(f"[[files]]\npath = '{path}'\nsha256 = '{sha}'\nbytes = 1\n" for path, sha in rows)


@pytest.mark.parametrize(
    "path", ["../jar.obj", "/etc/passwd", "scan/../../x", "C:\\scan\\a.obj", "..\\a.obj", ""]
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    message = refusal(tmp_path, files(("a.obj", DIGEST), (path, DIGEST)), "capture.toml")
    assert message.startswith("capture.toml, line 6: files[1].path")
    assert "leaves the folder" in message


@pytest.mark.parametrize("digest", ["", "ab", "AB" * 32, "xy" * 32, DIGEST + "\\n"])
def test_a_digest_that_is_not_hex_is_refused(tmp_path: Path, digest: str) -> None:
    message = refusal(tmp_path, files(("a.obj", DIGEST), ("b.jpg", digest)), "capture.toml")
    assert message.startswith("capture.toml, line 7: files[1].sha256")


def test_a_huge_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    with (tmp_path / "artifact.toml").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(Refused, match="larger than 4 MiB"):
        read_artifact(tmp_path / "artifact.toml")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not a file"):
        read_artifact(tmp_path)


@pytest.mark.parametrize("file", ["artifact.toml", "manifest.json"])
def test_a_file_nested_without_end_is_refused(tmp_path: Path, file: str) -> None:
    start = "x = " if file.endswith("toml") else '{"x": '
    assert "nested too deeply" in refusal(tmp_path, start + "[" * 100_000, file)


def test_a_record_of_a_later_version_is_refused(tmp_path: Path) -> None:
    assert "this program reads mobile-museum/artifact/1" in refusal(
        tmp_path, 'schema = "mobile-museum/artifact/9"\n' + NAME
    )


def test_several_things_wrong_are_counted(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + '[register]\ngrade = "x"\nsource = "y"\ncategory = "z"\n')
    assert "(2 more after this)" in message


def test_text_in_multi_line_strings_is_not_taken_for_keys(tmp_path: Path) -> None:
    story = '[story]\nen = """\n[register]\ngrade = "x"\n"""\n'
    assert refusal(tmp_path, NAME + story + '[register]\ngrade = "九级"\n').startswith(
        "artifact.toml, line 9:"
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('checker = "../chart.jpg"', 'colour.checker "../chart.jpg" leaves the folder'),
        ('checker = "C:\\\\chart.jpg"', "leaves the folder"),
        ('checker = "c.jpg"\ncorners = [[1, 2], [3, 4]]', "colour.corners must have 4 values, not 2"),
        ("corners = [[1, 2], [3, 4], [5, 6], [7, 8]]", "says nothing without colour.checker"),
        ('checker = "c.jpg"\ncorners = [[1, 2], [3, 4], [5, 6], [7, "8"]]', "colour.corners[3][1]"),
        ('chekcer = "c.jpg"', "perhaps"),
    ],
)
def test_a_chart_that_is_said_wrongly_is_refused(tmp_path: Path, table: str, said: str) -> None:
    message = refusal(tmp_path, f"[colour]\n{table}\n", "capture.toml")
    assert message.startswith("capture.toml, line ") and said in message


def test_a_broken_manifest_names_the_key(tmp_path: Path, manifest: Manifest) -> None:
    write_json(manifest, tmp_path / "whole.json")
    whole = (tmp_path / "whole.json").read_text(encoding="utf-8")
    message = refusal(tmp_path, whole.replace('"small.0123abcd.glb"', '"../small.glb"'), "manifest.json")
    assert message.startswith('manifest.json: derivatives[0].path "../small.glb" leaves the folder')
    message = refusal(tmp_path, whole.replace('"triangles": 12,', ""), "manifest.json")
    assert "triangles is missing" in message
    assert refusal(tmp_path, whole[:200], "manifest.json").startswith("manifest.json, line ")
    assert "NaN" in refusal(tmp_path, whole.replace('"mean": 0.01', '"mean": NaN'), "manifest.json")


def test_a_manifest_with_a_number_that_is_none_is_not_written(tmp_path: Path, manifest: Manifest) -> None:
    import msgspec

    level = manifest.derivatives[0]
    broken = msgspec.structs.replace(level.deviation_mm, mean=float("nan"))
    levels = (msgspec.structs.replace(level, deviation_mm=broken),)
    with pytest.raises(Failed, match="cannot be written"):
        write_json(msgspec.structs.replace(manifest, derivatives=levels), tmp_path / "manifest.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "key", ["a" + ".a" * 100_000, 'a."b' + '" . "b' * 50_000 + '"', "[a" + ".b" * 900 + "]\n"]
)
def test_a_key_of_very_many_parts_is_refused_before_it_is_parsed(tmp_path: Path, key: str) -> None:
    assert "key of too many parts" in refusal(tmp_path, f"{key} = 1\n")


def test_dots_inside_texts_and_comments_are_no_parts_of_keys(tmp_path: Path) -> None:
    dots, path = "." * 200, tmp_path / "artifact.toml"
    text = f'# {dots}\n[name]\nen = "{dots}"\nzh-Hans = """\na\n{dots}"""\n[place]\nen = \'{dots}\'\n'
    path.write_text(text, encoding="utf-8")
    assert read_artifact(path).name["en"] == dots


def test_half_a_character_in_a_manifest_is_refused(tmp_path: Path) -> None:
    assert "half a character" in refusal(tmp_path, '{"object": "a\\ud800"}', "manifest.json")


def test_a_number_that_nothing_can_have_is_refused_with_its_place(tmp_path: Path) -> None:
    message = refusal(tmp_path, NAME + "[register.dimensions]\nheight_mm = 1e300\n")
    assert message.startswith("artifact.toml, line 4: register.dimensions.height_mm is a number larger")
