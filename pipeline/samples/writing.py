"""Writes the samples into a collection's folder, each whole or not at all, and only what is not there yet."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.catalogue.capture import Capture, CapturedFile
from pipeline.catalogue.store import read_capture, write_toml
from pipeline.errors import Refused

from .export import write_jpeg, write_mtl, write_obj, write_ply
from .makers import KINDS, Kind
from .scanning import RawScan, scan

VERSION = 2
"""Raise it whenever the same seed gives other bytes."""
NAMES: tuple[str, ...] = tuple(KINDS)
SEED = 20260101


def write_samples(
    out_dir: Path,
    *,
    seed: int = SEED,
    names: Iterable[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    texture_px: int = 4096,
    coarser: float = 1.0,
) -> list[Path]:
    """Writes ``<out>/<name>/scan/*`` and ``<out>/<name>/capture.toml`` for each sample.

    What is there already with the same seed and version is left alone. A folder's scan appears by rename, the
    ``capture.toml`` last: a run that was killed leaves nothing that looks finished.

    Args:
        out_dir: the collection's folder; made if need be.
        seed: everything follows from it.
        names: which samples; all of them by default.
        progress: called with (name, number done, number in all) before each and once at the end.
        texture_px, coarser: smaller textures and fewer triangles, for tests.

    Returns:
        the object folders, in the order asked.

    Raises:
        Refused: a name that is not a sample's.
    """
    wanted = tuple(NAMES if names is None else names)
    for name in wanted:
        if name not in KINDS:
            raise Refused(f"there is no sample {name!r}", do="use " + ", ".join(NAMES))
    folders = []
    for number, name in enumerate(wanted):
        if progress:
            progress(name, number, len(wanted))
        folder = out_dir / name
        made_by = f"pipeline.samples {VERSION}, seed {seed}, texture {texture_px} px, edges x {coarser:g}"
        if not _present(folder, made_by):
            _write_one(folder, name, made_by, scan(name, seed, texture_px=texture_px, coarser=coarser))
        folders.append(folder)
    if progress:
        progress("", len(wanted), len(wanted))
    return folders


def _present(folder: Path, made_by: str) -> bool:
    """Whether the folder holds this very sample, every file at its recorded size."""
    try:
        capture = read_capture(folder / "capture.toml")
        sizes = [(folder / f.path).stat().st_size == f.bytes for f in capture.files]
    except (OSError, Refused):
        return False
    return capture.software == made_by and bool(sizes) and all(sizes)


def _write_one(folder: Path, name: str, made_by: str, raw: RawScan) -> None:
    """Writes scan and record; ``capture.toml`` goes first and comes last, so that a killed run looks
    unfinished.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kind = KINDS[name]
    fresh = folder / f".scan.{secrets.token_hex(4)}"
    fresh.mkdir()
    try:
        written = write_scan(raw, kind, fresh)
        files = tuple(CapturedFile(f"scan/{p.name}", _sha256(p), p.stat().st_size) for p in written)
        (folder / "capture.toml").unlink(missing_ok=True)
        shutil.rmtree(folder / "scan", ignore_errors=True)
        fresh.replace(folder / "scan")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    capture = Capture(
        files=files,
        unit="mm",
        unit_evidence="合成样本：生成程序以毫米计；扫描文件本身不含单位。"
        "Synthetic sample: generated in millimetres; the scan's files do not say so.",
        up=kind.up,
        device="synthetic",
        operator="Mobile Museum",
        software=made_by,
        synthetic=True,
    )
    write_toml(capture, folder / "capture.toml")


def write_scan(raw: RawScan, kind: Kind, folder: Path) -> list[Path]:
    """Writes the files of a scan as its program would; gives them, the model first."""
    model = folder / kind.file
    if raw.texture is None:
        write_ply(raw, model, program=kind.program)
        return [model]
    write_obj(raw, model, material_file=kind.material_file, encoding=kind.encoding, program=kind.program)
    material, texture = folder / kind.material_file, folder / kind.texture
    write_mtl(material, texture=kind.map_path + kind.texture, encoding=kind.encoding, program=kind.program)
    write_jpeg(raw.texture, texture)
    return [model, material, texture]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
