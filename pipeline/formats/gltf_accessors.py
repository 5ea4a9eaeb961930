"""glTF's numbers: accessors over buffer views, plain or meshopt-compressed, sparse, normalised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Failed, Refused
from pipeline.formats.gltf_claims import hold_unpacked
from pipeline.formats.gltf_container import Document, Stretch
from pipeline.formats.gltf_types import Accessor, BufferView, MeshoptView

DTYPES: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}

UNBACKED_MAX_BYTES = 64 << 20
"""Of an accessor without data of its own (zeros but for a sparse part): it costs the file nothing."""

RATIO_MAX = 4096
"""Of meshopt's decoded to its coded bytes; the codec itself cannot pass about 1,100."""


def integers(document: Document, index: int) -> NDArray[np.int64]:
    """Gives a SCALAR accessor of unsigned integers, (N,) int64."""
    accessor = document.item(document.gltf.accessors, index, "accessor")
    if accessor.type != "SCALAR" or accessor.component_type not in (5121, 5123, 5125):
        raise Refused(f"accessor {index} cannot be indices", where=document.name)
    return raw(document, index)[:, 0].astype(np.int64)


def floats(document: Document, index: int, components: tuple[int, ...]) -> NDArray[np.float32]:
    """Gives an accessor as (N, n) float32, integers normalised where it says so, n one of ``components``."""
    accessor = document.item(document.gltf.accessors, index, "accessor")
    if COMPONENTS.get(accessor.type, 0) not in components:
        raise Refused(f"accessor {index} is a {accessor.type} where none is expected", where=document.name)
    return unpacked(raw(document, index), accessor.normalized)


def unpacked(values: NDArray[Any], normalized: bool) -> NDArray[np.float32]:
    """Gives stored values as what they mean (glTF 2.0, 3.11)."""
    if not normalized or values.dtype.kind == "f":
        return values.astype(np.float32)
    top = np.iinfo(values.dtype).max
    out: NDArray[np.float32] = np.maximum(values.astype(np.float32) / np.float32(top), np.float32(-1))
    return out


def raw(document: Document, index: int) -> NDArray[Any]:
    """Gives an accessor as stored, (count, components).

    Raises:
        Refused: it reaches outside of its buffer view, or claims more than it could hold.
    """
    accessor = document.item(document.gltf.accessors, index, "accessor")
    if accessor.type not in COMPONENTS:
        raise Refused(f"accessor {index} is a {accessor.type}", where=document.name)
    shape = (accessor.count, COMPONENTS[accessor.type])
    dtype = DTYPES[accessor.component_type]
    if accessor.buffer_view is None:
        if shape[0] * shape[1] * dtype.itemsize > UNBACKED_MAX_BYTES:
            raise Refused(f"accessor {index} claims {shape[0]} elements without data", where=document.name)
        values = np.zeros(shape, dtype)
    else:
        values = _strided(document, (accessor.buffer_view, accessor.byte_offset), shape, dtype, index)
    return _with_sparse(document, accessor, values, index) if accessor.sparse else values


def view(document: Document, index: int) -> tuple[memoryview, int | None]:
    """Gives a buffer view's bytes, decompressed, and its stride (None: tightly packed)."""
    entry = document.item(document.gltf.buffer_views, index, "buffer view")
    packed = _packed(document, entry)
    if packed is not None:
        lies = document.place(packed.buffer, packed.byte_offset, packed.byte_length)
        key = (lies, packed.count, packed.byte_stride, packed.mode, packed.filter)
        if key not in document.views:
            document.views[key] = _decoded(document, packed, index)
        return document.views[key], packed.byte_stride
    return document.stretch(entry.buffer, entry.byte_offset, entry.byte_length), entry.byte_stride


def place_of(document: Document, index: int) -> Stretch:
    """Gives where the bytes of a buffer view really lie, compressed or not: views may name the same."""
    entry = document.item(document.gltf.buffer_views, index, "buffer view")
    lies = _packed(document, entry) or entry
    return document.place(lies.buffer, lies.byte_offset, lies.byte_length)


def _packed(document: Document, entry: BufferView) -> MeshoptView | None:
    for name in ("KHR_meshopt_compression", "EXT_meshopt_compression"):
        packed = document.extension(entry.extensions, name, MeshoptView)
        if packed is not None:
            return packed
    return None


def _decoded(document: Document, packed: MeshoptView, index: int) -> memoryview:
    from pipeline.node import codec

    source = document.stretch(packed.buffer, packed.byte_offset, packed.byte_length)
    if packed.count * packed.byte_stride > RATIO_MAX * len(source) + 4096:
        raise Refused(
            f"buffer view {index} claims {packed.count} elements in {len(source)} bytes", where=document.name
        )
    if packed.byte_stride % 4 if packed.mode == "ATTRIBUTES" else packed.byte_stride not in (2, 4):
        raise Refused(f"buffer view {index} has a stride of {packed.byte_stride}", where=document.name)
    if packed.mode == "TRIANGLES" and packed.count % 3:
        raise Refused(f"buffer view {index} has {packed.count} indices of triangles", where=document.name)
    if packed.filter != "NONE" and (
        packed.mode != "ATTRIBUTES" or packed.byte_stride not in _FILTERED[packed.filter]
    ):
        raise Refused(f"buffer view {index} cannot have the filter {packed.filter}", where=document.name)
    hold_unpacked(document, packed.count * packed.byte_stride)
    try:
        data = codec.decode_buffer(
            bytes(source),
            count=packed.count,
            stride=packed.byte_stride,
            mode=packed.mode,
            filter=packed.filter,
        )
    except Failed as error:
        raise Refused(
            f"the compressed buffer view {index} is damaged", where=document.name, do="copy the file again"
        ) from error
    return memoryview(data)


_FILTERED = {
    "OCTAHEDRAL": (4, 8),
    "QUATERNION": (8,),
    "COLOR": (4, 8),
    "EXPONENTIAL": tuple(range(4, 257, 4)),
}


def _strided(
    document: Document, at: tuple[int, int], shape: tuple[int, int], dtype: np.dtype[Any], index: int
) -> NDArray[Any]:
    """A buffer view, from an offset, as rows of numbers."""
    view_index, offset = at
    data, stride = view(document, view_index)
    width = shape[1] * dtype.itemsize
    step = stride or width
    if step < width or offset + step * (shape[0] - 1) + width > len(data):
        raise Refused(f"accessor {index} reaches outside of its buffer view", where=document.name)
    return np.ndarray(shape, dtype, data, offset, (step, dtype.itemsize))


def _with_sparse(document: Document, accessor: Accessor, base: NDArray[Any], index: int) -> NDArray[Any]:
    sparse = accessor.sparse
    assert sparse is not None
    where, put = sparse.indices, sparse.values
    at = _strided(
        document,
        (where.buffer_view, where.byte_offset),
        (sparse.count, 1),
        DTYPES[where.component_type],
        index,
    )[:, 0].astype(np.int64)
    shape = (sparse.count, base.shape[1])
    values = _strided(document, (put.buffer_view, put.byte_offset), shape, base.dtype, index)
    if at.max() >= len(base):
        raise Refused(f"accessor {index} replaces element {at.max()} of {len(base)}", where=document.name)
    out = base.copy()
    out[at] = values
    return out
