"""Camera and day out of photographs, and nothing out of what only looks like one."""

from __future__ import annotations

import datetime
import struct
from pathlib import Path

import numpy as np
import pytest

from pipeline.scan.exports import exif, recognise
from pipeline.scan.exports.listing import listed
from tests.scan import layouts

MAKE, MODEL, EXIF, ORIGINAL = 0x010F, 0x0110, 0x8769, 0x9003


def jpeg(make: str, model: str, day: str, order: str = "<") -> bytes:
    """A JPEG's beginning with EXIF: two directories, their texts behind them."""
    texts = [f"{text}\0".encode() for text in (make, model, day)]
    starts = np.cumsum([74, *map(len, texts)])
    first = [(MAKE, 2, len(texts[0]), starts[0]), (MODEL, 2, len(texts[1]), starts[1]), (EXIF, 4, 1, 56)]
    tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, 3)
    tiff += b"".join(struct.pack(f"{order}HHII", *entry) for entry in first) + bytes(4) + bytes(6)
    tiff += struct.pack(f"{order}HHHII", 1, ORIGINAL, 2, len(texts[2]), starts[2]) + bytes(4)
    body = b"Exif\0\0" + tiff + b"".join(texts)
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xd9"


@pytest.mark.parametrize("order", ["<", ">"])
def test_camera_and_day_are_read_in_both_byte_orders(order: str) -> None:
    tags = exif.tags_of(jpeg("SONY", "ILCE-7M3", "2024:05:01 10:00:00", order))
    assert (tags[MAKE], tags[MODEL], tags[ORIGINAL]) == ("SONY", "ILCE-7M3", "2024:05:01 10:00:00")


def test_photographs_tell_what_the_program_s_files_do_not(tmp_path: Path) -> None:
    folder = layouts.colmap(tmp_path / "work")
    for day in ("03", "02", "04"):
        layouts.text(
            folder / "images" / f"{day}.jpg", jpeg("Canon", "Canon EOS R5", f"2024:05:{day} 09:00:00")
        )
    layouts.text(folder / "images" / "zz.jpg", b"\xff\xd8\xff\xd9")
    export = recognise(folder)
    assert export is not None and export.capture.device == "Canon EOS R5"
    assert export.capture.date == datetime.date(2024, 5, 2)


def test_any_bytes_are_borne() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    sound = jpeg("Canon", "EOS", "2024:05:01 10:00:00")
    for _ in range(500):
        damaged = bytearray(sound)
        for at in random.integers(12, len(sound), 4):
            damaged[at] = random.integers(256)
        tags = exif.tags_of(bytes(damaged))
        assert all(len(text) <= 1024 for text in tags.values())
    assert exif.tags_of(b"") == exif.tags_of(b"\xff\xd8" * 2000) == {}


@pytest.mark.real
def test_real_photographs_of_a_facade_name_their_camera_and_day(scans: Path) -> None:
    listing = listed(scans / "facade-photos")
    assert listing is not None
    told = exif.tell(listing)
    assert told.device == "EASTMAN KODAK COMPANY KODAK Z612 ZOOM DIGITAL CAMERA"
    assert told.date == datetime.date(2010, 10, 12)
