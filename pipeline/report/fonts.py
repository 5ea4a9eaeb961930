"""The letters of a report page, inside it: a museum's computer without a Chinese font shows empty boxes.

Two faces of Noto under ``templates/fonts`` (OFL, GB 2312) are cut down to what one page writes: some 340
letters of text and 50 of headings are 60 kB. A letter beyond GB 2312 comes from the computer's own fonts.
The cut carries the notice and the address of its licence, and no time of day.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from .woff import woff

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent.parent / "templates" / "fonts"
NOTICES = (0, 13, 14)
"""Entries of a font's name table: copyright, licence, its address."""
FEATURES = ("kern", "ccmp", "locl", "tnum")
"""Of OpenType: what a page of text and columns of figures need."""

FACES = {"sans": ("Report Sans", 400), "serif": ("Report Serif", 600)}
"""File, and the name and weight that ``report.css`` knows it by."""

_TAG = re.compile(r"<[^>]*>")
_TITLES = re.compile(r"<h[12]\b[^>]*>(.*?)</h[12]>|<span class=\"big\">(.*?)</span>", re.DOTALL)
_HELD_BACK = re.compile(r"<style>.*?</style>|data:image/webp;base64,[A-Za-z0-9+/=]+", re.DOTALL)


def with_letters(page: str) -> str:
    """Gives a page with the faces that it is written in.

    They are a style sheet of their own at the end of the head: the other one stays the same on every page, so
    that its digest can be allowed.
    """
    text = unescape(_HELD_BACK.sub("", page))
    titles = "".join(one or other for one, other in _TITLES.findall(text))
    wanted = {"sans": set(text), "serif": set(_TAG.sub("", titles))}
    rules = "\n".join(_rule(face, letters) for face, letters in wanted.items())
    return page.replace("</head>", f"<style>{rules}</style>\n</head>", 1)


def ready() -> None:
    """Loads both faces and the program that cuts them."""
    import uharfbuzz  # noqa: F401

    for face in FACES:
        _whole(face)


def cut(face: str, letters: Iterable[str]) -> bytes:
    """Gives a face as WOFF with only some letters; the same letters give the same bytes.

    By HarfBuzz, 0.03 s for both faces of a page; fontTools takes 0.45, a tenth of a small scan's whole run.
    """
    import uharfbuzz as harfbuzz

    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.set({ord(letter) for letter in letters})
    wanted.name_id_set.set(NOTICES)
    wanted.layout_feature_tag_set.set(int.from_bytes(tag.encode()) for tag in FEATURES)
    wanted.flags = harfbuzz.SubsetFlags.NOTDEF_OUTLINE | harfbuzz.SubsetFlags.NO_HINTING
    return woff(harfbuzz.subset(harfbuzz.Face(_whole(face)), wanted).blob.data)


def _rule(face: str, letters: Iterable[str]) -> str:
    family, weight = FACES[face]
    data = base64.b64encode(cut(face, letters)).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}'
    )


@cache
def _whole(face: str) -> bytes:
    import brotli

    data: bytes = brotli.decompress((FOLDER / f"{face}.ttf.br").read_bytes())
    return data
