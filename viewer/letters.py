"""Which letters our own small fonts hold, and whether a page needs more than they do.

The fonts hold what the interface, the vocabulary and the samples write; a museum's records may use any
letter. Only a page that does loads the style sheet of the packages' slices (some hundred files a face, of
which the browser takes those it needs); what even they lack comes from the system's fonts.
"""

from __future__ import annotations

import re
from functools import cache

from .i18n import FOLDER

_BEYOND_LATIN_1 = re.compile("[^\x00-\xff]")
_IN_SERIF = re.compile(r"(?:<h[12]\b[^>]*>|class=\"name\"[^>]*>)([^<]+)")


def needs_more_letters(html: str) -> bool:
    """Tells whether a page writes a letter that our own fonts do not hold in the face it is written in."""
    if not set(_BEYOND_LATIN_1.findall(html)) <= held("sans"):
        return True
    return not set(_BEYOND_LATIN_1.findall("".join(_IN_SERIF.findall(html)))) <= held("serif")


@cache
def held(face: str) -> frozenset[str]:
    """Gives the letters of the face ``sans`` or ``serif``, in all scripts."""
    return _listed(f"han-{face}") | _listed("other")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset((FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n"))
