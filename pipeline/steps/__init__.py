"""One module a step. Importing this package registers them all; ``registry.STEPS`` lists them."""

from pipeline.steps.clean import clean
from pipeline.steps.compress import compress
from pipeline.steps.detach import detach
from pipeline.steps.place import place
from pipeline.steps.repair import repair
from pipeline.steps.simplify import simplify
from pipeline.steps.textures import textures

__all__ = ["clean", "compress", "detach", "place", "repair", "simplify", "textures"]
