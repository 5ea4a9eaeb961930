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
from pipeline.catalogue.text import Text
from pipeline.report import report, side_by_side, style_hash
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
    assert len(addresses) == 2 and all(a.startswith("data:image/webp") for a in addresses)
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
