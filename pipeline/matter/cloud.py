"""A workpiece before it has a surface: points, with what is known of each. The step ``mesh`` makes a Surface.

As with a Surface, arrays are read-only and every change makes a new Cloud; positions are double precision in
the file's own unit and axes, because surveys lie far from their origin.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding, Level

if TYPE_CHECKING:
    from pipeline.matter.texture import Texture


def _nowhere() -> NDArray[np.float64]:
    return np.empty((0, 3), np.float64)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Cloud:
    """Points that were measured, with nothing between them.

    Attributes:
        positions: (N, 3) float64, in the file's unit and axes, all finite; at least one.
        normals: (N, 3) float32 unit normals as the file has them, or None.
        colours: (N, 4) uint8 **sRGB**, or None. Alpha 0 says that this point has no colour: some positions of
            a scanner take photographs and others do not.
        seen_from: (N,) int32 index into ``sensors`` of the place each point was measured from, -1 where that
            is not known; None where it is known of none.
        sensors: (S, 3) float64 places where the scanner stood, in the same frame as ``positions``.
        unit: the unit that the file itself states (``m``, ``ft`` …), empty where it states none.
        source_format: ``las``, ``e57``, ``ptx``, ``points``, ``ply``.
        findings: what the reader found.
    """

    positions: NDArray[np.float64]
    normals: NDArray[np.float32] | None = None
    colours: NDArray[np.uint8] | None = None
    seen_from: NDArray[np.int32] | None = None
    sensors: NDArray[np.float64] = field(default_factory=_nowhere)
    unit: str = ""
    source_format: str = ""
    findings: tuple[Finding, ...] = field(default=())

    def __post_init__(self) -> None:
        _check(self)
        for array in (self.positions, self.normals, self.colours, self.seen_from, self.sensors):
            if array is not None:
                array.setflags(write=False)

    def but(self, **changes: Any) -> Cloud:
        """Gives a copy with some fields changed."""
        return replace(self, **changes)

    def noting(self, code: str, level: Level = "info", **figures: float | int | str) -> Cloud:
        """Gives a copy with one finding more; the code's sentence stands in ``catalogue/findings.toml``."""
        return replace(self, findings=(*self.findings, Finding(code, level, figures)))

    def at(self, index: NDArray[Any]) -> Cloud:
        """Gives the cloud of some of its points, by number or by a mask of all."""
        return self.but(
            positions=self.positions[index],
            normals=None if self.normals is None else self.normals[index],
            colours=None if self.colours is None else self.colours[index],
            seen_from=None if self.seen_from is None else self.seen_from[index],
        )

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest corner of all points, each (3,), in ``positions``' unit."""
        return self.positions.min(axis=0), self.positions.max(axis=0)

    @property
    def diagonal(self) -> float:
        """Length of the bounding box's diagonal, in the unit of ``positions``."""
        low, high = self.bounds
        return float(np.linalg.norm(high - low))

    def textures(self) -> tuple[Texture, ...]:
        """None: the colours of a cloud stand at its points."""
        return ()


def _check(c: Cloud) -> None:
    """Programming errors only: readers refuse bad files before they build a Cloud."""
    count = len(c.positions)
    assert count > 0 and c.positions.shape == (count, 3) and c.positions.dtype == np.float64
    assert c.normals is None or (c.normals.shape == (count, 3) and c.normals.dtype == np.float32)
    assert c.colours is None or (c.colours.shape == (count, 4) and c.colours.dtype == np.uint8)
    assert c.sensors.ndim == 2 and c.sensors.shape[1] == 3 and c.sensors.dtype == np.float64
    if c.seen_from is not None:
        assert c.seen_from.shape == (count,) and c.seen_from.dtype == np.int32
        assert int(c.seen_from.min()) >= -1 and int(c.seen_from.max()) < len(c.sensors)
