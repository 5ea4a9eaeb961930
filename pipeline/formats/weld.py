"""Rows that are equal become one: vertices of an STL, corners of an OBJ, in the order in which they first
appear.

Rows of integers are packed into 64-bit keys, because sorting those is some ten times faster than sorting rows
(3 M corners: 0.5 s against 5 s with ``np.unique(axis=0)``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def distinct(*columns: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Finds the distinct rows of integer columns, each (N,).

    Returns:
        ``first``, (K,) int64: where each distinct row stands for the first time, ascending;
        ``which``, (N,) int32: for each row the index of its like in ``first``.
    """
    key = _ranked(columns[0])
    for column in columns[1:]:
        other = _ranked(column)
        span = int(other.max()) + 1 if len(other) else 1
        if len(key) and (int(key.max()) + 1) * span > 2**63 - 1:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64, copy=False)
        key = key * span + other
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return first[order].astype(np.int64, copy=False), rank[which]


def bits(values: NDArray[np.float32]) -> tuple[NDArray[np.int64], ...]:
    """Gives the columns of (N, C) float32 as integers that are equal where the numbers are (0 equals −0)."""
    clean = np.ascontiguousarray(values, np.float32) + np.float32(0)
    return tuple(clean[:, c].copy().view(np.uint32).astype(np.int64) for c in range(values.shape[1]))


def _ranked(column: NDArray[Any]) -> NDArray[np.int64]:
    """The column as non-negative int64; replaced by ranks where the numbers are too large to be packed."""
    values = column.astype(np.int64, copy=False)
    low = int(values.min()) if len(values) else 0
    if low < 0:
        values = values - low
    if len(values) and int(values.max()) >= 2**32:
        return np.unique(values, return_inverse=True)[1].astype(np.int64, copy=False)
    return values
