"""OBJ: polygons with UVs, normals, vertex colours and materials, read in blocks (:mod:`obj_lines`).

OBJ counts positions, UVs and normals apart; a vertex here is one distinct combination of a position with the
*values* of the other two, so that exporters which write a UV for every corner give no more vertices than
those which share them. Groups and smoothing are not kept: they say nothing that a visitor sees.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.surface import Material, Surface

from . import assemble, limits, mtl, obj_lines, paths, polygons, udim, udim_names, weld
from .decode import decode
from .textures import Textures

_NONE = np.empty((0, 3), np.float64)


@dataclass
class _File:
    """The whole file as columns; corner indices count from 0, −1 where there is none."""

    v: NDArray[np.float64] = field(default_factory=lambda: _NONE)
    vt: NDArray[np.float64] = field(default_factory=lambda: _NONE)
    vn: NDArray[np.float64] = field(default_factory=lambda: _NONE)
    corners: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 3), np.int32))
    sizes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    usemtl: list[tuple[int, str]] = field(default_factory=list)
    mtllib: list[str] = field(default_factory=list)


def read_obj(path: Path) -> Surface:
    """Reads an OBJ file with its material libraries.

    Gives:
        A Surface in the file's unit and axes, winding as in the file.

    Raises:
        Refused: no faces, damaged (an index beyond its list, a number that is none), or a texture is.
    """
    parsed = _parse(path)
    findings: list[Finding] = []
    for which, (key, length) in enumerate(
        (("v", len(parsed.v)), ("vt", len(parsed.vt)), ("vn", len(parsed.vn)))
    ):
        if not _within(parsed, which, key, length, path.name):
            parsed.corners[:, which] = -1
            findings.append(Finding("obj-list-missing", "warning", {"list": key}))
    positions = np.ascontiguousarray(parsed.v[:, :3])
    picked, face_of, fanned = polygons.triangulate(positions, parsed.corners[:, 0], parsed.sizes)
    corners = parsed.corners[picked.reshape(-1)]
    skipped = int((parsed.sizes < 3).sum())
    if skipped:
        findings.append(Finding("faces-skipped", "warning", {"faces": skipped}))
    if fanned:
        findings.append(Finding("polygons-fanned", "warning", {"polygons": fanned}))

    textures = Textures(path.parent)
    materials, material_of_face = _materials(path, parsed, textures, findings)
    material_of = material_of_face[face_of]
    moved = _uv_moves(materials)
    group = None if moved is None else moved[material_of].repeat(3)
    uv_values = _uv_values(parsed.vt)
    source, triangles, uv_of, normal_of = _vertices(
        corners, uv_values, _normal_values(parsed.vn), group, len(positions)
    )
    uvs: tuple[NDArray[np.float32], ...] = ()
    if uv_of is not None:
        lost = int((uv_of < 0).sum())
        if lost:
            findings.append(Finding("uvs-incomplete", "warning", {"vertices": lost}))
        uvs = (_placed_uvs(uv_values, uv_of, triangles, material_of, materials),)
    normals = None
    if normal_of is not None:
        normals = np.vstack((_normal_values(parsed.vn), np.zeros((1, 3), np.float32)))[normal_of]
    colours = _colours(parsed.v)
    made = assemble.surface(
        name=path.name,
        source_format="obj",
        positions=positions[source],
        triangles=triangles,
        material_of=material_of,
        materials=tuple(m.material for m in materials),
        normals=normals,
        uvs=uvs,
        colours=None if colours is None else colours[source],
        findings=(*findings, *textures.findings),
    )
    return udim.spread(made, textures)


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the model, the libraries it names and the textures those name, as far as its folder has them."""
    libraries: list[str] = []
    with path.open("rb") as file:
        rest = b""
        while block := file.read(limits.BLOCK_BYTES):
            text = rest + block
            cut = text.rfind(b"\n") + 1
            libraries += _library_names(text[:cut])
            rest = text[cut:][-65536:]
        libraries += _library_names(rest)
    libraries = list(dict.fromkeys(libraries))
    assemble.count("material libraries", len(libraries), limits.MATERIALS_MAX, name=path.name)
    folder = paths.Folder(path.parent)
    found = list(dict.fromkeys(lib for named in libraries for lib in _libraries(folder, named)))
    if not found:
        found = _library_of_same_name(path)
    names = dict.fromkeys(name for library in found for name in mtl.maps_of(library))
    tiles = udim_names.Tiles(folder)
    return (path, *dict.fromkeys((*found, *(p for name in names for p in tiles.files(name)))))


def _library_names(text: bytes) -> list[str]:
    names, at = [], text.find(b"mtllib")
    while at >= 0:
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        begins_line = not text[text.rfind(b"\n", 0, at) + 1 : at].strip()
        if begins_line and text[at + 6 : at + 7].isspace():
            names.append(decode(text[at + 6 : end]).strip())
        at = text.find(b"mtllib", end)
    return [name for name in names if name]


