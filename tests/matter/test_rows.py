"""Rows that are equal have one number, however the columns are laid out."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.matter import rows
from pipeline.matter.rows import first_of, same_rows


def test_equal_rows_have_one_number_and_different_ones_their_own() -> None:
    points = np.array([[1.0, 2, 3], [4, 5, 6], [1, 2, 3], [1, 2, 3.0000001]])
    a, b, c, d = same_rows(points)
    assert a == c and len({a, b, d}) == 3
    assert sorted({a, b, d}) == [0, 1, 2]


def test_minus_nought_lies_where_nought_lies_and_every_column_counts() -> None:
    points = np.array([[0.0, 1, 1], [-0.0, 1, 1]])
    assert len(set(same_rows(points).tolist())) == 1
    assert len(set(same_rows(points, np.array([7, 8], np.uint8)).tolist())) == 2


def test_rows_of_one_hash_are_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "hashed", lambda raw: np.zeros(len(raw), np.uint64))
    found = same_rows(np.array([[1, 2], [3, 4], [1, 2]], np.int32))
    assert found[0] == found[2] != found[1]


def test_the_first_place_of_each_number_is_found() -> None:
    assert first_of(np.array([2, 0, 2, 1, 0], np.int32)).tolist() == [1, 3, 0]
    assert len(first_of(np.zeros(0, np.int32))) == 0
