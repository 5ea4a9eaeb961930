"""The rule for a level's codec, held against what was measured in the browser."""

import csv
from itertools import groupby
from pathlib import Path

import pytest

from pipeline.recipe import find, load
from pipeline.steps.compress import compress
from pipeline.steps.place import place
from pipeline.steps.soonest import KHR_PAYS, soonest
from tests.shapes import sphere

MEASURED = Path(__file__).resolve().parents[2] / "benchmarks/results/decode.csv"
FIRST, LATER = "seconds_1.6mbit_first", "seconds_1.6mbit_later"
"""On the village's line: of the first model of a visit, and of those after it."""
NOISE_S = 0.05


def measured():
    """Every measured level: name, and its rows by codec."""
    with MEASURED.open(newline="") as file:
        next(file)  # the machine
        rows = list(csv.DictReader(file))
    levels = groupby(rows, key=lambda row: (row["input"], row["level"]))
    return [pytest.param({r["codec"]: r for r in own}, id=" ".join(name)) for name, own in levels]


@pytest.mark.parametrize("level", measured())
def test_the_rule_takes_what_was_seen_soonest_on_a_village_s_line(level):
    wire = {codec: int(level[codec]["bytes_wire"]) for codec in ("meshopt", "meshopt-v1", "draco")}
    taken = soonest(wire, int(level["meshopt"]["triangles"]))
    assert float(level[taken][FIRST]) < float(level["draco"][FIRST])
    assert float(level[taken][LATER]) < float(level["draco"][LATER])
    assert float(level[taken][LATER]) < float(level["none"][LATER]) + NOISE_S
    assert taken == "meshopt", "the recipes say meshopt: a level for which they are wrong changes them"


def test_draco_is_taken_where_its_bytes_pay_for_its_decoder_and_its_time():
    assert soonest({"meshopt": 9_000_000, "meshopt-v1": 8_900_000, "draco": 2_000_000}, 200_000) == "draco"
    assert soonest({"meshopt": 90_000, "meshopt-v1": 89_000, "draco": 10_000}, 20_000) == "meshopt"


def test_many_triangles_speak_against_draco_and_few_bytes_do():
    wire = {"meshopt": 1_200_000, "meshopt-v1": 1_190_000, "draco": 500_000}
    assert (soonest(wire, 1_000), soonest(wire, 1_000_000)) == ("draco", "meshopt")


def test_the_newer_meshopt_must_save_more_than_a_twentieth():
    def taken(share):
        return soonest({"meshopt": 100_000, "meshopt-v1": round(100_000 * share), "draco": 99_000}, 5000)

    assert (taken(1 - KHR_PAYS), taken(0.9)) == ("meshopt", "meshopt-v1")


def test_auto_writes_the_file_of_the_codec_it_names_and_tells_the_figures_of_all():
    ball = place(sphere(0.1, level=4), up="+y", evidence="given").but(error_mm=0.2)
    made = compress(ball, codec="auto")
    finding = next(f for f in made.findings if f.code == "codec-chosen")
    plain = compress(ball, codec=finding.figures["codec"])
    assert made.data == plain.data and made.error_mm == plain.error_mm
    assert finding.figures["draco_s"] > finding.figures["meshopt_s"] > 0
    for locale in ("en", "zh-Hans"):
        assert str(finding.figures["draco_kb"]) in finding.sentence(locale)
        assert "{" not in finding.sentence(locale)


@pytest.mark.parametrize("recipe", ["relic", "quick"])
def test_what_is_waited_for_is_meshopt_what_comes_behind_it_and_downloads_draco_and_ar_plain(recipe):
    codecs = {"view": "meshopt", "view large": "draco", "vr": "meshopt", "ar": "none", "download": "draco"}
    seen = [
        (
            f"{level.usage} {level.quality}" if level.quality == "large" else level.usage,
            use.parameters.get("codec", "meshopt"),
        )
        for level in load(find(recipe)).levels
        for use in level.uses
        if use.step.name == "compress"
    ]
    assert seen and [codec for _, codec in seen] == [codecs[usage] for usage, _ in seen]