def _parse(path: Path) -> _File:
    parsed = _File()
    columns: tuple[list[NDArray[np.float64]], ...] = ([], [], [])
    corners: list[NDArray[np.int32]] = []
    sizes: list[NDArray[np.int64]] = []
    counts, faces = np.zeros(3, np.int64), 0
    with path.open("rb") as file:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        for block in obj_lines.blocks(file, size=path.stat().st_size, name=path.name):
            corners.append(_from_zero(block, counts, path.name))
            sizes.append(block.sizes)
            for before, key, rest in block.words:
                if key == "usemtl":
                    parsed.usemtl.append((faces + before, decode(rest)))
                elif rest:
                    parsed.mtllib.append(decode(rest))
            for column, table in zip(columns, (block.v, block.vt, block.vn), strict=True):
                if len(table):
                    column.append(table)
            counts += (len(block.v), len(block.vt), len(block.vn))
            faces += len(block.sizes)
            assemble.count("vertices", int(counts.max()), limits.VERTICES_MAX, name=path.name)
            assemble.count("faces", faces, limits.TRIANGLES_MAX, name=path.name)
    parsed.v, parsed.vt, parsed.vn = (_stacked(column) for column in columns)
    if not faces:
        what = f"a cloud of {len(parsed.v)} points without faces" if len(parsed.v) else "without any geometry"
        raise Refused(f"this OBJ file is {what}", where=path.name, do="export a mesh")
    parsed.corners, parsed.sizes = np.concatenate(corners), np.concatenate(sizes)
    return parsed


