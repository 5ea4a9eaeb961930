import base64
import hashlib
import json
from html.parser import HTMLParser

from msgspec.structs import replace

from pipeline.catalogue.artifact import Artifact, Sensitivity
from pipeline.catalogue.derivative import (
    ColourDifference,
    Derivative,
    Deviation,
    Input,
    Manifest,
    RecipeRecord,
    Scale,
    SourceFile,
)
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.proof import (
    Histogram,
    Likeness,
    NormalDeviation,
    Proof,
    ReadBack,
    ScreenDeviation,
    ValidatorCounts,
    Verdict,
)
from pipeline.catalogue.text import Text
from pipeline.render.turn import FRAMES
from pipeline.report import Sides, report, side_by_side, style_hash
from pipeline.report.charts import chart, scale
from pipeline.report.sides import most_missed
from pipeline.steps.place import place
from tests.shapes import sphere

DEVIATION = Deviation(0.12, 0.34, 1.56, (0.11, 0.34, 1.56), (0.13, 0.30, 0.9), 50_000)

SOURCE = SourceFile("罐 1.obj", 5_000_000, "01" * 32)


def manifest(**more):
    level = Derivative(
        "view", "large", "large.3f9a2c1b.glb", "model/gltf-binary", 1_234_567, 1_200_000,
        "ab" * 32, 61_234, 31_000,
        4096, 93_000_000, 1, DEVIATION, ("EXT_meshopt_compression",), 0.41,
    )  # fmt: skip
    values = {
        "object": "jar",
        "recipe": RecipeRecord("relic", "cd" * 32),
        "input": Input(
            "ef" * 32, (SourceFile("scan/罐 1.obj", 5_000_000, "01" * 32),), "obj", 500_000, 260_000, 4096
        ),
        "scale": Scale("mm", "assumed", False, (210.4, 331.25, 209.9), "+z", "flat base", (0.1, 0, -0.2)),
        "derivatives": (level,),
        "findings": (
            Finding("holes", "info", {"count": 3, "largest_mm": 12.5, "all_mm": 20.0}),
            Finding("unit-assumed", "warning", {"unit": "mm", "longest_mm": 331.25}),
        ),
    } | more
    return Manifest(**values)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text += data


JAR = Artifact(name=Text({"zh-Hans": "三彩罐", "en": "Three-colour jar"}), number="XJ-0417")


def test_the_page_says_size_evidence_deviation_and_findings_in_both_languages():
    text = Page(report(manifest(), JAR)["report.html"].decode()).text
    for said in (
        "三彩罐",
        "Three-colour jar",
        "XJ-0417",
        "210 × 331 × 210 mm",
        "假定，未经确认",
        "assumed, not confirmed",
    ):
        assert said in text
    assert "0.120 / 0.340 / 1.56" in text and "0.110 / 0.340 / 1.56" in text
    assert "61,234" in text and "1.23 MB" in text
    assert "最大周长 12.5 毫米" in text and "the largest is 12.5 mm around" in text


def test_a_scan_without_a_name_of_its_own_is_titled_in_words_and_the_technician_is_told():
    hint = "尚无正式名称"
    drafted = Artifact(name=Text({"en": "greek_helmet"}))
    for page in (report(manifest(), drafted), report(manifest(object="greek-helmet"))):
        html = page["report.html"].decode()
        assert "<h1>Greek helmet</h1>" in html and "<title>Greek helmet · 处理报告</title>" in html
        assert hint in html and "greek_helmet" not in html
    assert hint not in report(manifest(), JAR)["report.html"].decode()


def test_the_place_of_the_find_and_names_of_scan_files_stand_on_the_page_only_of_an_open_record():
    known = Artifact(name=JAR.name, sensitivity=Sensitivity(coordinates="public"))
    closed, opened = (report(manifest(), one)["report.html"].decode() for one in (JAR, known))
    assert "0.1000, 0.0000, -0.2000 m" in opened and "罐 1.obj" in opened
    assert "-0.2000" not in closed and "罐 1.obj" not in closed and "01" * 32 in closed
    assert json.loads(report(manifest(), JAR)["report.json"])["manifest"]["scale"]["offset_m"] == [
        0.1,
        0,
        -0.2,
    ]


def test_findings_name_what_came_with_the_scan_only_on_the_page_of_an_open_record():
    known = Artifact(name=JAR.name, sensitivity=Sensitivity(coordinates="public"))
    missing = Finding("texture-missing", "warning", {"material": "张三的地", "file": "张三.jpg"})
    bare = SourceFile("张三", 10, "02" * 32)
    made = manifest(findings=(missing,), input=replace(manifest().input, files=(SOURCE, bare)))
    closed, opened = (report(made, one)["report.html"].decode() for one in (JAR, known))
    assert "张三" not in closed and "材质 1 所用的贴图 1" in closed
    assert "OBJ · 5.00 MB" in closed
    assert "张三的地" in opened
    assert "张三的地" in report(made, JAR)["report.json"].decode(), "the museum's own report says it"


