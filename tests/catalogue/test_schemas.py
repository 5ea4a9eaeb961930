"""What is generated from the record types is up to date, complete and true of real records."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from engine.stand_ins import run, write_scan

from pipeline.catalogue.artifact import Artifact, Register, Sensitivity
from pipeline.catalogue.capture import Capture
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.schemas import RECORDS, schema
from pipeline.catalogue.schemas.__main__ import ROOT, generated
from pipeline.catalogue.store import read_artifact, read_capture
from pipeline.catalogue.text import Text, encode_hook
from pipeline.run import Options

jsonschema = pytest.importorskip("jsonschema")


@pytest.mark.parametrize(
    ("path", "text"), list(generated()), ids=lambda v: v.name if isinstance(v, Path) else ""
)
def test_a_generated_file_is_up_to_date(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, (
        f"stale {path.name}: python -m pipeline.catalogue.schemas"
    )


@pytest.mark.parametrize("name", RECORDS)
def test_a_schema_is_a_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", RECORDS)
def test_every_key_of_every_record_is_described(name: str) -> None:
    bare = [
        f"{title}.{key}"
        for title, part in schema(name)["$defs"].items()
        for key, value in part["properties"].items()
        if title != "Text" and not value.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize("name", RECORDS)
def test_the_reference_page_names_every_key(name: str) -> None:
    page = (ROOT / "docs" / "data" / f"{name}.md").read_text(encoding="utf-8")
    keys = {k for title, part in schema(name)["$defs"].items() if title != "Text" for k in part["properties"]}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


def test_the_keys_promised_to_other_programs_exist() -> None:
    page = (ROOT / "docs" / "data" / "manifest.md").read_text(encoding="utf-8")
    promise = page.partition("## Other programs may rely on this")[2].partition("```")[0]
    keys = {k for part in schema("manifest")["$defs"].values() for k in part["properties"]}
    promised = {word for word in promise.split("`")[1::2] if "/" not in word}
    assert promised - keys == set()
    assert {
        "usage",
        "quality",
        "path",
        "bytes",
        "sha256",
        "triangles",
        "texture_px",
        "deviation_mm",
    } <= promised


def validate(record: msgspec.Struct, name: str) -> None:
    plain = json.loads(msgspec.json.encode(record, enc_hook=encode_hook))
    jsonschema.validate(plain, schema(name), cls=jsonschema.Draft202012Validator)


def test_records_that_the_types_accept_fit_their_schema(manifest: Manifest) -> None:
    validate(manifest, "manifest")
    validate(Capture(unit="mm"), "capture")
    register = Register(grade="三级", material=("陶",))
    validate(Artifact(name=Text({"en": "Jar"}), register=register, sensitivity=Sensitivity()), "artifact")


def test_a_schema_refuses_what_the_types_refuse(manifest: Manifest) -> None:
    plain = json.loads(msgspec.json.encode(manifest, enc_hook=encode_hook))
    plain["derivatives"][0]["deviation_mm"]["scan_to_model"].append(1.0)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain, schema("manifest"), cls=jsonschema.Draft202012Validator)


def test_the_records_that_a_run_writes_fit_their_schemas(tmp_path: Path) -> None:
    scan, out = write_scan(tmp_path / "scan"), tmp_path / "out"
    run(scan, out, Options(recipe=str(scan.parent / "r.toml"), unit="mm"))
    written = json.loads((out / "manifest.json").read_bytes())
    assert written["derivatives"]
    jsonschema.validate(written, schema("manifest"), cls=jsonschema.Draft202012Validator)
    validate(read_artifact(out / "artifact.toml"), "artifact")
    validate(read_capture(out / "capture.toml"), "capture")
