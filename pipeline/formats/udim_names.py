"""Names of UDIM tiles: which file of a folder holds which unit square of the UV plane.

Tile 1001 is u, v from 0 to 1, 1002 the square right of it, 1011 the one above it: 1001 + u + 10 v, ten
columns (Mari; OpenImageIO and USD read it so). A library names the whole as ``tex.<UDIM>.jpg`` or
``%(UDIM)d``, or as ``u<U>_v<V>`` (Mudbox from 1, ZBrush from 0), or, as photogrammetry programs do, the first
tile alone (``texture_1001.png``, ``model_u1_v1_diffuse.png``).

Each folder is looked through once and its files put together by what their names share: a library may name
100,000 textures in a folder of 50,000 files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from . import limits, paths

_WHOLE = re.compile(r"<UDIM>|%\(UDIM\)d|\$\(?UDIM\)?|<UVTILE>|u<U>_v<V>", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)1\d\d\d(?!\d)")
_LETTERS = re.compile(r"(?<![a-z])u(\d{1,2})_v(\d{1,2})(?!\d)", re.IGNORECASE)
COLUMNS = 10
"""Tiles in a row; the next row is above."""

Tile = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The name of a tiled texture, taken apart at its tile: a number, or letters with the tile's column and
    row, counted from ``first``."""

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

    @property
    def shared(self) -> tuple[str, str, bool]:
        """What all tiles have in common, without regard to case."""
        return self.before.casefold(), self.after.casefold(), self.letters


@dataclass(frozen=True, slots=True)
class Set:
    """The tiles of one texture that a folder has."""

    pattern: Pattern
    files: dict[Tile, Path]


def whole(named: str) -> Pattern | None:
    """Gives the pattern of a name that says that it means tiles, None for any other."""
    found = _WHOLE.search(named)
    if found is None:
        return None
    letters = found[0].upper() in ("<UVTILE>", "U<U>_V<V>")
    return Pattern(named[: found.start()], named[found.end() :], letters)


def numbered(name: str) -> tuple[Pattern, Tile] | None:
    """Gives the pattern of a file name that may be one tile of several, and which; None for any other.
    Letters are counted from 1 unless one of them is 0.

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


class Tiles:
    """The tiled textures of a model's folder.

    Args:
        folder: finder of the model's folder.
    """

    def __init__(self, folder: paths.Folder) -> None:
        self._folder = folder
        self._sets: dict[Path, dict[tuple[str, str, bool], Set]] = {}

    def of(self, path: Path) -> Set | None:
        """Gives the set that a file belongs to, as far as its name tells; None for a name without a tile."""
        parts = numbered(path.name)
        return None if parts is None else self._in(path.parent).get(parts[0].shared)

    def meant(self, named: str) -> Set | None:
        """Gives the set that a name such as ``maps/tex.<UDIM>.jpg`` means; None for any other name, or where
        nothing of it is there."""
        pattern = whole(named)
        if pattern is None:
            return None
        place, _, before = pattern.before.replace("\\", "/").rpartition("/")
        inside = PurePosixPath(place)
        if not inside.is_absolute() and ".." not in inside.parts:
            known = self._in(self._folder.root / inside)
            if found := known.get(replace(pattern, before=before).shared):
                return found
        first = self._folder.resolve(pattern.name((0, 0)))  # somewhere else, as of other computers' paths
        return None if first is None else self.of(first)

    def files(self, named: str) -> list[Path]:
        """Gives every file that a name stands for: of a whole set or a first tile all, else the one."""
        found = self.meant(named)
        if found is not None:
            return list(found.files.values())
        path = None if whole(named) else self._folder.resolve(named)
        if path is None:
            return []
        parts, tiles = numbered(path.name), self.of(path)
        more = tiles.files.values() if tiles and parts and parts[1] == (0, 0) else ()
        return list(dict.fromkeys((path, *more)))

    def _in(self, place: Path) -> dict[tuple[str, str, bool], Set]:
        """The sets of one folder, each with its tiles in the order of their numbers."""
        if place in self._sets:
            return self._sets[place]
        found: dict[tuple[str, str, bool], list[tuple[Pattern, Tile, Path]]] = {}
        for entry in self._folder.entries(place):
            if parts := numbered(entry.name):
                found.setdefault(parts[0].shared, []).append((*parts, entry))
        made = {}
        for shared, members in found.items():
            first = min(pattern.first for pattern, _, _ in members)
            files = {
                (u + pattern.first - first, v + pattern.first - first): path
                for pattern, (u, v), path in members
                if paths.inside(self._folder.root, path)
            }
            if files:
                ordered = sorted(files, key=lambda tile: (tile[1], tile[0]))[: limits.UDIM_TILES_MAX]
                made[shared] = Set(replace(members[0][0], first=first), {t: files[t] for t in ordered})
        self._sets[place] = made
        return made
