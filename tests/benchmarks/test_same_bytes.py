"""The share of the triangles at which a peer's file takes the bytes of ours."""

from __future__ import annotations

import pytest

from benchmarks.same_bytes import NEAR, ratio_for


class Peer:
    """Writes files of a fixed part (the texture) and one that grows with the triangles, not quite evenly."""

    def __init__(self, fixed: int, growing: int) -> None:
        self.fixed, self.growing, self.last = fixed, growing, 0.0

    def bytes_of(self, ratio: float) -> int:
        self.last = ratio
        return int(self.fixed + self.growing * ratio**1.15)


@pytest.mark.parametrize("aim", [20_000, 60_000, 110_000])
def test_it_is_found_within_a_few_files_and_the_last_one_is_it(aim: int) -> None:
    peer = Peer(8_000, 140_000)
    ratio = ratio_for(peer.bytes_of, aim, 0.4, peer.bytes_of(0.4))
    assert ratio == peer.last
    assert NEAR[0] * aim <= peer.bytes_of(peer.last) <= NEAR[1] * aim


def test_the_whole_scan_is_given_where_even_that_takes_fewer_bytes() -> None:
    peer = Peer(100_000, 100_000)
    assert ratio_for(peer.bytes_of, 400_000, 0.3, peer.bytes_of(0.3)) == 1.0


def test_there_is_none_where_the_texture_alone_takes_more() -> None:
    peer = Peer(300_000, 100_000)
    assert ratio_for(peer.bytes_of, 150_000, 0.3, peer.bytes_of(0.3)) is None
