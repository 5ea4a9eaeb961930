"""Which codec shows a level soonest to the visitor whom a wait hurts most. Not a step.

That visitor has a cheap phone on a village's 3G. Slower lines favour Draco, whose files are the smallest,
slower phones meshopt, which is decoded in no time. The figures are those of ``docs/benchmark-decode.md``, the
quickest decodes of each level, which is to Draco's advantage.

Most of Draco's time is its start: the viewer ends its worker after each model. 15,035 triangles take 91 ms
of processor in a decoder just compiled and 12 in one that has run before (Node, no browser).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Codec = Literal["meshopt", "meshopt-v1", "draco"]

LINE_BYTES_MS = 200
"""Bytes a millisecond: 1.6 Mbit/s."""
TRIP_MS = 300
"""One round trip on that line."""
KHR_PAYS = 0.08
"""``meshopt-v1`` is opened by fewer programs: it must save more than this share. Measured: 0.4 to 6.7 %."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """What a codec costs on a phone six times slower than the machine measured on.

    Attributes:
        start_ms: for each model, however small.
        triangles_ms: milliseconds for each thousand triangles.
        fetch_bytes, fetch_trips: of the decoder, before the first model of a visit.
    """

    start_ms: float
    triangles_ms: float
    fetch_bytes: int = 0
    fetch_trips: int = 0


MESHOPT = Decoder(8.8, 0.33)
DECODERS: dict[Codec, Decoder] = {
    "meshopt": MESHOPT,
    "meshopt-v1": MESHOPT,
    "draco": Decoder(203.8, 6.70, fetch_bytes=61_803, fetch_trips=2),
}


def wait_ms(codec: Codec, wire_bytes: int, triangles: int) -> float:
    """Gives the milliseconds from a level's first byte to its form, its decoder fetched before."""
    decoder = DECODERS[codec]
    line = (wire_bytes + decoder.fetch_bytes) / LINE_BYTES_MS + decoder.fetch_trips * TRIP_MS
    return line + decoder.start_ms + decoder.triangles_ms * triangles / 1000


def soonest(wire_bytes: Mapping[Codec, int], triangles: int) -> Codec:
    """Gives the codec to take, by what the server sends for the level in each.

    Draco is counted as the visit's first model: later ones wait less, but a visitor who stays for one object
    never gets that back.
    """
    plain = wire_bytes["meshopt"]
    small = wire_bytes["meshopt-v1"]
    best: Codec = "meshopt-v1" if small < plain * (1 - KHR_PAYS) else "meshopt"
    waits = {codec: wait_ms(codec, wire_bytes[codec], triangles) for codec in (best, "draco")}
    return "draco" if waits["draco"] < waits[best] else best
