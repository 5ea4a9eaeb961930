"""PLY: ASCII and binary, with vertex colours, normals, UVs per vertex or per face, several textures, strips.

The texture coordinates follow the programs that write them (VCGLIB, Metashape): origin at the bottom left,
turned over here. ``comment TextureFile`` names the textures that ``texnumber`` counts; ``<this>`` in it
stands for the file's own stem (VCGLIB). A file without faces is a cloud of points.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.cloud import Cloud
from pipeline.matter.surface import Material, Surface, TextureUse

from . import assemble, limits, paths, polygons, udim, udim_names, weld
from .gather import Gathering
from .ply_body import Ragged, Table, read_body
from .ply_header import Header, read_header
from .textures import Textures

_INDICES = ("vertex_indices", "vertex_index")
_UV_NAMES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"), ("texture_s", "texture_t"), ("s0", "t0"))
_COLOUR_NAMES = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))


def read_ply(path: Path) -> Surface | Cloud:
    """Reads a PLY file: a Surface where it has faces, else a Cloud.

    Gives:
        A Surface in the file's unit and axes. Vertices are those of the file, in its order, unless the UVs
        stand
        at the faces: then one vertex for each distinct (vertex, UV).

    Raises:
        Refused: no vertices, cut off, damaged, or one of its textures is.
    """
    with path.open("rb") as file:
        header = read_header(file, name=path.name)
        vertex, face, strips = (header.element(n) for n in ("vertex", "face", "tristrips"))
        if vertex is None or vertex.count == 0:
            raise Refused("the PLY file holds no vertices", where=path.name, do="export the mesh again")
        assemble.count("vertices", vertex.count, limits.VERTICES_MAX, name=path.name)
        faces = face.count if face else 0
        assemble.count("faces", faces, limits.TRIANGLES_MAX, name=path.name)
        meshed = faces > 0 or (strips is not None and strips.count > 0)
        wanted = {"vertex": {p.name for p in vertex.properties} & _VERTEX_NAMES}
        if faces:
            wanted["face"] = {*_INDICES, "texcoord", "texnumber"}
        elif meshed:
            wanted["tristrips"] = set(_INDICES)
        tables = read_body(file, header, wanted, name=path.name)
    return _surface(path, header, tables) if meshed else _cloud(path.name, tables["vertex"].scalars)


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the file and the textures that its head names and its folder has."""
    with path.open("rb") as file:
        header = read_header(file, name=path.name)
    folder = paths.Folder(path.parent)
    tiles = udim_names.Tiles(folder)
    found = (p for named in texture_names(header, path) for p in tiles.files(named))
    return (path, *dict.fromkeys(found))


def texture_names(header: Header, path: Path) -> tuple[str, ...]:
    """The textures that the head names, with ``<this>`` filled in."""
    return tuple(name.replace("<this>", path.stem) for name in header.texture_files)


def _cloud(name: str, vertex: dict[str, NDArray[Any]]) -> Cloud:
    """The vertices as a cloud, taken in blocks so that a large one is thinned as it comes."""
    gathering = Gathering(name)
    normals, colours = _normals(vertex), _colours(vertex)
    for at in range(0, len(next(iter(vertex.values()), ())), limits.POINTS_AT_A_TIME):
        rows = slice(at, at + limits.POINTS_AT_A_TIME)
        gathering.add(
            _positions({key: values[rows] for key, values in vertex.items()}, name),
            colours=None if colours is None else colours[rows],
            normals=None if normals is None else normals[rows],
        )
    return gathering.cloud(source_format="ply")


def _positions(vertex: dict[str, NDArray[Any]], name: str) -> NDArray[np.float64]:
    if not {"x", "y", "z"} <= set(vertex):
        raise Refused("the vertices have no x, y and z", where=name, do="export the mesh again")
    return np.column_stack([vertex[a].astype(np.float64) for a in "xyz"])


def _surface(path: Path, header: Header, tables: dict[str, Table]) -> Surface:
    vertex = tables["vertex"].scalars
    name = path.name
    positions = _positions(vertex, name)
    findings: list[Finding] = []
    corner_uvs: NDArray[np.float32] | None = None
    texture_of: NDArray[np.int64] | None = None
    if "face" in tables:
        corners, sizes = _indices(tables["face"], name)
        assemble.indices(corners, len(positions), name=name)
        picked, face_of, fanned = polygons.triangulate(positions, corners, sizes)
        triangles = corners[picked]
        corner_uvs = _corner_uvs(tables["face"].lists.get("texcoord"), sizes, picked)
        if "texnumber" in tables["face"].scalars:
            texture_of = tables["face"].scalars["texnumber"].astype(np.int64)[face_of]
        skipped = int((sizes < 3).sum())
        if skipped:
            findings.append(Finding("faces-skipped", "warning", {"faces": skipped}))
        if fanned:
            findings.append(Finding("polygons-fanned", "warning", {"polygons": fanned}))
    else:
        triangles = _unstripped(*_indices(tables["tristrips"], name))

    uvs: tuple[NDArray[np.float32], ...] = ()
    source = slice(None)
    if corner_uvs is not None and header.texture_files:
        first, which = weld.distinct(triangles.reshape(-1), *weld.bits(corner_uvs))
        source = triangles.reshape(-1)[first].astype(np.int64)  # type: ignore[assignment]
        uvs = (corner_uvs[first],)
        triangles = which.reshape(-1, 3)
    else:
        uvs = _vertex_uvs(vertex)
    textures = Textures(path.parent)
    materials, material_of = _materials(
        path, header, textures, texture_of=texture_of, triangles=len(triangles), has_uvs=bool(uvs)
    )
    normals, colours = _normals(vertex), _colours(vertex)
    made = assemble.surface(
        name=name,
        source_format="ply",
        positions=positions[source],
        triangles=triangles,
        material_of=material_of,
        materials=materials,
        normals=None if normals is None else normals[source],
        uvs=uvs,
        colours=None if colours is None else colours[source],
        findings=(*findings, *textures.findings),
    )
    return udim.spread(made, textures)


