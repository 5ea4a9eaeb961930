"""glTF 2.0 and GLB as a Surface: every mesh of the scene where its node puts it, in double precision.

Read: Draco, meshopt (EXT and KHR), quantised, sparse and normalised data, strips and fans, KTX2 and WebP
textures, texture transforms. Left out with a finding: skins, animations, morph targets, points and lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.formats import assemble
from pipeline.formats.gltf_claims import Drawn
from pipeline.formats.gltf_container import Document, open_bytes, open_path
from pipeline.formats.gltf_materials import Materials, Read
from pipeline.formats.gltf_primitives import TRIANGLES, Arrays, claim, read_primitive
from pipeline.formats.gltf_types import Node
from pipeline.matter.surface import Material, Surface

Matrix = NDArray[np.float64]


def read_gltf(path: Path) -> Surface:
    """Reads a .gltf with its files, or a .glb.

    Returns:
        The scene as one Surface in the file's own numbers: glTF means metres with Y up; ``place`` says so.

    Raises:
        Refused: damaged, not glTF 2.0, without triangles, or it requires an unknown extension.
    """
    return _read(open_path(path))


def read_glb_bytes(data: bytes, *, name: str = "model.glb") -> Surface:
    """As :func:`read_gltf`, from memory: what is really in a file that was just made."""
    return _read(open_bytes(data, name=name))


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives every file that the model consists of, the model first; what is missing is left out."""
    document = open_path(path)
    addresses = [*(b.uri for b in document.gltf.buffers), *(i.uri for i in document.gltf.images)]
    found = [document.file(uri) for uri in addresses if uri is not None]
    return tuple(dict.fromkeys([path, *(file for file in found if file is not None)]))


@dataclass(frozen=True, slots=True)
class _Placed:
    arrays: Arrays
    read: Read
    material: int
    matrix: Matrix


def _read(document: Document) -> Surface:
    materials = Materials(document)
    _note_what_is_left_out(document, materials)
    slots: dict[int | None, tuple[int, Read]] = {}
    cache: dict[tuple[int, int], Arrays] = {}
    parts: list[_Placed] = []
    drawn = Drawn(document)
    for mesh_index, matrix in _placed_meshes(document):
        mesh = document.item(document.gltf.meshes, mesh_index, "mesh")
        for number, primitive in enumerate(mesh.primitives):
            if primitive.mode < TRIANGLES:
                materials.note("gltf-lines-ignored", mesh=mesh.name or str(mesh_index))
                continue
            if primitive.targets:
                materials.note("gltf-morphs-ignored", mesh=mesh.name or str(mesh_index))
            claimed, lies = claim(document, primitive)
            drawn.check(claimed, lies)
            if (mesh_index, number) not in cache:
                cache[mesh_index, number] = read_primitive(document, primitive)
            arrays = cache[mesh_index, number]
            drawn.add(arrays.weight, lies)
            if primitive.material not in slots:
                slots[primitive.material] = (len(slots), materials.read(primitive.material))
            slot, read = slots[primitive.material]
            parts.append(_Placed(arrays, read, slot, matrix))
    if not any(len(part.arrays.triangles) for part in parts):
        raise Refused("it holds no triangles", where=document.name, do="export the mesh, not the point cloud")
    return _joined(parts, tuple(read.material for _, read in slots.values()), materials)


def _note_what_is_left_out(document: Document, materials: Materials) -> None:
    if document.gltf.animations:
        materials.note("gltf-animations-ignored", count=len(document.gltf.animations))
    if any(node.skin is not None for node in document.gltf.nodes):
        materials.note("gltf-skins-ignored")
    if any("EXT_mesh_gpu_instancing" in node.extensions for node in document.gltf.nodes):
        materials.note("gltf-instances-ignored")


