"""What is measured: two real scans, where they are at hand, and a synthetic one of a million triangles."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "benchmarks" / "work"


@dataclass(frozen=True)
class Input:
    """One scan, of one file or of several that are one object, and how it is to be read."""

    name: str
    paths: tuple[Path, ...]
    unit: str


NAMES = ("laurana", "gargo", "trench_019", "excavation", "jar-1M-4K")
"""All of them, in the order of the tables."""


def inputs(names: tuple[str, ...] = ()) -> list[Input]:
    """Gives the inputs that are at hand, the synthetic one made if need be; says which are missing."""
    scans = Path(os.environ.get("MUSEUM_TEST_SCANS", ROOT.parent / "shared" / "scans"))
    known = [
        Input("laurana", (scans / "busts" / "laurana.ply",), "mm"),
        Input("gargo", (scans / "busts" / "gargo.ply",), "mm"),
        Input("trench_019", (scans / "excavation-obj" / "trench_019.obj",), "m"),
        Input("excavation", tuple(sorted((scans / "excavation").glob("*.gltf"))), "m"),
        Input("jar-1M-4K", (WORK / "jar-1M-4K" / "scan.obj",), "mm"),
    ]
    chosen = [i for i in known if not names or i.name in names]
    for one in chosen:
        there = one.paths and all(path.exists() for path in one.paths)
        if one.name == "jar-1M-4K" and not there:
            from pipeline.samples import big_sample

            big_sample(triangles=1_000_000, texture_px=4096, out=one.paths[0])
        elif not there:
            print(f"{one.name} is missing, left out (set MUSEUM_TEST_SCANS)")
    return [i for i in chosen if i.paths and all(path.exists() for path in i.paths)]
