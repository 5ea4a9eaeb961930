"""The last stretch of every reader of clouds: blocks of points, kept within a fixed memory, become a Cloud.

Nothing is allocated for what a file claims. Blocks are collected as they come; when there are more than
:data:`limits.POINTS_KEPT_MAX` points, one point stays in each cell of a grid and the rest go, which is noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter import grid
from pipeline.matter.cloud import Cloud

from . import assemble, limits


@dataclass(frozen=True, slots=True)
class _Block:
    """Points of one kind: all with colours or none, seen from one place."""

    positions: NDArray[np.float64]
    colours: NDArray[Any] | None
    normals: NDArray[np.float32] | None
    sensor: NDArray[np.int32]


class Gathering:
    """Collects the points of one file.

    Args:
        name: of the file, for refusals.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.sensors: list[NDArray[np.float64]] = []
        self._blocks: list[_Block] = []
        self._kept = self._read = self._unsound = self._zero = 0
        self._edge = 0.0

    def add(
        self,
        positions: NDArray[np.float64],
        *,
        colours: NDArray[Any] | None = None,
        normals: NDArray[Any] | None = None,
        sensor: int = -1,
    ) -> None:
        """Takes a block of points; those without a finite position, and those at exactly 0 0 0, where
        programs write what was not measured, are counted and left out.

        Args:
            positions: (N, 3).
            colours: (N, 3) numbers as the file has them (:meth:`cloud` finds out their scale) or (N, 4) uint8
                with alpha 0 where a point has none.
            normals: (N, 3) of any length; zero where a point has none.
            sensor: index into ``sensors`` of the place that the block was seen from, -1 if not known.
        """
        finite = np.isfinite(positions).all(axis=1)
        sound = finite & (positions != 0).any(axis=1)
        self._read += len(positions)
        self._unsound += int(len(positions) - finite.sum())
        self._zero += int(finite.sum() - sound.sum())
        if not sound.any():
            return
        every = bool(sound.all())

        def pick(values: NDArray[Any]) -> NDArray[Any]:
            return np.ascontiguousarray(values if every else values[sound])

        block = _Block(
            pick(positions).astype(np.float64, copy=False),
            None if colours is None else pick(colours),
            None if normals is None else pick(normals).astype(np.float32, copy=False),
            np.full(int(sound.sum()), sensor, np.int32),
        )
        self._blocks.append(block)
        self._kept += len(block.positions)
        if self._kept > limits.POINTS_KEPT_MAX:
            self._thin()

    def stand(self, place: NDArray[np.float64]) -> int:
        """Takes a place where the scanner stood, (3,); gives its number, -1 for one that is no place.

        Raises:
            Refused: more places than any survey has.
        """
        if not np.isfinite(place).all():
            return -1
        assemble.count("positions of a scanner", len(self.sensors) + 1, limits.SENSORS_MAX, name=self.name)
        self.sensors.append(np.asarray(place, np.float64).reshape(3))
        return len(self.sensors) - 1

    def cloud(self, *, source_format: str, unit: str = "", findings: tuple[Finding, ...] = ()) -> Cloud:
        """Gives the cloud of everything that was taken.

        Raises:
            Refused: there is no point with a position.
        """
        if not self._blocks:
            what = "none of the file's points has a position" if self._read else "the file holds no points"
            raise Refused(what, where=self.name, do="export the cloud again")
        self._blocks = _alike(self._blocks)
        whole = _joined(self._blocks)
        self._blocks = [whole]
        noted = list(findings)
        if self._unsound:
            noted.append(Finding("points-not-finite", "info", {"points": self._unsound}))
        if self._zero:
            noted.append(Finding("points-at-zero", "info", {"points": self._zero}))
        if self._edge:
            figures: dict[str, float | int | str] = {"points": self._read, "kept": len(whole.positions)}
            noted.append(Finding("points-thinned-reading", "info", figures))
        known = self.sensors and bool((whole.sensor >= 0).any())
        return Cloud(
            positions=whole.positions,
            normals=None if whole.normals is None else _unit(whole.normals),
            colours=_colours(whole.colours),
            seen_from=whole.sensor if known else None,
            sensors=np.array(self.sensors).reshape(-1, 3) if known else np.empty((0, 3)),
            unit=unit,
            source_format=source_format,
            findings=tuple(noted),
        )

    def _thin(self) -> None:
        whole = _joined(_alike(self._blocks))
        self._edge = grid.edge_for(whole.positions, limits.POINTS_KEPT_MAX // 2, self._edge)
        kept = grid.one_a_cell(whole.positions, self._edge)
        self._blocks = [
            _Block(
                whole.positions[kept],
                None if whole.colours is None else whole.colours[kept],
                None if whole.normals is None else whole.normals[kept],
                whole.sensor[kept],
            )
        ]
        self._kept = len(kept)


def _alike(blocks: list[_Block]) -> list[_Block]:
    """Gives blocks that all have colours and normals where one of them has."""
    kinds = {0 if b.colours is None else b.colours.shape[1] for b in blocks}
    # some positions of the scanner took no photographs: only an alpha can say so
    as_bytes = len(kinds) > 1
    most = max(
        (_most(b.colours) for b in blocks if b.colours is not None and b.colours.shape[1] == 3), default=0
    )
    with_normals = any(b.normals is not None for b in blocks)

    def colours(block: _Block) -> NDArray[Any] | None:
        if block.colours is None:
            return np.zeros((len(block.positions), 4), np.uint8) if as_bytes else None
        return _scaled(block.colours, most) if as_bytes and block.colours.shape[1] == 3 else block.colours

    def normals(block: _Block) -> NDArray[np.float32] | None:
        if block.normals is None and with_normals:
            return np.zeros((len(block.positions), 3), np.float32)
        return block.normals

    return [_Block(b.positions, colours(b), normals(b), b.sensor) for b in blocks]


def _joined(blocks: list[_Block]) -> _Block:
    if len(blocks) == 1:
        return blocks[0]
    first = blocks[0]
    return _Block(
        np.concatenate([b.positions for b in blocks]),
        None if first.colours is None else np.concatenate([b.colours for b in blocks]),
        None if first.normals is None else np.concatenate([b.normals for b in blocks]),
        np.concatenate([b.sensor for b in blocks]),
    )


def _colours(values: NDArray[Any] | None) -> NDArray[np.uint8] | None:
    """Colours as bytes; none where every one is black or has none: formats have the columns without using
    them."""
    if values is None:
        return None
    if values.shape[1] == 3:
        values = _scaled(values, _most(values))
    return values if (values[:, :3].any() and values[:, 3].any()) else None


def _most(values: NDArray[Any]) -> float:
    """The largest number of a block of colours, whatever in it is none."""
    return float(np.fmax.reduce(values, axis=None, initial=0))


def _scaled(values: NDArray[Any], most: float) -> NDArray[np.uint8]:
    """Gives (N, 3) numbers as (N, 4) bytes. No file says its scale: fractions of one, bytes or 16 bits,
    whichever the largest number of the file asks for."""
    full = 1.0 if values.dtype.kind == "f" and most <= 1 else 255.0 if most <= 255 else 65535.0
    out = np.full((len(values), 4), 255, np.uint8)
    for axis in range(3):
        column = np.nan_to_num(values[:, axis].astype(np.float32), nan=0.0, posinf=full, neginf=0.0)
        out[:, axis] = np.clip(np.rint(column * (255.0 / full)), 0, 255).astype(np.uint8)
    return out


def _unit(normals: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Normals of length one; None where any point lacks one, as a part of them helps nobody."""
    with np.errstate(invalid="ignore", over="ignore"):
        length = np.linalg.norm(normals, axis=1)
    if not (np.isfinite(length) & (length > 1e-20)).all():
        return None
    return np.ascontiguousarray(normals / length[:, None], np.float32)