def _placed_meshes(document: Document) -> Iterator[tuple[int, Matrix]]:
    """Every mesh of the scene with its matrix to the world; a node stands there once, as glTF demands."""
    gltf = document.gltf
    if gltf.scenes:
        roots = document.item(gltf.scenes, gltf.scene or 0, "scene").nodes
    else:
        children = {child for node in gltf.nodes for child in node.children}
        roots = [index for index in range(len(gltf.nodes)) if index not in children]
    waiting = [(index, np.eye(4)) for index in reversed(roots)]
    seen: set[int] = set()
    while waiting:
        index, above = waiting.pop()
        if index in seen:
            raise Refused(f"node {index} stands in the scene twice", where=document.name)
        seen.add(index)
        node = document.item(gltf.nodes, index, "node")
        matrix = above @ _local(node)
        if not np.isfinite(matrix).all():
            raise Refused(f"node {index} has no finite place", where=document.name)
        if node.mesh is not None:
            yield node.mesh, matrix
        waiting.extend((child, matrix) for child in reversed(node.children))


def _local(node: Node) -> Matrix:
    if node.matrix is not None:
        return np.array(node.matrix, np.float64).reshape(4, 4).T
    x, y, z, w = np.array(node.rotation, np.float64) / (np.linalg.norm(node.rotation) or 1.0)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    out = np.eye(4)
    out[:3, :3] = turn * np.array(node.scale, np.float64)
    out[:3, 3] = node.translation
    return out


def _joined(parts: list[_Placed], materials: tuple[Material, ...], notes: Materials) -> Surface:
    """One vertex list for all parts. What only some have is filled in: white, zero UVs, normals later."""
    starts = np.cumsum([0, *(len(part.arrays.positions) for part in parts)])
    sets = max((len(_uvs(part, notes)) for part in parts), default=0)
    with_colours = any(part.arrays.colours is not None for part in parts)
    with_normals = any(part.arrays.normals is not None for part in parts)
    positions, triangles, normals = [], [], []
    for part, start in zip(parts, starts, strict=False):
        linear = part.matrix[:3, :3]
        points = part.arrays.positions.astype(np.float64) @ linear.T + part.matrix[:3, 3]
        faces = part.arrays.triangles
        mirrored = np.linalg.det(linear) < 0
        positions.append(points)
        triangles.append((faces[:, ::-1] if mirrored else faces) + start)
        if with_normals:
            normals.append(_normals(part, linear))
        if part.arrays.cut_indices:
            notes.note("gltf-indices-cut", count=part.arrays.cut_indices)
    uvs = tuple(
        np.concatenate([_padded(_uvs(part, notes), n, len(part.arrays.positions)) for part in parts])
        for n in range(sets)
    )
    colours = [
        np.full((len(part.arrays.positions), 4), 255, np.uint8)
        if part.arrays.colours is None
        else part.arrays.colours
        for part in parts
        if with_colours
    ]
    return assemble.surface(
        name=notes.document.name,
        source_format="gltf",
        positions=np.concatenate(positions),
        triangles=np.concatenate(triangles).astype(np.int32),
        material_of=np.repeat(
            np.array([part.material for part in parts], np.int32), [len(faces) for faces in triangles]
        ),
        materials=materials,
        normals=np.concatenate(normals) if with_normals else None,
        uvs=uvs,
        colours=np.concatenate(colours) if colours else None,
        findings=tuple(notes.findings),
    )


def _uvs(part: _Placed, notes: Materials) -> list[NDArray[np.float32]]:
    if not part.read.uvs:
        return [part.arrays.uvs[n] for n in sorted(part.arrays.uvs)]
    out = []
    for source in part.read.uvs:
        given = part.arrays.uvs.get(source.tex_coord)
        if given is None:
            given = np.zeros((len(part.arrays.positions), 2), np.float32)
            notes.note("uvs-incomplete", vertices=len(given))
        out.append(source.apply(given))
    return out


def _padded(uvs: list[NDArray[np.float32]], n: int, vertices: int) -> NDArray[np.float32]:
    return uvs[n] if n < len(uvs) else np.zeros((vertices, 2), np.float32)


def _normals(part: _Placed, linear: Matrix) -> NDArray[np.float32]:
    """Normals in the world, by cofactors: right under uneven scale and mirroring; zeros if none are given."""
    given = part.arrays.normals
    if given is None:
        return np.zeros((len(part.arrays.positions), 3), np.float32)
    a, b, c = linear.T
    cofactor = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    turned = given.astype(np.float64) @ cofactor.T * (-1.0 if np.linalg.det(linear) < 0 else 1.0)
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    out: NDArray[np.float32] = (turned / np.where(length > 0, length, 1)).astype(np.float32)
    return out