def _stacked(tables: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Tables below one another, padded with NaN to the widest; taken out of the list as they are copied."""
    if not tables:
        return _NONE
    width = max(table.shape[1] for table in tables)
    whole = np.full((sum(map(len, tables)), width), np.nan)
    at = 0
    for table in tables:
        whole[at : at + len(table), : table.shape[1]] = table
        at += len(table)
    tables.clear()
    return whole


def _from_zero(block: obj_lines.Block, counts: NDArray[np.int64], name: str) -> NDArray[np.int32]:
    """Indices from 0, negative ones resolved against what stood before the face; −1 where there is none."""
    written = block.corners
    if written.size and (
        int(written.max()) > 2**31 - 2 or int(written[:, 0].min()) < 0 or int(written.min()) < 0
    ):
        before = np.repeat(counts + block.seen, block.sizes, axis=0)
        resolved = np.where(written < 0, before + written, written - 1)
        wrong = ((written < 0) & (resolved < 0)) | (resolved > 2**31 - 2)
    else:
        resolved, wrong = written - 1, np.zeros_like(written, np.bool_)
    wrong[:, 0] |= written[:, 0] == 0
    if wrong.any():
        corner = int(np.argmax(wrong.any(axis=1)))
        line = block.face_lines[np.searchsorted(np.cumsum(block.sizes), corner, side="right")]
        raise Refused(
            f"the face names vertex {written[corner][wrong[corner]][0]}, which cannot be",
            where=f"{name}, line {line}",
            do="the file is damaged: export it again",
        )
    return resolved.astype(np.int32)


def _within(parsed: _File, which: int, key: str, length: int, name: str) -> bool:
    """Whether no corner names more than the list has; False where the list was never written."""
    highest = int(parsed.corners[:, which].max()) if len(parsed.corners) else -1
    if highest < length:
        return True
    if length == 0 and which > 0:
        return False
    corner = int(np.argmax(parsed.corners[:, which]))
    face = int(np.searchsorted(np.cumsum(parsed.sizes), corner, side="right")) + 1
    raise Refused(
        f"face {face} names {key} {highest + 1}, but the file has {length}",
        where=name,
        do="the file is damaged or cut off: export it again",
    )


def _uv_values(vt: NDArray[np.float64]) -> NDArray[np.float32]:
    """(N, 2), origin at the top left."""
    v = vt[:, 1] if vt.shape[1] > 1 else np.zeros(len(vt))
    return np.column_stack((vt[:, 0], 1 - np.nan_to_num(v))).astype(np.float32)


def _normal_values(vn: NDArray[np.float64]) -> NDArray[np.float32]:
    return vn[:, :3].astype(np.float32)


def _vertices(
    corners: NDArray[np.int32],
    uvs: NDArray[np.float32],
    normals: NDArray[np.float32],
    group: NDArray[np.int32] | None,
    positions: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32] | None, NDArray[np.int32] | None]:
    """Distinct (v, vt, vn) as vertices: index of their position, triangles, index of their UV and normal."""
    v, vt, vn = corners[:, 0], corners[:, 1], corners[:, 2]
    has_uv, has_normal = bool((vt >= 0).any()), bool((vn >= 0).any())
    if group is None and (not has_uv or (vt == v).all()) and (not has_normal or (vn == v).all()):
        everything = np.arange(positions, dtype=np.int32)
        enough = (not has_uv or len(uvs) >= positions) and (not has_normal or len(normals) >= positions)
        if enough:
            return (
                everything,
                v.reshape(-1, 3),
                everything if has_uv else None,
                everything if has_normal else None,
            )
    keys = [v]
    if has_uv:
        keys.append(_same_value(vt, uvs))
    if has_normal:
        keys.append(_same_value(vn, normals))
    if group is not None:
        keys.append(group)
    first, which = weld.distinct(*keys)
    return (
        v[first],
        which.reshape(-1, 3),
        vt[first] if has_uv else None,
        vn[first] if has_normal else None,
    )


def _same_value(index: NDArray[np.int32], values: NDArray[np.float32]) -> NDArray[np.int32]:
    """Replaces indices by numbers that are equal where the values are; −1 stays."""
    canonical = np.append(weld.distinct(*weld.bits(values))[1], np.int32(-1))
    return np.asarray(canonical[index])


def _colours(v: NDArray[np.float64]) -> NDArray[np.uint8] | None:
    """Colours after the coordinates (``v x y z r g b``); white where only some vertices have one."""
    if v.shape[1] < 6:
        return None
    rgb = v[:, 3:6]
    known: NDArray[np.bool_] = np.asarray(np.isfinite(rgb).all(axis=1))
    if not known.any():
        return None
    white = 1.0 if float(rgb[known].max()) <= 1.0 else 255.0
    return assemble.colour_bytes(np.where(known[:, None], rgb, white))


def _materials(
    path: Path, parsed: _File, textures: Textures, findings: list[Finding]
) -> tuple[list[mtl.MtlMaterial], NDArray[np.int32]]:
    """The materials that faces use, in the order of their first use, and each face's index among them."""
    faces = len(parsed.sizes)
    starts = [start for start, _ in parsed.usemtl]
    names = [name for _, name in parsed.usemtl]
    if not starts or starts[0] > 0:
        starts, names = [0, *starts], ["", *names]
    lengths = np.diff([*starts, faces])
    used = list(dict.fromkeys(n for n, length in zip(names, lengths, strict=True) if length))
    assemble.count("materials", len(used), limits.MATERIALS_MAX, name=path.name)
    numbers = {name: i for i, name in enumerate(used)}
    material_of = np.repeat(np.array([numbers.get(n, 0) for n in names], np.int32), lengths)

    libraries: list[Path] = []
    folder, written = paths.Folder(path.parent), list(dict.fromkeys(parsed.mtllib))
    assemble.count("material libraries", len(written), limits.MATERIALS_MAX, name=path.name)
    for named in written:
        found = _libraries(folder, named)
        if not found:
            findings.append(
                Finding("mtl-missing", "warning", {"file": named.replace("\\", "/").split("/")[-1]})
            )
        libraries += found
    if not libraries and (guess := _library_of_same_name(path)):
        findings.append(Finding("mtl-by-name", "info", {"file": guess[0].name}))
        libraries = guess
    known: dict[str, mtl.MtlMaterial] = {}
    for library in dict.fromkeys(libraries):
        for name, material in mtl.read_mtl(library, textures, only=set(used)).items():
            known.setdefault(name, material)
    for name in used:
        if name and libraries and name not in known:
            findings.append(Finding("material-missing", "warning", {"material": name}))
    return [known.get(name) or mtl.MtlMaterial(Material(name=name)) for name in used], material_of


def _libraries(folder: paths.Folder, named: str) -> list[Path]:
    """The file ``named``, or, where the name is several names, all that there are."""
    whole = folder.resolve(named)
    if whole is not None:
        return [whole]
    parts = [folder.resolve(part) for part in dict.fromkeys(named.split())]
    return [p for p in parts if p is not None]


def _library_of_same_name(path: Path) -> list[Path]:
    found = paths.resolve(path.parent, f"{path.stem}.mtl")
    return [] if found is None or found.parent != path.parent.resolve() else [found]


def _uv_moves(materials: list[mtl.MtlMaterial]) -> NDArray[np.int32] | None:
    """Number of each material's ``-s``/``-o`` among the different ones, None where all are plain."""
    moves = [(m.scale, m.offset) for m in materials]
    plain = ((1.0, 1.0), (0.0, 0.0))
    if all(move == plain for move in moves):
        return None
    numbers = {move: i for i, move in enumerate(dict.fromkeys(moves))}
    return np.array([numbers[move] for move in moves], np.int32)


def _placed_uvs(
    values: NDArray[np.float32],
    uv_of: NDArray[np.int32],
    triangles: NDArray[np.int32],
    material_of: NDArray[np.int32],
    materials: list[mtl.MtlMaterial],
) -> NDArray[np.float32]:
    """UVs of the vertices, with ``-s`` and ``-o`` of their material worked in; (0, 0) where there is none."""
    uv = np.vstack((values, np.zeros((1, 2), np.float32)))[uv_of]
    for index, m in enumerate(materials):
        if (m.scale, m.offset) == ((1.0, 1.0), (0.0, 0.0)):
            continue
        mine = np.unique(triangles[material_of == index])
        written = np.column_stack((uv[mine, 0], 1 - uv[mine, 1]))  # MTL counts from the bottom left
        written = written * m.scale + m.offset
        uv[mine] = np.column_stack((written[:, 0], 1 - written[:, 1]))
    return uv
