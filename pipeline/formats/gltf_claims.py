"""How much a glTF may ask for: what the bytes that it really has can honestly hold.

A few bytes become very many vertices in three ways: compressed data that unpacks without end, data that many
views, primitives or nodes name again, and indices that draw the same vertices over and over. All are counted
as vertices, before anything is unpacked where the file says the count. A mesh read takes about 75 bytes a
vertex: by the figures below no file takes more than 300 bytes of memory for each of its own, or 150 MB.
"""

from __future__ import annotations

from pipeline.errors import Refused
from pipeline.formats import limits
from pipeline.formats.gltf_container import Document, Stretch

FREE_VERTICES = 2_000_000
"""What any file may draw, however small it is: 150 MB once read."""

VERTICES_A_BYTE = 4
"""What a byte of the buffers may become. Real scans have 0.10 to 0.15 by meshopt and 0.26 by Draco (bust of
25,000 vertices, 10 and 14 bits), a smooth made surface of 250,000 has 0.39 and 4.4. Only sheets pass that,
flat and regular (Draco 19), and up to :data:`FREE_VERTICES` they may."""

REPEATS_MAX = 16
"""How often, on the whole, what is stored may be drawn."""

BYTES_A_VERTEX = 64
"""Unpacked: position, normal, two sets of UVs and a colour in single precision are 56."""


def vertices_max(document: Document) -> int:
    """Gives how many vertices the bytes opened so far may hold."""
    held = VERTICES_A_BYTE * document.stored_bytes
    return min(limits.VERTICES_MAX, max(FREE_VERTICES, held))


def hold_unpacked(document: Document, more_bytes: int) -> None:
    """Counts data that is about to be unpacked.

    Raises:
        Refused: all together are more than the file's size can hold.
    """
    document.unpacked_bytes += more_bytes
    most = BYTES_A_VERTEX * vertices_max(document)
    if document.unpacked_bytes > most:
        raise Refused(
            f"its compressed data claims {document.unpacked_bytes} bytes, {most} are allowed for its size",
            where=document.name,
        )


class Drawn:
    """The vertices that a scene draws, held against those that are stored."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._stored: dict[Stretch, int] = {}
        self._drawn = self._all_stored = 0

    def check(self, vertices: int, stretch: Stretch | None) -> None:
        """Refuses a part that would be too much; ``stretch`` is where its data lies, None where it has none.

        Raises:
            Refused: with it the scene draws more than the file can hold.
        """
        stored = self._all_stored + self._new(vertices, stretch)
        most = min(vertices_max(self._document), max(FREE_VERTICES, REPEATS_MAX * stored))
        if self._drawn + vertices > most:
            raise Refused(f"its nodes draw more than {most} vertices", where=self._document.name)

    def add(self, vertices: int, stretch: Stretch | None) -> None:
        """As :meth:`check`, and counts the part."""
        self.check(vertices, stretch)
        self._drawn += vertices
        self._all_stored += self._new(vertices, stretch)
        if stretch is not None:
            self._stored[stretch] = max(self._stored.get(stretch, 0), vertices)

    def _new(self, vertices: int, stretch: Stretch | None) -> int:
        return 0 if stretch is None else max(0, vertices - self._stored.get(stretch, 0))
