"""Ends a level in the master: what a conservator needs of a scan in twenty years, with none of our programs.

One archive, uncompressed, so that a damaged byte costs one file and not all. In it:

- ``mesh.ply``: the scan **as it was read**, in its own unit and axes: every position is the same number, bit
  for bit. Moved and scaled coordinates would be ours; the scanner's are the evidence.
- ``textures/``: the very bytes of the scan's textures.
- ``sidecar.json``: unit and how it is known, the 4×4 matrix from the scan's numbers to the metres of every
  published model, materials, digests of the files that came in, findings with their sentences.
- ``README.txt`` in Chinese and English, ``sha256sums.txt`` for ``sha256sum -c``.

The files that came in stay where they are in the museum's ``scan/``; the sidecar says which they were. PLY
is text and numbers since 1994 and takes an afternoon to write a reader for, which cannot be said of them.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import numpy as np

from pipeline.catalogue.derivative import Scale, SourceFile
from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.formats.gltf_xmp import GENERATOR
from pipeline.formats.names import texture_names
from pipeline.formats.ply_write import write_ply
from pipeline.formats.zips import zipped
from pipeline.matter.encoded import Encoded, of_surface
from pipeline.matter.surface import Material, Placement, Surface, TextureUse
from pipeline.steps.about import packet_of
from pipeline.steps.registry import step

SCHEMA = "mobile-museum/master/1"
README = """\
这份文件夹是一件文物三维扫描的存档。所有文件都不需要专门的软件。
mesh.ply      扫描的网格，数值与读入时完全相同（单位和坐标轴见 sidecar.json）。
              格式为二进制 PLY，小端，文件头为文字，写明每一列。
textures/     扫描所带的贴图，逐字节复制。
sidecar.json  单位、摆放矩阵（米 = 矩阵 × 扫描坐标）、材质、原始文件的 SHA-256、处理时的发现。
sha256sums.txt  校验值：sha256sum -c sha256sums.txt

This folder is the archive copy of a three-dimensional scan. None of it needs a special program.
mesh.ply      the mesh, every number as it was read (unit and axes: sidecar.json). Binary PLY, little-endian,
              with a head in plain text that names every column.
textures/     the scan's textures, byte for byte.
sidecar.json  unit, placement (metres = matrix times scan coordinates), materials, SHA-256 of the files that
              came in, what was found while processing.
sha256sums.txt  check it with: sha256sum -c sha256sums.txt
"""


class Origin(msgspec.Struct, frozen=True):
    """Where a scan comes from, as a run says it: its files, how its numbers became metres, what was found."""

    files: tuple[SourceFile, ...]
    input_sha256: str
    scale: Scale
    findings: tuple[Finding, ...] = ()
    matrix: tuple[tuple[float, ...], ...] = ()


@step(version=1)
def archive(surface: Surface, *, origin: str = "", metadata: str = "") -> Encoded:
    """Packs the scan as it was read, bit for bit, with its textures and a sidecar, for the archive.

    Args:
        surface: as read, not placed: the level begins with ``begin = "scan"``.
        origin: JSON of the scan's files, scale and findings, as the run gives it.
        metadata: JSON of a KHR_xmp_json_ld packet, kept in the sidecar.

    Returns:
        The archive. Its deviation is measured on these very numbers, brought to metres by the sidecar's
        matrix: it shows what cleaning took away, and that the matrix is right.

    Raises:
        Refused: placed already, or nobody says where it comes from.
    """
    if not isinstance(surface, Surface):
        raise Refused(
            "a point cloud is its own master",
            where="step archive",
            do="keep the files that came in, in the object's folder scan",
        )
    if surface.placement is not None:
        raise Refused(
            "the master keeps the scan as it was read",
            where="step archive",
            do='give the level begin = "scan"',
        )
    known = _origin(origin)
    placed = _placed(surface, known)
    named = texture_names(surface)
    names = {digest: name for digest, (name, _) in named.items()}
    files = {
        "README.txt": README.encode(),
        "mesh.ply": write_ply(surface, comments=_comments(known), texture_names=names),
        "sidecar.json": _sidecar(surface, known, placed, names, metadata),
        **{name: texture.encoded() for name, texture in named.values()},
    }
    return of_surface(
        placed,
        zipped(with_sums(files)),
        "application/zip",
        ".zip",
        vertices=len(surface.positions),
        error_mm=0.0,
    )


def with_sums(files: dict[str, bytes]) -> dict[str, bytes]:
    """Gives files with ``sha256sums.txt`` beside them, as ``sha256sum`` would print it."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    return {**files, "sha256sums.txt": "".join(lines).encode()}


