"""meshoptimizer's codecs: the order that compresses well, buffers of EXT/KHR_meshopt_compression, filters."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.node import worker

Mode = Literal["ATTRIBUTES", "TRIANGLES", "INDICES"]
Filter = Literal["NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR"]
Version = Literal[0, 1]
"""0 is what EXT_meshopt_compression allows, 1 what KHR_meshopt_compression does; never mixed in a file."""


def optimise_order(
    triangles: NDArray[np.int32], vertices: int, *, for_size: bool = True
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Gives the triangles in the order of a vertex cache and the vertices in the order of first use.

    Args:
        triangles: (T, 3) int32.
        vertices: how many vertices there are.
        for_size: order for the codec (strips) rather than for the GPU alone.

    Returns:
        (T, 3) int32 renumbered triangles and (v,) int64: which old vertex each new one is (unused left out).
    """
    if not len(triangles):
        return triangles, np.zeros(0, np.int64)
    data = np.ascontiguousarray(triangles, dtype="<u4").tobytes()
    result, (indices, remap) = worker().call("reorder", {"forSize": for_size}, [data])
    new_of_old = np.frombuffer(remap, "<u4")[:vertices]
    used = np.flatnonzero(new_of_old != 0xFFFFFFFF)
    order = np.empty(result["unique"], np.int64)
    order[new_of_old[used]] = used
    return np.frombuffer(indices, "<u4").reshape(-1, 3).astype(np.int32), order


def encode_buffer(data: bytes, *, count: int, stride: int, mode: Mode, version: Version = 0) -> bytes:
    """Encodes ``count`` elements of ``stride`` bytes (multiples of 4 for ATTRIBUTES, 2 or 4 for indices)."""
    assert len(data) == count * stride
    return worker().call(
        "encode", {"count": count, "stride": stride, "mode": mode, "version": version}, [data]
    )[1][0]


def decode_buffer(data: bytes, *, count: int, stride: int, mode: Mode, filter: Filter = "NONE") -> bytes:
    """Decodes a buffer of either version.

    Raises:
        Failed: the data is not what its header says.
    """
    parameters = {"count": count, "stride": stride, "mode": mode, "filter": filter}
    return worker().call("decode", parameters, [data], limit_s=120)[1][0]


def apply_filter(
    values: NDArray[np.float32],
    filter: Filter,
    *,
    stride: int,
    bits: int,
    share: Literal["Separate", "SharedVector", "SharedComponent", "Clamped"] = "SharedVector",
) -> bytes:
    """Packs floats for a filter: OCTAHEDRAL, QUATERNION, COLOR take (N, 4), EXPONENTIAL (N, stride / 4)."""
    data = np.ascontiguousarray(values, dtype="<f4").tobytes()
    parameters = {"count": len(values), "stride": stride, "filter": filter, "bits": bits, "share": share}
    return worker().call("filter", parameters, [data])[1][0]
