"""Equal rows: what lies at one place, what is said twice. By hash and sorting, in whole columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def same_rows(*columns: NDArray[Any]) -> NDArray[np.int32]:
    """Numbers equal rows equally: (V,) int32, ids from 0 without gaps in no particular order.

    Args:
        columns: arrays of V rows each; rows are equal when their bytes are (-0.0 counts as 0.0).
    """
    parts = []
    for column in columns:
        rows = np.ascontiguousarray(column + 0.0 if column.dtype.kind == "f" else column)
        parts.append(rows.reshape(len(rows), -1).view(np.uint8))
    raw = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
    keys = hashed(raw)
    _, first, ids = np.unique(keys, return_index=True, return_inverse=True)
    if not np.array_equal(raw[first[ids]], raw):  # two rows with one 64-bit hash: practically never
        ids = np.unique(raw, axis=0, return_inverse=True)[1]
    return ids.astype(np.int32)


def first_of(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """Gives for every id (from 0, without gaps) the first place where it stands, without sorting."""
    first = np.empty(int(ids.max()) + 1 if len(ids) else 0, np.int64)
    first[ids[::-1]] = np.arange(len(ids))[::-1]  # of several values for one place the last one stays
    return first


def hashed(raw: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Gives 64 bits for each row of bytes (N, n); they sort many times faster than the rows themselves."""
    padded = np.zeros((len(raw), -(-raw.shape[1] // 8) * 8), np.uint8)
    padded[:, : raw.shape[1]] = raw
    keys = np.zeros(len(raw), np.uint64)
    for word in padded.view(np.uint64).T:
        keys = (keys ^ word) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return keys
