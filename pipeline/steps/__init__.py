"""One module a step. Importing this package registers them all; ``registry.STEPS`` lists them."""

from pipeline.steps.clean import clean
from pipeline.steps.place import place

__all__ = ["clean", "place"]
