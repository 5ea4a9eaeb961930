"""Rows to ``results/decode.csv`` and to the table in the docs."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Sequence

import brotli
import numpy as np

from benchmarks.decode.browser import RATES
from benchmarks.decode.lines import LINES, Row
from benchmarks.inputs import ROOT
from benchmarks.table import RESULTS, commit, machine

DOC = ROOT / "docs" / "benchmark-decode.md"
_HEAD = """# Which codec a visitor sees soonest

Made by `make bench-decode`, which overwrites this file. The levels of recipe `relic`, each by every codec at
the same quantisation, decoded in Chromium by the viewer's own bundle: `meshopt` is EXT_meshopt_compression,
`meshopt-v1` KHR_meshopt_compression (three.js's loader and our reader know both), `draco`
KHR_draco_mesh_compression, `none` quantised and otherwise plain. Bytes are those that the server sends,
brotli included where it packs. Milliseconds are the median from the last byte to the geometry, the decoder
at hand, pictures left out. Seconds add one round trip and the bytes of the whole level with its textures;
*first* is the first model of a visit, for which Draco's decoder has to come.

Chromium slows a page's main thread but none of its workers, and Draco works in one: what the page waits for
its worker is measured at full speed and multiplied. That worker is ended after every model, as the viewer
does it.
"""


def _where() -> str:
    load = os.getloadavg()[2]
    return f"{machine()}, commit {commit()}, load {load:.0f} from other work and ours"


def write(rows: Sequence[Row]) -> None:
    """Writes both."""
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / "decode.csv").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([f"# {_where()}"])
        names = ["input", "level", "codec", "triangles", "position_bits", "bytes", "bytes_wire", "form_wire"]
        names += ["decoder_wire", *(f"decode_ms_{rate}x" for rate in RATES)]
        names += [f"{kind}_ms_{rate}x" for kind in ("best", "first") for rate in RATES]
        kinds = [f"{line.mbit_s:g}mbit" for line in LINES]
        out.writerow([*names, *(f"seconds_{k}_{when}" for k in kinds for when in ("first", "later"))])
        out.writerows(_cells(row) for row in rows)
    DOC.write_text("\n".join([*_document(rows), ""]), encoding="utf-8")


def _cells(row: Row) -> list[object]:
    one = row.coded
    first = [round(row.start.ms(rate), 1) for rate in RATES]
    seconds = [round(row.seconds(line, first=first), 3) for line in LINES for first in (True, False)]
    return [
        *(one.input, one.level, one.codec, one.triangles, one.position_bits, one.bytes, one.wire),
        *(one.form_wire, row.decoder_bytes),
        *(round(ms, 1) for ms in row.decode_ms()),
        *(round(ms, 1) for ms in row.best_ms()),
        *first,
        *seconds,
    ]


def _document(rows: Sequence[Row]) -> list[str]:
    out = [_HEAD, f"{_where()}. All figures: `benchmarks/results/decode.csv`.", ""]
    out += ["Lines: " + "; ".join(f"{n.name}: {n.mbit_s:g} Mbit/s, {n.trip_ms:g} ms" for n in LINES) + "."]
    out += ["", "## The decoders", "", "| decoder | bytes on the wire | first model of a visit, ms |"]
    out += ["|---|--:|---|"]
    for codec in ("meshopt", "draco", "none"):
        row = next(r for r in rows if r.coded.codec == codec)
        size = (
            f"{meshopt_bytes():,} (in the page's script)" if codec == "meshopt" else f"{row.decoder_bytes:,}"
        )
        first = " / ".join(f"{row.start.ms(rate):.0f}" for rate in RATES)
        out.append(f"| {codec} | {size} | {first} |")
    out += ["", "Milliseconds are at " + " / ".join(f"{rate}×" for rate in RATES) + ".", "", *_model(rows)]
    for name in dict.fromkeys(r.coded.input for r in rows):
        out += ["", f"## {name}", "", "| level | triangles | codec | wire KB | of it form | decode ms | "]
        out[-1] += " | ".join(f"{line.name}: s first, later" for line in LINES) + " |"
        out += ["|---|--:|---|--:|--:|--:|" + "--:|" * len(LINES)]
        out += [_line(row) for row in rows if row.coded.input == name]
    return [*out, "", *_verdict(rows)]


def _model(rows: Sequence[Row]) -> list[str]:
    """The quickest decodes as a straight line over the triangles: what the pipeline's rule reckons with."""
    out = ["Quickest decodes over all levels, fitted: ms for each model + ms for each thousand triangles."]
    out += ["", "| decoder | " + " | ".join(f"{rate}×" for rate in RATES) + " |"]
    out += ["|---|" + "---|" * len(RATES)]
    for codec in ("meshopt", "draco"):
        own = [row for row in rows if row.coded.codec == codec]
        thousands = [row.coded.triangles / 1000 for row in own]
        lines = [np.polyfit(thousands, [row.times.best_ms(rate) for row in own], 1) for rate in RATES]
        out.append(f"| {codec} | " + " | ".join(f"{at:.1f} + {each:.2f}" for each, at in lines) + " |")
    return out


def _line(row: Row) -> str:
    one = row.coded
    times = " / ".join(f"{ms:.0f}" for ms in row.decode_ms())
    seconds = [f"{row.seconds(line, first=True):.2f}, {row.seconds(line):.2f}" for line in LINES]
    cells = [one.level, f"{one.triangles:,}", one.codec, f"{one.wire / 1000:.1f}"]
    return "| " + " | ".join([*cells, f"{one.form_wire / 1000:.1f}", times, *seconds]) + " |"


def _verdict(rows: Sequence[Row]) -> list[str]:
    """Draco and KHR against EXT meshopt: bytes saved, seconds won on later models (below zero: lost)."""
    out = ["## Against EXT meshopt", ""]
    out += ["Seconds sooner than `meshopt` on later models of a visit; below zero: later. The last column is"]
    out += ["the first line by the quickest decodes instead of the median.", ""]
    heads = [*(line.name for line in LINES), "at best"]
    out += ["| input | level | codec | KB saved | share | " + " | ".join(heads) + " |"]
    out += ["|---|---|---|--:|--:|" + "--:|" * len(heads)]
    for base in (row for row in rows if row.coded.codec == "meshopt"):
        for row in rows:
            same = (row.coded.input, row.coded.level) == (base.coded.input, base.coded.level)
            if same and row.coded.codec in ("meshopt-v1", "draco"):
                saved = base.coded.wire - row.coded.wire
                won = [f"{base.seconds(line) - row.seconds(line):+.3f}" for line in LINES]
                won += [f"{base.seconds(LINES[0], best=True) - row.seconds(LINES[0], best=True):+.3f}"]
                cells = [base.coded.input, base.coded.level, row.coded.codec, f"{saved / 1000:.1f}"]
                out.append("| " + " | ".join([*cells, f"{saved / base.coded.wire:.1%}", *won]) + " |")
    return out


def meshopt_bytes() -> int:
    """Gives what meshopt's decoder adds to the page's script: minified as in the build, after brotli."""
    client = ROOT / "viewer" / "client"
    source = client / "node_modules/three/examples/jsm/libs/meshopt_decoder.module.js"
    command = [str(client / "node_modules/.bin/esbuild"), "--minify", "--format=esm", str(source)]
    small = subprocess.run(command, capture_output=True, check=True).stdout
    return len(brotli.compress(small, quality=11))
