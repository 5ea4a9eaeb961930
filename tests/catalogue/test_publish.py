"""What must not be published stays inside; what is missing is reported, not refused."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.catalogue.artifact import Artifact, Dimensions, Register, Sensitivity
from pipeline.catalogue.derivative import Manifest, Picture, Quality, Scale, SourceFile, Usage
from pipeline.catalogue.finding import Finding
from pipeline.catalogue.gaps import gaps
from pipeline.catalogue.publish import may_publish, public_manifest, public_view
from pipeline.catalogue.text import LOCALES, Text

JAR = Artifact(name=Text({"zh-Hans": "陶罐"}), register=Register(dimensions=Dimensions(literal="高12厘米")))
HIDDEN = msgspec.structs.replace(JAR, sensitivity=Sensitivity(public=False, reason="寄存"))
OPEN = msgspec.structs.replace(JAR, sensitivity=Sensitivity(archive="public", coordinates="public"))


def with_level(manifest: Manifest, usage: Usage, quality: Quality) -> Manifest:
    level = msgspec.structs.replace(manifest.derivatives[0], usage=usage, quality=quality)
    files = (SourceFile("张三/陶罐.obj", 1, "ab" * 32),)
    return msgspec.structs.replace(
        manifest,
        derivatives=(*manifest.derivatives, level),
        input=msgspec.structs.replace(manifest.input, files=files),
        scale=Scale("m", "given", True, (1, 1, 1), "+y", "given", offset_m=(300.0, 5.0, 12.0)),
    )


def test_a_hidden_object_has_no_public_view_at_all(manifest: Manifest) -> None:
    assert public_view(HIDDEN) is None
    assert public_manifest(HIDDEN, manifest) is None
    assert not may_publish(HIDDEN, manifest.derivatives[0])


def test_the_public_view_is_understood_and_gives_no_reasons() -> None:
    shown = public_view(msgspec.structs.replace(JAR, sensitivity=Sensitivity(reason="未保护遗址")))
    assert shown is not None
    assert shown.sensitivity.reason == ""
    assert shown.register.dimensions == Dimensions(literal="高12厘米", height_mm=120)


@pytest.mark.parametrize(
    ("usage", "quality"),
    [("master", "large"), ("view", "full"), ("download", "medium"), ("print", "large"), ("vr", "full")],
)
def test_archive_meshes_are_withheld_unless_the_record_says_otherwise(
    manifest: Manifest, usage: Usage, quality: Quality
) -> None:
    both = with_level(manifest, usage, quality)
    shown, opened = public_manifest(JAR, both), public_manifest(OPEN, both)
    assert shown is not None
    assert opened is not None
    assert shown.derivatives == manifest.derivatives
    assert opened.derivatives == both.derivatives


@pytest.mark.parametrize(("usage", "quality"), [("view", "thumb"), ("ar", "medium"), ("vr", "large")])
def test_what_is_made_for_looking_at_is_public(manifest: Manifest, usage: Usage, quality: Quality) -> None:
    both = with_level(manifest, usage, quality)
    shown = public_manifest(JAR, both)
    assert shown is not None and shown.derivatives == both.derivatives


def test_coordinates_and_names_of_scan_files_are_withheld(manifest: Manifest) -> None:
    shown = public_manifest(JAR, with_level(manifest, "view", "large"))
    assert shown is not None
    assert shown.scale.offset_m == (0.0, 0.0, 0.0)
    assert shown.input.files == ()
    opened = public_manifest(OPEN, with_level(manifest, "view", "large"))
    assert opened is not None
    assert opened.scale.offset_m == (300.0, 5.0, 12.0)


@pytest.mark.parametrize("record", [JAR, OPEN])
def test_findings_do_not_say_what_the_files_of_the_scan_are_called(
    manifest: Manifest, record: Artifact
) -> None:
    kept = Finding("texture-kept", "info", {"name": "张三.jpg", "px": 4096, "format": "JPEG", "kilobytes": 9})
    shown = public_manifest(record, msgspec.structs.replace(manifest, findings=(kept,)))
    assert shown is not None
    assert "张三" not in msgspec.json.encode(shown).decode()
    assert shown.findings[0].figures == {"name": "1", "px": 4096, "format": "JPEG", "kilobytes": 9}


def test_the_picture_of_what_was_cut_away_is_for_staff(manifest: Manifest) -> None:
    poster = Picture("poster", "poster.01234567.webp", "image/webp", 1, "ab" * 32, 9, 9)
    cut = msgspec.structs.replace(poster, usage="cut", path="cut.01234567.webp")
    shown = public_manifest(OPEN, msgspec.structs.replace(manifest, pictures=(poster, cut)))
    assert shown is not None and shown.pictures == (poster,)


def test_missing_languages_and_items_are_gaps() -> None:
    found = gaps(JAR)
    assert found[:3] == ["name.ug", "name.kk-Arab", "name.en"]
    assert {"summary", "register.grade", "register.mass", "rights.licence"} <= set(found)
    assert "register.dimensions" not in found


def test_a_generated_object_needs_no_register_entry_but_a_credit() -> None:
    whole = Text(dict.fromkeys(LOCALES, "x"))
    synthetic = Artifact(name=whole, summary=whole, story=whole, image_description=whole, synthetic=True)
    assert gaps(synthetic) == ["rights.credit", "rights.licence"]


def test_where_an_export_says_its_origin_lies_is_no_more_public_than_the_offset(manifest: Manifest) -> None:
    origin = Finding("export-origin", "info", {"system": "EPSG:4547", "x": 1.5, "y": 2.5, "z": 3.5})
    told = msgspec.structs.replace(manifest, findings=(origin,))
    hidden = public_manifest(JAR, told)
    assert hidden is not None and hidden.findings == ()
