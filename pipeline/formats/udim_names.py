"""Names of UDIM tiles: which file of a folder holds which unit square of the UV plane.

Tile 1001 is u, v from 0 to 1, 1002 the square right of it, 1011 the one above it: 1001 + u + 10 v, ten
columns (Mari; OpenImageIO and USD read it so). A library names the whole as ``tex.<UDIM>.jpg`` or
``%(UDIM)d``, or as ``u<U>_v<V>`` (Mudbox, from 1), or, as photogrammetry programs do, the first tile alone
(``texture_1001.png``, ``model_u1_v1_diffuse.png``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from . import limits, paths

_WHOLE = re.compile(r"<UDIM>|%\(UDIM\)d|\$\(?UDIM\)?|<UVTILE>|u<U>_v<V>", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)1\d\d\d(?!\d)")
_LETTERS = re.compile(r"(?<![a-z])u(\d{1,2})_v(\d{1,2})(?!\d)", re.IGNORECASE)
COLUMNS = 10
"""Tiles in a row; the next row is above."""
Tile = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The name of a tiled texture, taken apart at its tile: a number, or letters that count from 0 or 1."""

    before: str
    after: str
    letters: bool = False
    first: int = 1

    def name(self, tile: Tile) -> str:
        """Gives the file name of a tile."""
        u, v = tile
        if self.letters:
            return f"{self.before}u{u + self.first}_v{v + self.first}{self.after}"
        return f"{self.before}{1001 + u + COLUMNS * v}{self.after}"

    def in_folder(self) -> Pattern:
        """Gives the pattern of the names alone, without the folders that a library puts before them."""
        return replace(self, before=self.before.replace("\\", "/").rpartition("/")[2])


def whole(named: str) -> Pattern | None:
    """Gives the pattern of a name that says that it means tiles, None for any other."""
    found = _WHOLE.search(named)
    if found is None:
        return None
    letters = found[0].upper() in ("<UVTILE>", "U<U>_V<V>")
    return Pattern(named[: found.start()], named[found.end() :], letters)


def numbered(name: str) -> tuple[Pattern, Tile] | None:
    """Gives the pattern of a file name that may be one tile of several, and which; None for any other.

    >>> numbered("wall_1012.png")
    (Pattern(before='wall_', after='.png', letters=False, first=1), (1, 1))
    """
    if found := next(reversed(list(_NUMBER.finditer(name))), None):
        number = int(found[0]) - 1001
        if number >= 0:
            return Pattern(name[: found.start()], name[found.end() :]), (number % COLUMNS, number // COLUMNS)
    if found := _LETTERS.search(name):
        first = min(int(found[1]), int(found[2]), 1)
        pattern = Pattern(name[: found.start()], name[found.end() :], letters=True, first=first)
        return pattern, (int(found[1]) - first, int(found[2]) - first)
    return None


def tiles_of(folder: paths.Folder, named: str) -> list[Path]:
    """Gives the tiles that a name stands for and the folder has: of ``<UDIM>`` all, of a first tile its
    neighbours and itself; none for a name that means one file."""
    if pattern := whole(named):
        every = (folder.resolve(pattern.name(tile)) for tile in _tiles())
        return [path for path in every if path is not None]
    path = folder.resolve(named)
    return [] if path is None else [path, *beside(path)]


def beside(path: Path) -> list[Path]:
    """Gives the other tiles in the folder of a file that may be the first one."""
    parts = numbered(path.name)
    if parts is None or parts[1] != (0, 0):
        return []
    root = path.parent.resolve()
    every = (path.parent / parts[0].name(tile) for tile in _tiles() if tile != (0, 0))
    return [one for one in every if paths.inside(root, one)]


def _tiles() -> Iterator[Tile]:
    """Every tile that is looked for, in the order of their numbers."""
    return ((n % COLUMNS, n // COLUMNS) for n in range(limits.UDIM_TILES_MAX))
