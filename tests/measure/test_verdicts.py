"""Limits come from data that a museum can set, and every verdict says why."""

import pytest
from msgspec.structs import replace

from pipeline.catalogue.derivative import ColourDifference, Derivative, Deviation
from pipeline.catalogue.figures import figures
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.proof import Likeness, Proof, ReadBack, ScreenDeviation, TexelSize, UvLayout
from pipeline.errors import Refused
from pipeline.measure.thresholds import Limit, files_for, thresholds
from pipeline.measure.verdicts import findings, judged, outcome

PROOF = Proof(
    deviation_px=ScreenDeviation(600, 0.5, 0.3, 0.4, 1.6, 4.0),
    likeness=Likeness(0.75, 0.7, 30.0, 12, 480),
    texel_mm=TexelSize(0.4, 0.3, 0.6),
    uv=UvLayout(0.0, 60.0, 1.2, 1.5, 3.0, 0.0),
    read_back=ReadBack(0, 0.01, 0.5, 0.2, None, True, 50_000),
    bake_miss_percent=7.0,
)
MADE = Derivative(
    "view", "small", "small.3f9a2c1b.glb", "model/gltf-binary", 1, 1, "ab" * 32, 1, 1, 1, 1, 1,
    Deviation(0.15, 0.8, 2.0, (0.15, 0.8, 2.0), (0.15, 0.8, 2.0), 500_000, 0.2), (),
    colour_de2000=ColourDifference(1.0, 2.0, 500_000), proof=PROOF,
)  # fmt: skip


def test_each_figure_passes_warns_or_fails_and_says_why_in_both_languages():
    found = {one.figure: one for one in judged(MADE, thresholds()).proof.verdicts}
    outcomes = {name: found[name].outcome for name in ("deviation_p95_px", "ssim", "bake_miss_percent")}
    assert outcomes == {"deviation_p95_px": "warn", "ssim": "warn", "bake_miss_percent": "fail"}
    assert found["colour_mean_de"].outcome == "pass"
    told = found["deviation_p95_px"]
    assert told.sentence("zh-Hans") == "95% 表面在目标屏幕上的偏差为 1.6 px，超过 1.1 px"
    assert told.sentence("en").endswith("on the level's screen is 1.6 px, above 1.1 px")
    assert found["ssim"].sentence("en").endswith("is 0.75, below 0.8")
    assert found["bake_miss_percent"].sentence("zh-Hans").endswith("为 7%，超过 5%")
    assert judged(MADE, thresholds()).proof.outcome == "fail"


def test_what_does_not_pass_is_a_finding_of_its_weight():
    found = findings([judged(MADE, thresholds()), replace(MADE, proof=None)])
    assert [(one.code, one.level, one.figures["figure"]) for one in found] == [
        ("proof-above-limit", "warning", "deviation_p95_px"),
        ("proof-below-limit", "warning", "ssim"),
        ("proof-above-limit", "failure", "bake_miss_percent"),
    ]
    assert found[0].sentence("zh-Hans") == "浏览 小：95% 表面在目标屏幕上的偏差为 1.6 px，超过限值 1.1 px。"
    assert found[1].sentence("en").startswith("view small: the structural similarity (SSIM)")


def test_a_figure_right_on_its_limit_keeps_to_it():
    assert [outcome("ssim", value, Limit(0.9, 0.8)) for value in (0.9, 0.89, 0.8, 0.79)] == [
        "pass", "warn", "warn", "fail",
    ]  # fmt: skip
    assert [outcome("deviation_p95_px", value, Limit(1, 2)) for value in (1, 1.01, 2, 2.01)] == [
        "pass", "warn", "warn", "fail",
    ]  # fmt: skip


def test_the_nearest_file_goes_first_and_what_it_leaves_out_stays(tmp_path):
    home = tmp_path / "models" / "shelf" / "jar"
    home.mkdir(parents=True)
    (tmp_path / "models" / "thresholds.toml").write_text(
        "[default]\nssim = { warn = 0.5, fail = 0.4 }\nbake_miss_percent = false\n"
    )
    (home / "thresholds.toml").write_text("[view.small]\nssim = { warn = 0.99, fail = 0.9 }\n")
    files = files_for(home, in_collection=True)
    assert [file.parent.name for file in files] == ["models", "jar"]
    limits = thresholds(files)
    assert limits.of("view", "small")["ssim"] == Limit(0.99, 0.9)
    assert limits.of("view", "large")["ssim"] == Limit(0.5, 0.4)
    assert "bake_miss_percent" not in limits.of("view", "small")
    assert (
        limits.of("view", "small")["deviation_p95_px"] == thresholds().of("view", "small")["deviation_p95_px"]
    )
    assert files_for(home, in_collection=False) == (home / "thresholds.toml",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[default]\nsim = { warn = 1, fail = 2 }", "there is no figure sim"),
        ("[veiw]\nssim = false", "veiw is no level"),
        ("[default]\nssim = 0.9", "the limits of ssim are not understood"),
        ("[default]\nssim = { warn = 0.9, fail = nan }", "the limits of ssim are not understood"),
        ("[default]\nssim = { warn = 0.8, fail = 0.9 }", "set fail below warn"),
        ("[default]\npsnr_db = true", "not understood"),
        ("view = 3", "view is not a table"),
        ("[view]\nsmall = 3", "view.small is not a table"),
        ("[default", "no valid TOML"),
    ],
)
def test_a_file_of_limits_that_makes_no_sense_is_refused_with_its_place(tmp_path, content, said):
    path = tmp_path / "thresholds.toml"
    path.write_text(content)
    with pytest.raises(Refused, match=r"thresholds\.toml") as caught:
        thresholds([path])
    assert said in str(caught.value)


def test_every_figure_has_a_name_in_both_languages_a_unit_and_a_sense():
    for name, row in figures().items():
        assert set(row) == {"zh-Hans", "en", "unit", "sense"} and row["sense"] in {"most", "least"}, name


def test_a_finding_of_an_unknown_figure_is_still_a_sentence():
    told = Finding("proof-above-limit", "warning", {"level": "x", "figure": "new", "value": 1, "limit": 2})
    assert told.sentence("en") == "x: new is 1, above the limit of 2."