def test_warnings_stand_before_what_was_done():
    text = Page(report(manifest())["report.html"].decode()).text
    assert text.index("尺寸未经确认") < text.index("最大周长")


def test_the_page_needs_no_script_and_nothing_from_elsewhere():
    pictures = side_by_side(*(place(sphere(0.1, level=2), up="+y") for _ in range(2)))
    page = Page(report(manifest(), JAR, pictures)["report.html"].decode())
    assert "script" not in page.tags and "link" not in page.tags
    addresses = [value for _, name, value in page.attributes if name in {"src", "href"}]
    assert len(addresses) == 2 + 3 * FRAMES and all(a.startswith("data:image/webp") for a in addresses)
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]
    assert (
        page.text.count("The scan, placed and cleaned") == 1
        and [v for t, n, v in page.attributes if n == "alt" and not v] == []
    )


def test_the_style_may_be_allowed_by_its_hash():
    page = report(manifest())["report.html"].decode()
    style = page.split("<style>")[1].split("</style>")[0]
    assert style_hash() == f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def test_names_from_outside_cannot_write_into_the_page():
    evil = Artifact(name=Text({"zh-Hans": "<script>alert(1)</script>"}))
    page = report(manifest(), evil)["report.html"].decode()
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_json_holds_budget_verdicts_and_sentences():
    data = json.loads(report(manifest(), JAR)["report.json"])
    assert data["schema"] == "mobile-museum/report/1"
    assert data["levels"][0]["over_budget"]["phone"] == ["triangles", "decoded_bytes", "texture_px"]
    assert "panel" in data["levels"][0]["fits"]
    assert data["findings"][0]["code"] == "unit-assumed"
    assert data["manifest"]["derivatives"][0]["deviation_mm"]["p95"] == 0.34


def test_the_same_run_gives_the_same_report():
    assert report(manifest(), JAR) == report(manifest(), JAR)


def test_a_run_without_levels_or_findings_is_still_a_page():
    assert "没有需要说明的问题" in report(manifest(derivatives=(), findings=()))["report.html"].decode()


def test_the_page_opens_with_how_near_the_finest_model_is_and_what_is_open():
    made = manifest()
    finest = max(made.derivatives, key=lambda one: one.triangles)
    coloured = replace(finest, colour_de2000=ColourDifference(0.874, 1.762, 20_000))
    page = report(replace(made, derivatives=(coloured,)))["report.html"].decode()
    verdict = page.split('<p class="verdict">')[1].split("</p>")[0]
    assert "95 % of the surface lies within" in verdict and "ΔE2000 0.87" in verdict
    warnings = sum(finding.level == "warning" for finding in made.findings)
    assert (f"Findings to look at: {warnings}" in verdict) == (warnings > 0)
    assert "0.87 / 1.76" in page


def test_files_of_one_level_are_told_apart_and_archives_are_held_to_no_screen():
    view = manifest().derivatives[0]
    usdz = replace(view, usage="ar", quality="medium", path="ar.3f9a2c1b.usdz", triangles=9_000)
    master = replace(view, usage="master", quality="full", path="master.3f9a2c1b.zip")
    page = report(manifest(derivatives=(view, usdz, master)))["report.html"].decode()
    assert 'AR 中 USDZ <span lang="en">AR medium USDZ</span>' in page
    assert '存档 全 ZIP <span lang="en">master full ZIP</span>' in page
    assert page.count("<td>–</td>") >= 1 and "最精细的成品有 95%" in page


PROOF = Proof(
    deviation_px=ScreenDeviation(1400, 0.4, 0.3, 0.35, 0.85, 3.9),
    normals_deg=NormalDeviation(2.5, 7.5, 500_000),
    histogram=Histogram(0.01, (400, 300, 200, 100), (500, 250, 150, 100)),
    likeness=Likeness(0.84, 0.81, 38.5, 12, 480),
    verdicts=(
        Verdict("deviation_p95_px", "pass", 0.85, 1.1, 2.0),
        Verdict("ssim", "warn", 0.84, 0.85, 0.7),
    ),
)


def proven(*verdicts):
    made = manifest()
    proof = replace(PROOF, verdicts=verdicts or PROOF.verdicts)
    return replace(made, derivatives=tuple(replace(one, proof=proof) for one in made.derivatives))


def test_every_figure_stands_in_the_table_with_its_limits_and_a_verdict_in_signs_and_words():
    page = report(proven(), JAR)["report.html"].decode()
    text = " ".join(Page(page.replace("</t", " </t")).text.split())
    for said in (
        "95% 表面在目标屏幕上的偏差 deviation of 95 % of the surface on the level's screen",
        "on the level's screen 0.85 px ✓ ≤ 1.1 / 2",
        "渲染图的结构相似度 SSIM structural similarity (SSIM) of the pictures 0.84 ! ≥ 0.85 / 0.7",
        "法线平均偏转 mean turn of the normals 2.5°",
        "! 浏览 大 view large 留意 look at it",
    ):
        assert said in text, (said, text)


