"""One module a step. Importing this package registers them all; ``registry.STEPS`` lists them."""

from pipeline.steps.archive import archive
from pipeline.steps.balance import balance
from pipeline.steps.clean import clean
from pipeline.steps.compress import compress
from pipeline.steps.correct_colour import correct_colour
from pipeline.steps.delight import delight
from pipeline.steps.detach import detach
from pipeline.steps.download_zip import download_zip
from pipeline.steps.level_exposure import level_exposure
from pipeline.steps.mesh import mesh
from pipeline.steps.place import place
from pipeline.steps.print3mf import print3mf
from pipeline.steps.reduce import reduce
from pipeline.steps.repair import repair
from pipeline.steps.simplify import simplify
from pipeline.steps.solid import solid
from pipeline.steps.stl import stl
from pipeline.steps.textures import textures
from pipeline.steps.usdz import usdz

__all__ = [
    "archive",
    "balance",
    "clean",
    "compress",
    "correct_colour",
    "delight",
    "detach",
    "download_zip",
    "level_exposure",
    "mesh",
    "place",
    "print3mf",
    "reduce",
    "repair",
    "simplify",
    "solid",
    "stl",
    "textures",
    "usdz",
]