def _indices(table: Table, name: str) -> Ragged:
    for key in _INDICES:
        if key in table.lists:
            return table.lists[key]
    raise Refused("the faces do not say which vertices they have", where=name, do="export the mesh again")


def _corner_uvs(
    texcoord: Ragged | None, sizes: NDArray[Any], picked: NDArray[Any]
) -> NDArray[np.float32] | None:
    """UV of every triangle corner, (3 T, 2), top-left origin; 0 for faces without two values a corner."""
    if texcoord is None:
        return None
    values, lengths = texcoord
    fits = lengths == 2 * sizes
    by_corner = np.zeros((int(sizes.sum()), 2), np.float32)
    by_corner[np.repeat(fits, sizes)] = values[np.repeat(fits, lengths)].reshape(-1, 2)
    by_corner[:, 1] = 1 - by_corner[:, 1]
    return np.asarray(by_corner[picked.reshape(-1)])


def _vertex_uvs(vertex: dict[str, NDArray[Any]]) -> tuple[NDArray[np.float32], ...]:
    for u, v in _UV_NAMES:
        if u in vertex and v in vertex:
            return (np.column_stack((vertex[u], 1 - vertex[v].astype(np.float64))).astype(np.float32),)
    return ()


def _normals(vertex: dict[str, NDArray[Any]]) -> NDArray[np.float32] | None:
    if not {"nx", "ny", "nz"} <= set(vertex):
        return None
    return np.column_stack([vertex[a] for a in ("nx", "ny", "nz")]).astype(np.float32)


def _colours(vertex: dict[str, NDArray[Any]]) -> NDArray[np.uint8] | None:
    for names in _COLOUR_NAMES:
        if set(names) <= set(vertex):
            alpha = next((a for a in ("alpha", "diffuse_alpha", "a") if a in vertex), None)
            channels = [vertex[n] for n in names]
            if alpha is not None and vertex[alpha].dtype == channels[0].dtype:
                channels.append(vertex[alpha])
            return assemble.colour_bytes(np.column_stack(channels))
    return None


def _materials(
    path: Path,
    header: Header,
    textures: Textures,
    *,
    texture_of: NDArray[np.int64] | None,
    triangles: int,
    has_uvs: bool,
) -> tuple[tuple[Material, ...], NDArray[np.int32]]:
    """One material a texture; a plain one more where faces have a number that no texture has."""
    assemble.count("textures", len(header.texture_files), limits.MATERIALS_MAX, name=path.name)
    materials: list[Material] = []
    for named in texture_names(header, path) if has_uvs else ():
        texture = textures.get(named, "colour", material=Path(named).stem)
        use = None if texture is None else TextureUse(texture)
        materials.append(Material(name=Path(named.replace("\\", "/")).stem, colour_texture=use))
    if not materials:
        return (Material(),), np.zeros(triangles, np.int32)
    if texture_of is None:
        return tuple(materials), np.zeros(triangles, np.int32)
    outside = (texture_of < 0) | (texture_of >= len(materials))
    if outside.any():
        texture_of = np.where(outside, len(materials), texture_of)
        materials.append(Material())
    return tuple(materials), texture_of.astype(np.int32)


def _unstripped(values: NDArray[Any], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles of strips; −1 ends a strip, and every second triangle is turned to keep the winding."""
    flat = values.astype(np.int64)
    if len(lengths) > 1:  # a new list is a new strip as well
        flat = np.insert(flat, np.cumsum(lengths)[:-1], -1)
    index = np.arange(len(flat))
    last_end = np.maximum.accumulate(np.where(flat < 0, index, -1))
    a, b, c = flat[:-2], flat[1:-1], flat[2:]
    whole = (last_end[2:] < index[:-2]) & (a != b) & (b != c) & (a != c)
    odd = ((index[:-2] - last_end[:-2] - 1) % 2 == 1)[whole]
    a, b, c = a[whole], b[whole], c[whole]
    return np.column_stack((a, np.where(odd, c, b), np.where(odd, b, c)))


_VERTEX_NAMES = {
    *("x", "y", "z", "nx", "ny", "nz", "alpha", "diffuse_alpha", "a"),
    *(n for names in (*_UV_NAMES, *_COLOUR_NAMES) for n in names),
}
