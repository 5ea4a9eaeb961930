"""Three lines that visitors come by, and the seconds that a level needs on each until its form is there.

A level's seconds are one round trip, its bytes on the wire, and the decode on a device of the line's kind.
The page itself is here already (it is the same for all), and a picture's decode is left out (it too is). On
the first model of a visit Draco's decoder must come as well: the page sees from the model's header that it is
needed, fetches one script, which then fetches two files side by side: two round trips more. meshopt's decoder
is in the page's own script.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.decode.browser import RATES, Times
from benchmarks.decode.levels import Coded

TRIPS = 2
"""Round trips until Draco's decoder is there."""


@dataclass(frozen=True)
class Line:
    """A connection and the device at its end, ``rate`` times slower than this machine."""

    name: str
    mbit_s: float
    trip_ms: float
    rate: int

    def ms_of(self, count: int) -> float:
        """Gives the milliseconds that so many bytes are on the wire."""
        return count * 8 / self.mbit_s / 1000


LINES = (
    Line("village 3G, cheap phone (6×)", 1.6, 300, 6),
    Line("4G, middling phone (4×)", 10, 60, 4),
    Line("van's Wi-Fi, panel (4×)", 50, 5, 4),
)


@dataclass(frozen=True)
class Row:
    """One level by one codec, measured."""

    coded: Coded
    times: Times
    start: Times
    """Of the first model of a visit, by the same decoder."""
    start_again: Times
    """Of that model again, when everything is there."""

    @property
    def decoder_bytes(self) -> int:
        """What must come over the wire before the first model can be decoded."""
        return sum(self.start.others.values())

    def decode_ms(self) -> tuple[float, ...]:
        """Gives the milliseconds from bytes to geometry at each rate, the decoder at hand."""
        return tuple(self.times.ms(rate) for rate in RATES)

    def best_ms(self) -> tuple[float, ...]:
        """Gives the same of the quickest decodes."""
        return tuple(self.times.best_ms(rate) for rate in RATES)

    def seconds(self, line: Line, *, first: bool = False, best: bool = False) -> float:
        """Gives the seconds until the form is there, on the first model of a visit or on later ones, by the
        median or by the quickest decodes.
        """
        decode = self.times.best_ms(line.rate) if best else self.times.ms(line.rate)
        spent = line.trip_ms + line.ms_of(self.coded.wire) + decode
        if first:
            spent += max(0.0, self.start.ms(line.rate) - self.start_again.ms(line.rate))
            if self.decoder_bytes:
                spent += TRIPS * line.trip_ms + line.ms_of(self.decoder_bytes)
        return spent / 1000
