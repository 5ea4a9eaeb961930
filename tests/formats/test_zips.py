"""Archives that come out the same on every run, with files where a reader can map them."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.formats.zips import LOCAL_HEAD_BYTES, zipped

FILES = {"model.usda": b"#usda 1.0\n", "textures/0.jpg": b"\xff\xd8" * 77, "empty.txt": b""}


def starts_of(data: bytes) -> dict[str, int]:
    """Where each file's bytes begin, from its local head."""
    out = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            at = entry.header_offset
            name, extra = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (26, 28))
            out[entry.filename] = at + LOCAL_HEAD_BYTES + name + extra
    return out


def test_what_goes_in_comes_out_in_its_order() -> None:
    for deflate in (False, True):
        with zipfile.ZipFile(io.BytesIO(zipped(FILES, deflate=deflate))) as archive:
            assert archive.testzip() is None and archive.namelist() == list(FILES)
            assert {name: archive.read(name) for name in FILES} == FILES


def test_bytes_begin_at_multiples_of_64_and_lie_there_as_they_are() -> None:
    data = zipped(FILES, align=64)
    for name, start in starts_of(data).items():
        assert start % 64 == 0, name
        assert data[start : start + len(FILES[name])] == FILES[name]


@pytest.mark.parametrize("length", range(1, 70))
def test_every_length_of_name_finds_its_place(length: int) -> None:
    data = zipped({"a" * length: b"x" * length, "b": b"y"}, align=64)
    assert all(start % 64 == 0 for start in starts_of(data).values())


def test_the_same_files_give_the_same_bytes_on_any_day() -> None:
    data = zipped(FILES, align=64)
    assert data == zipped(dict(FILES), align=64)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


@pytest.mark.parametrize("name", ["../out.txt", "/etc/passwd", "a\\b", "名.txt", ""])
def test_a_name_that_leads_out_of_the_archive_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="is no name"):
        zipped({name: b""})
