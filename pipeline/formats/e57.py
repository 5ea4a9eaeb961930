"""E57 (ASTM E2807): several scans in one file, each with its pose, read by libE57Format in blocks.

A scan's points stand in the scanner's own frame; its pose (a unit quaternion and a translation in metres)
brings them into the file's. The scanner stood where the pose puts the scan's origin: that is known of scans
that are a grid of rows and columns, and of others whose pose moves them; a merged cloud has neither.

pye57's own reader takes a whole scan at once and asks for memory by the count that the file claims, so the
library below it is used directly.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.cloud import Cloud
from pipeline.progress import report

from . import assemble, limits
from .foreign import guarded
from .gather import Gathering

_CARTESIAN = ("cartesianX", "cartesianY", "cartesianZ")
_SPHERICAL = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
_COLOURS = ("colorRed", "colorGreen", "colorBlue")
_INVALID = ("cartesianInvalidState", "sphericalInvalidState")
_NO_COLOUR = "isColorInvalid"

Columns = dict[str, NDArray[np.float64]]


def read_e57(path: Path) -> Cloud:
    """Reads all scans of an E57 file into one frame.

    Gives:
        A Cloud in metres; where positions of the scanner are known they are its ``sensors``.

    Raises:
        Refused: no E57 file, damaged, or without a point that was measured.
    """
    name = path.name
    gathering, invalid, intensities = Gathering(name), 0, False
    libe57: Any = importlib.import_module("pye57.libe57")

    with guarded("E57", name):
        file = libe57.ImageFile(str(path), "r")
        try:
            scans = file.root()["data3D"]
            total = sum(scans[i]["points"].childCount() for i in range(len(scans)))
            assemble.packed_points(total, path.stat().st_size, name=name)
            done = 0
            for index in range(len(scans)):
                scan = _Scan(scans[index], libe57, name)
                intensities |= scan.has_intensities
                sensor = gathering.stand(scan.translation) if scan.seen_from_origin else -1
                for columns in scan.blocks(file):
                    rows = len(next(iter(columns.values())))
                    measured = scan.measured(columns, rows)
                    invalid += int(rows - measured.sum())
                    done += rows
                    colours = scan.colours(columns, rows)
                    gathering.add(
                        scan.placed(columns)[measured],
                        colours=None if colours is None else colours[measured],
                        sensor=sensor,
                    )
                    report(done, total, "points")
            if done < total:
                raise Refused(
                    f"the file ends after {done} of its {total} points",
                    where=name,
                    do="copy or export it again",
                )
        finally:
            file.close()
    findings = (Finding("points-invalid", "info", {"points": invalid}),) if invalid else ()
    cloud = gathering.cloud(source_format="e57", unit="m", findings=findings)
    return cloud.noting("points-only-intensity") if intensities and cloud.colours is None else cloud


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the file: an E57 file holds everything."""
    return (path,)


class _Scan:
    """One scan of the file: its fields, pose and scale of colours."""

    def __init__(self, node: Any, libe57: Any, name: str) -> None:
        self.node, self.libe57 = node, libe57
        prototype = libe57.StructureNode(node["points"].prototype())
        fields = {prototype.get(i).elementName() for i in range(prototype.childCount())}
        axes = next((a for a in (_CARTESIAN, _SPHERICAL) if fields.issuperset(a)), None)
        if axes is None:
            raise Refused("a scan of the file has no coordinates", where=name, do="export it again")
        self.axes = axes
        self.has_colours = fields.issuperset(_COLOURS)
        self.has_intensities = "intensity" in fields
        wanted = (*axes, *_INVALID, *((*_COLOURS, _NO_COLOUR) if self.has_colours else ()))
        self.fields = tuple(one for one in wanted if one in fields)
        self.limits = _colour_limits(node) if self.has_colours else None
        has_pose = node.isDefined("pose")
        self.rotation = _rotation(node["pose"]) if has_pose else np.eye(3)
        self.translation = _translation(node["pose"]) if has_pose else np.zeros(3)
        is_grid = {"rowIndex", "columnIndex"} <= fields or axes is _SPHERICAL
        self.seen_from_origin = is_grid or bool(self.translation.any())

    def blocks(self, file: Any) -> Iterator[Columns]:
        """Gives the points, some at a time; all as doubles, which the library converts to."""
        most = limits.POINTS_AT_A_TIME
        columns = {field: np.empty(most, np.float64) for field in self.fields}
        buffers = self.libe57.VectorSourceDestBuffer()
        for field, column in columns.items():
            buffers.append(self.libe57.SourceDestBuffer(file, field, column, most, True, True))
        reader = self.node["points"].reader(buffers)
        try:
            while count := reader.read():
                yield {field: column[:count] for field, column in columns.items()}
        finally:
            reader.close()

    def measured(self, columns: Columns, rows: int) -> NDArray[np.bool_]:
        """Says which points were measured: 0 of the state, as 1 has a direction and no distance; and not in
        the scanner itself."""
        sound = np.zeros(rows, bool)
        for axis in self.axes if self.axes is _CARTESIAN else self.axes[:1]:
            sound |= columns[axis] != 0
        for field in _INVALID:
            if field in columns:
                sound &= columns[field] == 0
        return sound

    def placed(self, columns: Columns) -> NDArray[np.float64]:
        """Gives the points in the file's frame, (N, 3)."""
        a, b, c = (columns[axis] for axis in self.axes)
        if self.axes is _SPHERICAL:  # range, azimuth, elevation above the XY plane, in radians
            a, b, c = a * np.cos(c) * np.cos(b), a * np.cos(c) * np.sin(b), a * np.sin(c)
        return np.column_stack((a, b, c)) @ self.rotation.T + self.translation

    def colours(self, columns: Columns, rows: int) -> NDArray[Any] | None:
        """Gives colours as bytes with alpha 0 where there is none; as they stand where no limits are said."""
        if not self.has_colours:
            return None
        rgb = np.column_stack([columns[c] for c in _COLOURS]).astype(np.float32)
        if self.limits is None:
            return rgb
        low, high = self.limits
        out = np.full((rows, 4), 255, np.uint8)
        out[:, :3] = np.clip(np.rint((rgb - low) * (255 / (high - low))), 0, 255)
        if _NO_COLOUR in columns:
            out[columns[_NO_COLOUR] != 0] = 0
        return out


def _colour_limits(node: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Lowest and highest value of red, green and blue, each (3,), None where the file does not say."""
    if not node.isDefined("colorLimits"):
        return None
    said = node["colorLimits"]
    names = [f"{colour}{end}" for end in ("Minimum", "Maximum") for colour in _COLOURS]
    if not all(said.isDefined(one) for one in names):
        return None
    values = np.array([float(said[one].value()) for one in names], np.float32).reshape(2, 3)
    return (values[0], values[1]) if bool((values[1] > values[0]).all()) else None


def _rotation(pose: Any) -> NDArray[np.float64]:
    """The matrix of a pose's quaternion; none is no turn."""
    if not pose.isDefined("rotation"):
        return np.eye(3)
    w, x, y, z = (float(pose["rotation"][axis].value()) for axis in "wxyz")
    length = float(np.sqrt(w * w + x * x + y * y + z * z))
    if not (np.isfinite(length) and length > 1e-12):
        return np.eye(3)
    w, x, y, z = w / length, x / length, y / length, z / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _translation(pose: Any) -> NDArray[np.float64]:
    if not pose.isDefined("translation"):
        return np.zeros(3)
    found = np.array([float(pose["translation"][axis].value()) for axis in "xyz"])
    return found if bool(np.isfinite(found).all()) else np.zeros(3)
