"""What a path means: the model, the object, the folder of the results."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cache import file_sha256
from pipeline.catalogue import store
from pipeline.catalogue.artifact import Artifact
from pipeline.catalogue.capture import Capture, CapturedFile
from pipeline.catalogue.text import Text
from pipeline.errors import Refused
from pipeline.scan import draft, find, project_folder, slug_of, source_mark

OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def model(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(OBJ)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "models").mkdir(parents=True)
    return tmp_path / "project"


def in_collection(project: Path) -> Path:
    folder = project / "models" / "shelf" / "jar"
    model(folder / "scan" / "export.obj")
    store.write_toml(Artifact(name=Text({"en": "Jar"})), folder / "artifact.toml")
    return folder


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("laurana", "laurana"),
        ("Greek_Helmet 2", "greek-helmet-2"),
        ("Jarrón", "jarron"),
        ("陶罐 01", "01-"),
        ("陶罐", "object-"),
        ("...", "object-"),
    ],
)
def test_a_slug_is_ascii_kebab_and_says_when_letters_were_lost(name: str, slug: str) -> None:
    made = slug_of(name)
    assert made == slug or (slug.endswith("-") and made.startswith(slug) and len(made) == len(slug) + 6)
    assert made.isascii() and made == made.lower() and " " not in made


def test_names_that_ascii_cannot_tell_apart_get_slugs_of_their_own() -> None:
    assert len({slug_of(name) for name in ("陶罐", "铜镜", "莲花纹瓦当")}) == 3


def test_a_model_anywhere_goes_to_the_inbox_of_the_project(tmp_path: Path, project: Path) -> None:
    scan = find([model(tmp_path / "stick" / "Bust.obj")], project=project)[0]
    assert scan.slug == "bust" and scan.key == "inbox/bust"
    assert scan.home == project / "models" / "inbox" / "bust"
    assert scan.out == scan.home / "derivatives"
    assert not scan.home.exists()


def test_an_object_folder_gets_its_derivatives_inside(project: Path) -> None:
    folder = in_collection(project)
    for path in (folder, folder / "scan", folder / "scan" / "export.obj"):
        scan = find([path], project=project)[0]
        assert (scan.slug, scan.key, scan.out) == ("jar", "shelf/jar", folder / "derivatives")
        assert scan.model.name == "export.obj" and scan.artifact is not None


def test_capture_says_which_of_several_models_is_meant(project: Path) -> None:
    folder = in_collection(project)
    model(folder / "scan" / "other.obj")
    with pytest.raises(Refused, match=r"holds 2 models: scan/export\.obj, scan/other\.obj"):
        find([folder], project=project)
    files = (CapturedFile("scan/other.obj", "0" * 64, 1),)
    store.write_toml(Capture(files=files, unit="mm"), folder / "capture.toml")
    scan = find([folder], project=project)[0]
    assert scan.model.name == "other.obj" and scan.capture is not None and scan.capture.unit == "mm"


def test_several_paths_with_one_out_folder_get_a_folder_each(tmp_path: Path, project: Path) -> None:
    paths = [model(tmp_path / "a.obj"), model(tmp_path / "b.obj")]
    scans = find(paths, tmp_path / "out", project)
    assert [scan.out for scan in scans] == [tmp_path / "out" / "a", tmp_path / "out" / "b"]
    assert find(paths[:1], tmp_path / "out", project)[0].out == tmp_path / "out"


def test_a_file_name_that_says_nothing_gives_way_to_the_folder_s(tmp_path: Path, project: Path) -> None:
    first = find([model(tmp_path / "Lotus tile" / "model.obj")], project=project)[0]
    second = find([model(tmp_path / "Mirror" / "textured_mesh.obj")], project=project)[0]
    assert (first.slug, second.slug) == ("lotus-tile", "mirror")


def test_two_files_of_one_name_are_two_objects_and_one_file_stays_one(tmp_path: Path, project: Path) -> None:
    first = find([model(tmp_path / "a" / "bust.obj")], project=project)[0]
    draft(first, ())
    (first.out / ".museum").mkdir(parents=True, exist_ok=True)
    from pipeline.scan import source_mark

    (first.out / ".museum" / "source").write_text(source_mark(first.model))
    assert find([tmp_path / "a" / "bust.obj"], project=project)[0].slug == "bust"
    assert find([model(tmp_path / "b" / "bust.obj")], project=project)[0].slug == "bust-2"
    both = find([model(tmp_path / "c" / "x.obj"), model(tmp_path / "d" / "x.obj")], project=project)
    assert [scan.slug for scan in both] == ["x", "x-2"]


def test_what_a_run_wrote_is_not_taken_for_a_scan(tmp_path: Path, project: Path) -> None:
    folder = in_collection(project)
    model(folder / "derivatives" / "small.00000000.obj")
    (folder / "scan" / "export.obj").rename(folder / "export.obj")
    assert find([folder], project=project)[0].model == folder / "export.obj"


def test_records_are_drafted_once_and_never_written_over(tmp_path: Path, project: Path) -> None:
    scan = find([model(tmp_path / "陶罐.obj")], project=project)[0]
    draft(scan, (), "mm")
    assert store.read_artifact(scan.home / "artifact.toml").name == {"zh-Hans": "陶罐"}
    draft(scan, (), "m")
    assert store.read_capture(scan.home / "capture.toml").unit == "mm"


def beside(folder: Path, **said: object) -> Path:
    """A scan with what is known of its capture beside it, in no collection."""
    found = model(folder / "scan" / "mirror.obj")
    file = CapturedFile("scan/mirror.obj", file_sha256(found), found.stat().st_size)
    store.write_toml(Capture(files=(file,), **said), folder / "capture.toml")  # type: ignore[arg-type]
    return found


def test_what_stands_beside_a_scan_counts_wherever_the_results_go(tmp_path: Path, project: Path) -> None:
    beside(tmp_path / "stick", unit="mm", up="+z", operator="somebody")
    for scan in (
        find([tmp_path / "stick"], project=project)[0],
        find([tmp_path / "stick" / "scan" / "mirror.obj"], tmp_path / "out", project)[0],
    ):
        assert scan.capture is not None and (scan.capture.unit, scan.capture.up) == ("mm", "+z")
        draft(scan, (CapturedFile("mirror.obj", "0" * 64, 1),))
        taken = store.read_capture(scan.home / "capture.toml")
        assert (taken.unit, taken.operator, taken.files[0].sha256) == ("mm", "somebody", "0" * 64)


def test_a_draft_gives_way_to_what_is_written_beside_the_scan_later(tmp_path: Path, project: Path) -> None:
    beside(tmp_path / "stick", unit="mm")
    draft(find([tmp_path / "stick"], tmp_path / "out", project)[0], ())
    beside(tmp_path / "stick", unit="cm")
    scan = find([tmp_path / "stick"], tmp_path / "out", project)[0]
    assert scan.capture is not None and scan.capture.unit == "cm"


def test_the_capture_of_another_file_says_nothing_of_this_one(tmp_path: Path, project: Path) -> None:
    beside(tmp_path / "stick", unit="mm")
    other = model(tmp_path / "stick" / "scan" / "other.obj")
    assert find([other], project=project)[0].capture is None


def test_a_folder_of_results_is_not_given_another_object(tmp_path: Path, project: Path) -> None:
    first = find([model(tmp_path / "jar.obj")], tmp_path / "out", project)[0]
    draft(first, (CapturedFile("jar.obj", "0" * 64, 1),))
    assert find([tmp_path / "jar.obj"], tmp_path / "out", project)[0].out == tmp_path / "out"
    with pytest.raises(Refused, match=r"holds the results of jar\.obj; choose another --out"):
        find([model(tmp_path / "tile.obj")], tmp_path / "out", project)


def test_what_is_no_model_is_refused_before_a_folder_is_made(tmp_path: Path, project: Path) -> None:
    points = tmp_path / "cloud.pts"
    points.write_bytes(b"[Expe/PointSet/Binary/0.1]\n")
    with pytest.raises(Refused, match="a point set of the program Expe"):
        find([points], project=project)
    with pytest.raises(Refused, match="no such file"):
        find([tmp_path / "nothing"], project=project)
    with pytest.raises(Refused, match="no model was found"):
        find([project], project=project)
    assert not list((project / "models").iterdir())


def test_the_project_is_the_nearest_folder_with_models(project: Path, tmp_path: Path) -> None:
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert project_folder(deep) == project
    assert project_folder(tmp_path) == tmp_path


def test_a_collection_is_not_an_object_and_says_what_to_name(tmp_path: Path, project: Path) -> None:
    for name in ("a", "b"):
        model(tmp_path / "stick" / name / "scan" / "export.obj")
    with pytest.raises(Refused, match=r"2 folders with a model each: a, b; give the path .*/a\.$"):
        find([tmp_path / "stick"], project=project)


def test_another_scan_of_the_same_file_name_does_not_get_the_record_of_the_first(
    tmp_path: Path, project: Path
) -> None:
    out = tmp_path / "out"
    first, second = model(tmp_path / "a" / "textured.obj"), model(tmp_path / "b" / "textured.obj")
    second.write_text(OBJ.replace("1 0 0", "2 0 0"))
    (scan,) = find([first], out, project)
    draft(scan, (CapturedFile("textured.obj", file_sha256(first), len(OBJ)),))
    (out / ".museum").mkdir(parents=True, exist_ok=True)
    (out / ".museum" / "source").write_text(source_mark(first))
    with pytest.raises(Refused, match="the folder holds the results of"):
        find([second], out, project)
    moved = first.rename(model(tmp_path / "c" / "textured.obj"))
    assert find([moved], out, project)[0].model == moved


def test_two_models_of_one_object_are_not_made_over_one_another(project: Path) -> None:
    folder = in_collection(project)
    other = model(folder / "scan" / "other.obj")
    with pytest.raises(Refused, match=r"export\.obj and other\.obj are scans of one object.*--as-one"):
        find([folder / "scan" / "export.obj", other], None, project)