def _origin(text: str) -> Origin:
    try:
        return msgspec.json.decode(text, type=Origin)
    except msgspec.MsgspecError as error:
        raise Refused(
            "the master must say where the scan comes from",
            where="step archive",
            do="make it by museum process",
        ) from error


def _placed(surface: Surface, known: Origin) -> Surface:
    """The scan brought to metres by the matrix that the common steps came to (metres = matrix · scan)."""
    matrix, scale = np.array(known.matrix, np.float64), known.scale
    if matrix.shape != (4, 4):
        raise Refused(
            "the master must say where the scan comes from",
            where="step archive",
            do="make it by museum process",
        )
    rows = tuple(tuple(float(v) for v in row) for row in matrix)
    placement = Placement(scale.unit, scale.evidence, scale.up, scale.up_evidence, scale.offset_m, rows)  # type: ignore[arg-type]
    # the middle comes off before the turn, as in place: else a survey's far offset costs the last digits
    low, high = surface.bounds
    middle, turn = (low + high) / 2, matrix[:3, :3]
    positions = (surface.positions - middle) @ turn.T + (turn @ middle + matrix[:3, 3])
    turned = (turn / np.cbrt(np.linalg.det(turn))).astype(np.float32)
    normals = None if surface.normals is None else (surface.normals @ turned.T).astype(np.float32)
    return surface.but(positions=positions, normals=normals, placement=placement)


def _comments(known: Origin) -> list[str]:
    return [
        f"unit {known.scale.unit} ({known.scale.evidence}), up {known.scale.up}",
        f"scan sha256 {known.input_sha256}",
        f"written by {GENERATOR}; see sidecar.json",
    ]


def _sidecar(surface: Surface, known: Origin, placed: Surface, names: dict[str, str], metadata: str) -> bytes:
    assert placed.placement is not None
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "generator": GENERATOR,
        "object": packet_of(metadata, "step archive"),
        "input": {"sha256": known.input_sha256, "files": known.files, "format": surface.source_format},
        "mesh": {
            "file": "mesh.ply",
            "vertices": len(surface.positions),
            "triangles": len(surface.triangles),
            "positions": "as read, in the scan's unit and axes",
        },
        "scale": known.scale,
        "matrix": placed.placement.matrix,
        "matrix_means": "metres, Y up = matrix times (x, y, z, 1) of mesh.ply, rows first",
        "materials": [_material(material, names) for material in surface.materials],
        "textures": [
            {
                "file": names[one.sha256],
                "came_as": one.name,
                "sha256": one.sha256,
                "width_px": one.width,
                "height_px": one.height,
                "bits": one.bits,
                "colour_profile": one.profile or "sRGB (none embedded)",
            }
            for one in surface.textures()
        ],
        "findings": [
            {"code": one.code, "level": one.level, "figures": one.figures}
            | {tag: one.sentence(tag) for tag in ("zh-Hans", "en")}
            for one in known.findings
        ],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def _material(material: Material, names: dict[str, str]) -> dict[str, Any]:
    """A material with its factors (glTF 2.0, linear), its textures by their names in the archive."""
    out: dict[str, Any] = {}
    for key in material.__slots__:
        value = getattr(material, key)
        if isinstance(value, TextureUse):
            value = {"file": names[value.texture.sha256], "uv_set": value.uv_set, "wrap": value.wrap}
        out[key] = value
    return {key: value for key, value in out.items() if value is not None}
