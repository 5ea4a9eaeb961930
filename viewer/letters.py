"""Which Han letters our own small fonts hold, and whether a page needs more than they do.

The fonts hold what the interface, the vocabulary and the samples write; a museum's records may use any
letter. Only a page that does loads the style sheet of the packages' slices (101 files a face, of which the
browser takes those it needs).
"""

from __future__ import annotations

import re
from functools import cache

from .i18n import FOLDER

_HAN = re.compile("[\u2e80-\u2fff\u3007\u3021-\u9fff\U00020000-\U0003ffff]")
_IN_SERIF = re.compile(r"(?:<h[12]\b[^>]*>|class=\"name\"[^>]*>)([^<]+)")


def needs_more_letters(html: str) -> bool:
    """Tells whether a page writes a Han letter that our own fonts do not hold."""
    if not set(_HAN.findall(html)) <= held("sans"):
        return True
    return not set(_HAN.findall("".join(_IN_SERIF.findall(html)))) <= held("serif")


@cache
def held(face: str) -> frozenset[str]:
    """Gives the Han letters of the face ``sans`` or ``serif``."""
    return frozenset((FOLDER / f"han-{face}.txt").read_text(encoding="utf-8").strip())
