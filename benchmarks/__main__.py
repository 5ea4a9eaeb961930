"""``python -m benchmarks [INPUT…]``: each scan processed by us and by each peer to the same list of files.

Peers get the placed scan as a plain GLB (made beforehand, not counted against them) and are asked, level by
level, for the triangles and the texture size of ours; and once more for as many triangles as bring their file
to the bytes of ours. Every figure is taken from the finished file, decoded
again by our own reader; deviation and renders are against the unprocessed scan, not against anyone's result.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from benchmarks import table
from benchmarks.inputs import WORK, Input, inputs
from benchmarks.judge import Judge, wire_bytes
from benchmarks.measured import Run, run
from benchmarks.peers import PEERS, Peer
from benchmarks.row import Row
from benchmarks.same_bytes import ratio_for
from benchmarks.verdict import QUICK
from pipeline.errors import Refused

LEVELS = ("small", "medium", "large")
"""Levels that are held against peers; what else the recipe makes has no counterpart."""


def main() -> None:
    """Runs the benchmark over the inputs named on the command line, or all."""
    WORK.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for one in inputs(tuple(sys.argv[1:])):
        rows += bench(one)
        table.write(rows)


def bench(one: Input) -> list[Row]:
    """Gives the rows of one input: ours per level, each peer per level, and the sums."""
    print(f"== {one.name}", flush=True)
    judge = Judge(one)
    limit_mb = 400 + 8 * judge.input_bytes / 1e6
    rows: list[Row] = []
    for tool, recipe in (("museum", "relic"), (QUICK, "quick")):
        spent, made, out = _ours(one, recipe)
        own = [judge.row(tool, str(d["quality"]), out / str(d["path"]), Run(0, 0)) for d in made]
        rows += [*own, table.total(one.name, tool, spent, own, rss_limit_mb=limit_mb)]
        if recipe == "relic":
            levels, ours = made, own
    for peer in PEERS:
        rows.extend(_peer_rows(one, peer, levels, judge))
    for peer in PEERS:
        for own_row in ours:
            asked = [r for r in rows if (r.tool, r.level) == (peer.name, own_row.level)]
            rows.extend(_at_our_bytes(one, peer, own_row, asked[0], judge) if asked else [])
    return rows


def _ours(one: Input, recipe: str) -> tuple[Run, list[dict[str, object]], Path]:
    """Processes an input by a recipe; gives what it cost, its levels for viewing, and where they lie."""
    out = WORK / one.name / f"ours-{recipe}"
    shutil.rmtree(out, ignore_errors=True)
    words = ["process", *map(str, one.paths), "--recipe", recipe, "--unit", one.unit, "--out", str(out)]
    if len(one.paths) > 1:
        words += ["--as-one", "--name", one.name]
    spent = run([sys.executable, "-m", "pipeline.cli", *words])
    manifest = json.loads((out / "manifest.json").read_text())
    made = [d for d in manifest["derivatives"] if d["usage"] == "view" and d["quality"] in LEVELS]
    return spent, made, out


def _at_our_bytes(one: Input, peer: Peer, ours: Row, asked: Row, judge: Judge) -> list[Row]:
    """The peer again, with as many triangles as our bytes have room for; no row where none has."""
    target = WORK / one.name / f"{peer.name.replace(' ', '_')}-{ours.level}-bytes.glb"
    texture = min(ours.texture_px, judge.texture_px)

    def bytes_of(ratio: float) -> int:
        run(peer.command(judge.plain, target, ratio, texture))
        return wire_bytes(target.read_bytes())

    if not asked.triangles:
        return []
    asked_ratio = min(1.0, asked.triangles / judge.triangles)
    if ratio_for(bytes_of, ours.bytes_wire, asked_ratio, asked.bytes_wire) is None:
        return []
    try:
        return [judge.row(peer.name, ours.level, target, Run(0, 0), same="bytes")]
    except Refused:
        return []


def _peer_rows(one: Input, peer: Peer, levels: list[dict[str, object]], judge: Judge) -> list[Row]:
    rows, seconds, peak = [], 0.0, 0.0
    for level in levels:
        target = WORK / one.name / f"{peer.name.replace(' ', '_')}-{level['quality']}.glb"
        ratio = min(1.0, int(str(level["triangles"])) / judge.triangles)
        texture = min(int(str(level["texture_px"])), judge.texture_px)
        try:
            spent = run(peer.command(judge.plain, target, ratio, texture))
        except RuntimeError as error:
            print(f"{peer.name}: {error}", flush=True)
            return []
        seconds, peak = seconds + spent.seconds, max(peak, spent.peak_rss_mb)
        try:
            rows.append(judge.row(peer.name, str(level["quality"]), target, spent))
        except Refused as error:
            # asked for 4 % and fewer of trench_019, gltfpack writes a file without a mesh
            print(f"{peer.name} {level['quality']}: {error}", flush=True)
            rows.append(table.nothing_left(one.name, peer.name, str(level["quality"]), target, spent))
    rows.append(table.total(one.name, peer.name, Run(seconds, peak), rows))
    return rows


if __name__ == "__main__":
    main()
