"""One module a step. Importing this package registers them all; ``registry.STEPS`` lists them."""

from pipeline.steps.clean import clean
from pipeline.steps.compress import compress
from pipeline.steps.correct_colour import correct_colour
from pipeline.steps.delight import delight
from pipeline.steps.level_exposure import level_exposure
from pipeline.steps.place import place
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures

__all__ = [
    "clean",
    "compress",
    "correct_colour",
    "delight",
    "level_exposure",
    "place",
    "simplify",
    "textures",
]
