"""Whatever stands in a file: a record comes out, or one sentence says why not."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.catalogue import toml_write
from pipeline.catalogue.artifact import Artifact, Dimensions, Register, Source
from pipeline.catalogue.derivative import Manifest
from pipeline.catalogue.explain import problems
from pipeline.catalogue.locate import line_of
from pipeline.catalogue.store import read_artifact, read_capture, read_manifest, write_toml
from pipeline.catalogue.text import LOCALES, Text, decode_hook, encode_hook
from pipeline.errors import Refused

TEXTS = st.dictionaries(st.sampled_from(LOCALES), st.text(), max_size=2).map(Text)
SIZES = st.none() | st.floats(min_value=0, max_value=2**53, exclude_min=True)
ARTIFACTS = st.builds(
    Artifact,
    name=st.text(min_size=1).filter(str.strip).map(lambda name: Text({"en": name})),
    number=st.text(),
    register=st.builds(
        Register,
        material=st.lists(st.sampled_from(["陶", "wood"])).map(tuple),
        dimensions=st.builds(Dimensions, literal=st.text(), height_mm=SIZES),
    ),
    story=TEXTS,
    sources=st.lists(st.builds(Source, text=TEXTS, certainty=st.sampled_from("AB")), max_size=2).map(tuple),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(ARTIFACTS)
def test_every_record_comes_back_from_toml_as_it_was(artifact: Artifact) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_toml(artifact, Path(folder) / "artifact.toml")
        assert read_artifact(Path(folder) / "artifact.toml") == artifact


@pytest.mark.parametrize("read", [read_artifact, read_capture, read_manifest])
@given(
    content=st.binary(max_size=80) | st.text(alphabet="[]{}='\"\\\n#.,:na0e-é", max_size=80).map(str.encode)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(read: Callable[[Path], Any], content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record"
        path.write_bytes(content)
        try:
            read(path)
        except Refused as refused:
            assert "\n" not in str(refused)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@given(data=st.data(), new=VALUES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_does_not_fit_the_type_is_explained_at_its_key(
    manifest: Manifest, data: Any, new: Any
) -> None:
    plain = msgspec.to_builtins(manifest, enc_hook=encode_hook)
    plain = msgspec.json.decode(msgspec.json.encode(plain))
    place = data.draw(st.sampled_from(places(plain)))
    broken = put(plain, place, new)
    found = list(problems(broken, Manifest))
    try:
        msgspec.convert(broken, Manifest, dec_hook=decode_hook)
    except msgspec.ValidationError:
        assert found
        assert found[0].path[: len(place)] == place or place[: len(found[0].path)] == found[0].path
    else:
        assert not found


@given(ARTIFACTS)
def test_every_key_that_was_written_is_found_on_its_line(artifact: Artifact) -> None:
    text = toml_write.dumps(artifact)
    if artifact.register.dimensions.height_mm is not None:
        number = line_of(text, ("register", "dimensions", "height_mm"))
        assert number is not None
        assert text.split("\n")[number - 1].startswith("height_mm = ")
        assert math.isclose(
            float(text.split("\n")[number - 1].split("=")[1]), artifact.register.dimensions.height_mm
        )
