"""A recipe: straight lists of steps in a TOML file, refused before any scan is opened when it cannot work.

    name = "relic"

    [[step]]                 # common steps, one after another
    use = "place"

    [[level]]                # then the levels, each with its own list, each starting from the common result
    usage = "view"
    quality = "small"
        [[level.step]]
        use = "simplify"
        max_error_mm = 0.2
        [[level.step]]
        use = "compress"     # a step that writes a file leaves the workpiece for another that does, so that
        [[level.step]]       # a level may end in several files (AR: GLB and USDZ)
        use = "usdz"

A level may also say ``device`` (whose budget it is held to, ``measure/budgets.toml``), ``on_request = true``
(made only when the technician asks: ``museum process --also print``) and ``begin = "scan"`` (with the scan as
it was read, before the common steps: the master).

No jumps, no expressions: what a recipe does can be read from top to bottom, and two recipes can be compared
line by line. Finding a recipe and its digest costs no import of a step; checking it does.
"""

from __future__ import annotations

from .checker import check, load
from .files import FOLDER, digest, find, names
from .model import FACTS, PLACES, Level, Recipe, Use, hold_first
from .words import type_text

__all__ = [
    "FACTS",
    "FOLDER",
    "PLACES",
    "Level",
    "Recipe",
    "Use",
    "check",
    "digest",
    "find",
    "hold_first",
    "load",
    "names",
    "type_text",
]
