"""Raw scans from a seed that look and misbehave like photogrammetry, of objects whose true surface is known.

``write_samples`` writes the collection that the demo opens with; ``truth`` gives the clean surface to measure
against; ``scan`` the raw arrays; ``big_sample`` the benchmark's model. All objects are invented.
"""

from .scanning import RawScan, scan
from .truth import big_sample, truth
from .writing import NAMES, SEED, VERSION, write_samples

__all__ = ["NAMES", "SEED", "VERSION", "RawScan", "big_sample", "scan", "truth", "write_samples"]
