"""Without USD nothing is claimed; with it, what is wrong with a file is named."""

from __future__ import annotations

import pytest

from pipeline.formats.zips import zipped
from pipeline.measure import usd

GOOD = (
    '#usda 1.0\n(\n    defaultPrim = "A"\n    metersPerUnit = 1\n    upAxis = "Y"\n)\ndef Xform "A"\n{\n}\n'
)
WITHOUT_UNITS = '#usda 1.0\n(\n    defaultPrim = "A"\n)\ndef Xform "A"\n{\n}\n'


def test_without_usd_there_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usd, "available", lambda: False)
    assert usd.validate_usdz(b"anything") is None


@pytest.mark.skipif(not usd.available(), reason="USD is not installed: pip install usd-core")
def test_a_good_file_is_clean_and_one_without_a_unit_is_named() -> None:
    good = usd.validate_usdz(zipped({"a.usda": GOOD.encode()}, align=64))
    assert good is not None and good.clean and good.messages == ()
    bad = usd.validate_usdz(zipped({"a.usda": WITHOUT_UNITS.encode()}, align=64))
    assert bad is not None and not bad.clean
    assert any("metersPerUnit" in one["message"] for one in bad.messages), bad.messages
    assert all({"code", "severity", "pointer", "message"} <= set(one) for one in bad.messages)


@pytest.mark.skipif(not usd.available(), reason="USD is not installed: pip install usd-core")
def test_webp_inside_is_found_though_the_archive_is_well_made() -> None:
    layer = GOOD.replace(
        "{\n}",
        '{\n    def Shader "S"\n    {\n        uniform token info:id = "UsdUVTexture"\n'
        "        asset inputs:file = @t/a.webp@\n    }\n}",
    )
    found = usd.validate_usdz(zipped({"a.usda": layer.encode(), "t/a.webp": b"RIFF"}, align=64))
    assert found is not None and not found.clean


@pytest.mark.skipif(not usd.available(), reason="USD is not installed: pip install usd-core")
def test_what_is_no_usd_at_all_is_one_error_and_no_crash() -> None:
    found = usd.validate_usdz(b"no archive")
    assert found is not None and found.errors == 1
