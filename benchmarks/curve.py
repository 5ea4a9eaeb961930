"""``python -m benchmarks.curve [MILLIONS…]``: how seconds and memory grow with the scan, ours only.

The bars: 1 M triangles with an 8K texture in under 4 minutes and 4 GiB, 5 M in under 12 minutes and 8 GiB,
and seconds for each million flat between them.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

from benchmarks.inputs import WORK
from benchmarks.measured import Run, run
from benchmarks.table import RESULTS, commit, machine

SIZES = (0.25, 1.0, 2.0, 5.0)
TEXTURE_PX = 8192
LIMITS = {1.0: (240.0, 4096.0), 5.0: (720.0, 8192.0)}
"""Millions of triangles: seconds, MiB."""
DOC = Path(__file__).resolve().parent.parent / "docs" / "benchmark-curve.md"
_HEAD = """# How it grows with the scan

Made by `make bench-curve`, which overwrites this file: the synthetic jar with an 8192² texture, recipe
`relic`, one whole run each from an empty folder, everything included. Stages of different levels run side by
side, so their seconds add up to more than the whole.
"""


def main() -> None:
    """Runs the sizes named on the command line, in millions of triangles, or all."""
    sizes = tuple(float(word) for word in sys.argv[1:]) or SIZES
    rows = [(size, *_one(size)) for size in sizes]
    RESULTS.mkdir(exist_ok=True)
    stages = sorted({name for _, _, times in rows for name in times} - {"all"})
    with (RESULTS / "curve.csv").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([f"# {machine()}, commit {commit()}"])
        out.writerow(["million_triangles", "seconds", "peak_rss_mib", "seconds_per_million", *stages])
        for size, spent, times in rows:
            figures = [spent.seconds, spent.peak_rss_mb / 1.048576, spent.seconds / size]
            out.writerow(
                [size, *(round(f, 1) for f in figures), *(round(times.get(s, 0), 2) for s in stages)]
            )
    DOC.write_text(_document(rows, stages), encoding="utf-8")


def _one(size: float) -> tuple[Run, dict[str, float]]:
    from pipeline.samples import big_sample

    name = f"jar-{size:g}M-8K"
    scan, out = WORK / name / "scan.obj", WORK / name / "ours"
    if not scan.exists():
        big_sample(triangles=round(size * 1e6), texture_px=TEXTURE_PX, out=scan)
    shutil.rmtree(out, ignore_errors=True)
    times = WORK / name / "times.json"
    command = ["process", str(scan), "--unit", "mm", "--out", str(out)]
    spent = run([sys.executable, "-m", "benchmarks.staged", str(times), *command], timeout_s=3600)
    found: dict[str, float] = json.loads(times.read_text())
    print(f"{name}: {spent.seconds:.1f} s, {spent.peak_rss_mb:.0f} MB", flush=True)
    return spent, found


def _document(rows: list[tuple[float, Run, dict[str, float]]], stages: list[str]) -> str:
    out = [_HEAD, f"{machine()}, commit {commit()}. All figures: `benchmarks/results/curve.csv`.", ""]
    out += ["| million triangles | seconds | s per million | peak MiB | bars |", "|--:|--:|--:|--:|---|"]
    for size, spent, _ in rows:
        memory = spent.peak_rss_mb / 1.048576
        bars = LIMITS.get(size)
        met = ""
        if bars:
            ok = spent.seconds <= bars[0] and memory <= bars[1]
            met = f"{bars[0]:.0f} s, {bars[1]:.0f} MiB: " + ("met" if ok else "**not met**")
        out.append(f"| {size:g} | {spent.seconds:.1f} | {spent.seconds / size:.1f} | {memory:.0f} | {met} |")
    out += ["", "Seconds of each stage, all levels added up:", ""]
    out += ["| stage | " + " | ".join(f"{size:g} M" for size, *_ in rows) + " |"]
    out += ["|---|" + "--:|" * len(rows)]
    for stage in sorted(stages, key=lambda s: -rows[-1][2].get(s, 0)):
        out.append(f"| {stage} | " + " | ".join(f"{t.get(stage, 0):.1f}" for *_, t in rows) + " |")
    return "\n".join([*out, ""])


if __name__ == "__main__":
    main()