def test_the_worst_verdict_of_a_level_is_the_one_at_the_top():
    page = report(proven(*PROOF.verdicts, Verdict("colour_mean_de", "fail", 7.0, 3.0, 6.0)))["report.html"]
    assert '<li class="fail">' in page.decode() and '<li class="warn">' not in page.decode()
    data = json.loads(report(proven())["report.json"])
    reasons = [one["sentences"]["zh-Hans"] for one in data["levels"][0]["verdicts"]]
    assert reasons[1] == "渲染图的结构相似度 SSIM 为 0.84，低于 0.85"


def test_the_histogram_has_a_bar_a_bin_and_marks_mean_95_percent_and_one_pixel():
    found = chart(DEVIATION, PROOF, 0.04)
    assert [round(bar.up, 1) for bar in found.bars] == [67.2, 50.4, 33.6, 16.8]
    assert found.bars[0].down == 84 and found.most_percent == "50"
    # 0.12 and 0.4 mm lie beyond the four bins of 0.01 mm
    assert found.marks == () and found.beyond
    wide = replace(PROOF, histogram=Histogram(0.2, (900, 50, 30, 20), (900, 50, 30, 20)))
    marks = chart(DEVIATION, wide, 0.8).marks
    assert [(round(mark.x), mark.en) for mark in marks] == [
        (108, "mean"),
        (306, "95 % within"),
        (360, "1 pixel"),
    ]
    assert marks[1].line != marks[2].line
    assert chart(DEVIATION, Proof(), 1.0) is None


def test_bars_are_painted_as_the_heat_map_paints_what_is_so_far_off():
    bars = chart(DEVIATION, PROOF, 0.04).bars
    legend = scale(0.04)
    assert legend.labels == ("0", "0.02", "0.04")
    assert legend.stops[0] == (0.0, "#fcfdbf") and legend.stops[-1][1] == "#1c1044"
    lightness = [int(bar.colour[1:3], 16) * 3 + int(bar.colour[3:5], 16) * 6 for bar in bars]
    assert lightness == sorted(lightness, reverse=True)


def test_the_page_turns_by_style_alone_and_prints_four_views():
    balls = [place(sphere(0.1, level=2), up="+y") for _ in range(2)]
    sides = side_by_side(*balls)
    assert set(sides.pictures) == {"scan", "large"} | {
        f"{name}-{i:02}" for name in ("scan", "model", "heat") for i in range(FRAMES)
    }
    page = report(proven(), JAR, sides)["report.html"].decode()
    assert page.count('type="radio"') == FRAMES and page.count(" checked") == 1
    style = page.split("<style>")[1].split("</style>")[0]
    for i in range(FRAMES):
        assert f"#t{i}:checked ~ .stage .f{i} " in style and f".s{i}:hover ~ .f{i} " in style
        assert f'for="t{i}"' in page and f'id="t{i}"' in page
    assert ".stage :is(.f0, .f4, .f9, .f14) { display: grid; }" in style
    assert len(page) < 3_000_000


def test_what_the_validator_and_our_own_decoder_say_of_the_file_stands_on_the_page():
    made = proven()
    proof = replace(
        made.derivatives[0].proof,
        validator=ValidatorCounts(0, 0, 3, 0, ("UNSUPPORTED_EXTENSION",)),
        read_back=ReadBack(0, 0.0213, 0.5, 0.2, None, True, 50_000),
    )
    page = report(replace(made, derivatives=(replace(made.derivatives[0], proof=proof),)))[
        "report.html"
    ].decode()
    text = Page(page).text
    assert "0 / 0 / 3" in text and "UNSUPPORTED_EXTENSION" in text and "0.021 mm" in text
    assert "相同 equal" in text and "not equal" not in text


def test_pictures_that_are_missing_leave_their_part_out():
    page = report(proven(), JAR, Sides({"scan": b"x"}))["report.html"].decode()
    assert "转动比较" not in page and "偏差分布" in page and "<img" not in page


def test_where_baking_met_no_scan_is_shown_with_its_level_only_above_a_small_share():
    made = manifest()
    sides = Sides({"missed": b"x", "missed2": b"y"})
    pages = {}
    for percent in (None, 0.05, 1.25):
        level = replace(made.derivatives[0], proof=replace(PROOF, bake_miss_percent=percent))
        pages[percent] = report(replace(made, derivatives=(level,)), JAR, sides)["report.html"].decode()
    assert "Where baking met no scan" not in pages[None] and "Where baking met no scan" not in pages[0.05]
    text = Page(pages[1.25]).text
    assert "“浏览 大”级的贴图中，1.25% 的像素没有直接对上扫描。" in text
    assert "Of the texture of the level view large, 1.25 % of the pixels did not meet the scan" in text
    assert pages[1.25].count('<img src="data:image/webp') == 2


def test_the_level_with_most_misses_is_the_one_that_is_drawn():
    levels = [
        replace(manifest().derivatives[0], quality=quality, proof=replace(PROOF, bake_miss_percent=percent))
        for quality, percent in (("small", 0.4), ("medium", 2.0), ("large", None))
    ]
    assert most_missed(levels) == 1 and most_missed(levels[2:]) is None
