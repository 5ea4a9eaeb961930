import base64
import io
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

from fontTools.ttLib import TTFont

from pipeline.report import report
from pipeline.report.fonts import FOLDER, cut
from tests.report.test_report import JAR, manifest

ROOT = Path(__file__).resolve().parents[2]


def faces(page):
    found = re.findall(r'font-family: "Report (\w+)".*?base64,([^"]+)"', page)
    return {name: TTFont(io.BytesIO(base64.b64decode(data))) for name, data in found}


def test_every_letter_of_the_page_is_in_the_fonts_that_it_carries():
    page = report(manifest(), JAR)["report.html"].decode()
    held = faces(page)
    assert set(held) == {"Sans", "Serif"}
    text = unescape(re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))
    written = {letter for letter in text if letter > " "}
    # no cut of Noto Sans SC has the Greek capital; every computer has
    assert {letter for letter in written if ord(letter) not in held["Sans"].getBestCmap()} <= {"Δ"}
    assert {"三", "彩", "罐", "量"} <= {chr(code) for code in held["Serif"].getBestCmap()}


def test_a_page_carries_only_the_letters_it_writes_and_stays_small():
    page = report(manifest(), JAR)["report.html"].decode()
    assert ord("罐") in faces(page)["Sans"].getBestCmap() and "龟" not in page
    assert ord("龟") not in faces(page)["Sans"].getBestCmap()
    assert sum(len(data) for data in re.findall(r"base64,([^\"]+)\"", page)) < 180_000


def test_the_same_letters_give_the_same_font_whatever_order_sets_have():
    code = (
        "import hashlib\nfrom pipeline.report.fonts import cut\n"
        "print(hashlib.sha256(cut('serif', set('三彩罐 Report 123'))).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1 and len(made.pop().strip()) == 64


def test_a_letter_beyond_the_fonts_is_left_to_the_computer():
    assert ord("𠮷") not in TTFont(io.BytesIO(cut("sans", "𠮷罐"))).getBestCmap()


def test_the_licence_lies_beside_the_fonts_and_its_notice_in_every_cut():
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for face in ("sans", "serif"):
        names = TTFont(io.BytesIO(cut(face, "罐")))["name"]
        assert names.getDebugName(0) in licence and "/" in names.getDebugName(14)
    site = (ROOT / "viewer/client/src/site/public/OFL.txt").read_text(encoding="utf-8")
    assert licence.split("\n\n", 1)[1] in site


def test_a_name_that_looks_like_the_end_of_the_head_changes_nothing():
    from pipeline.catalogue.artifact import Artifact
    from pipeline.catalogue.text import Text

    page = report(manifest(), Artifact(name=Text({"zh-Hans": "</head><b>罐"})))["report.html"].decode()
    assert page.count("</head>") == 1 and page.index("@font-face") < page.index("</head>")
