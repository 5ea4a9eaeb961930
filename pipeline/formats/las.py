"""LAS 1.0 to 1.4 and LAZ (ASPRS LAS specification 1.4 R15), read by laspy and lazrs in blocks.

Coordinates are whole numbers times a scale plus an offset; the unit is said by the coordinate system where
there is one (GeoTIFF keys or WKT), else nobody says it. Points that were classified as noise (7, 18) or
withheld are left out and counted. Colours have 16 bits; many programs write 8 into them.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.cloud import Cloud
from pipeline.progress import report

from . import limits
from .foreign import guarded
from .gather import Gathering
from .las_header import read_las_head

_NOISE = (7, 18)
"""Low and high noise, ASPRS standard point classes."""
_MODEL_KEY, _GEOGRAPHIC, _UNIT_KEY = 1024, 2, 3076
_UNITS = {9001: "m", 9002: "ft", 9003: "ft"}
"""EPSG units of length. The US survey foot differs from the foot by 2 parts in a million, 1 mm in 500 m."""
_LENGTHS = ((1.0, "m"), (0.3048, "ft"), (0.01, "cm"), (0.001, "mm"))
_GEOGRAPHIC_WKT = re.compile(r"\b(GEOGCS|GEOGCRS|GEODCRS)\s*\[")
_PROJECTED_WKT = re.compile(r"\b(PROJCS|PROJCRS)\s*\[")
_WKT_UNIT = re.compile(r'(?:LENGTH)?UNIT\["([^"]*)",\s*([0-9.eE+-]+)')


def read_las(path: Path) -> Cloud:
    """Reads a LAS or LAZ file.

    Gives:
        A Cloud in the file's unit, Z up, with the unit that its coordinate system states.

    Raises:
        Refused: no LAS file, cut off, damaged, in degrees, or no point is left.
    """
    name = path.name
    head = read_las_head(path)
    gathering, noise = Gathering(name), 0
    laspy: Any = importlib.import_module("laspy")

    # on one thread: the library's own ones save a third of the time and ask for memory by the file's claims
    backend = laspy.LazBackend.Lazrs if head.packed else None
    with guarded("LAS", name), laspy.open(path, read_evlrs=False, laz_backend=backend) as file:
        header = file.header
        unit = _unit(header, name)
        coloured = {"red", "green", "blue"} <= set(header.point_format.dimension_names)
        for points in _blocks(file, head.points, name):
            kept = _wanted(points)
            noise += int(len(kept) - kept.sum())
            xyz = np.column_stack([np.asarray(points[axis], np.float64) for axis in "xyz"])
            rgb = _colours(points)[kept] if coloured else None
            gathering.add(xyz[kept], colours=rgb)
    findings = (Finding("points-noise", "info", {"points": noise}),) if noise else ()
    return gathering.cloud(source_format="las", unit=unit, findings=findings)


def files_of(path: Path) -> tuple[Path, ...]:
    """Gives the file: a LAS file needs no other."""
    return (path,)


def _blocks(file: Any, count: int, name: str) -> Iterator[Any]:
    done = 0
    for points in file.chunk_iterator(limits.POINTS_AT_A_TIME):
        if len(points) == 0:
            break
        done += len(points)
        report(done, count, "points")
        yield points
    if done < count:
        raise Refused(
            f"the file ends after {done} of its {count} points", where=name, do="copy or export it again"
        )


def _wanted(points: Any) -> NDArray[np.bool_]:
    kept: NDArray[np.bool_] = ~np.isin(np.asarray(points["classification"]), _NOISE)
    if "withheld" in points.point_format.dimension_names:
        kept &= np.asarray(points["withheld"]) == 0
    return kept


def _colours(points: Any) -> NDArray[np.uint16]:
    return np.column_stack([np.asarray(points[c], np.uint16) for c in ("red", "green", "blue")])


def _unit(header: Any, name: str) -> str:
    """The unit that the coordinate system states, empty where there is none or it is another."""
    units = [_of_record(int(vlr.record_id), vlr, name) for vlr in header.vlrs]
    return next((unit for unit in units if unit), "")


def _of_record(record: int, vlr: Any, name: str) -> str:
    if record == 34735:  # GeoKeyDirectoryTag: four numbers a key, the first four of the table itself
        data = vlr.record_data_bytes()
        table = np.frombuffer(data[: len(data) // 8 * 8], "<u2").reshape(-1, 4)[1:]
        keys = {int(key): int(value) for key, location, _, value in table if location == 0}
        _no_degrees(keys.get(_MODEL_KEY) == _GEOGRAPHIC, name)
        return _UNITS.get(keys.get(_UNIT_KEY, 0), "")
    if record == 2112:
        return _of_wkt(bytes(vlr.record_data_bytes()).decode("utf-8", "replace"), name)
    return ""


def _of_wkt(text: str, name: str) -> str:
    """The unit of the axes in a coordinate system as well-known text: its first unit that is a length. In the
    newer spelling ellipsoid and parameters have units too, and the axes come after ``CS[Cartesian``."""
    _no_degrees(bool(_GEOGRAPHIC_WKT.search(text)) and not _PROJECTED_WKT.search(text), name)
    axes = text.split("CS[Cartesian", 1)[-1]
    sizes = [float(size) for _, size in _WKT_UNIT.findall(axes) if _is_number(size)]
    lengths = [size for size in sizes if not 0.017 < size < 0.018]  # a degree in radians
    return next((unit for size, unit in _LENGTHS if lengths and abs(lengths[0] - size) < 1e-5), "")


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _no_degrees(degrees: bool, name: str) -> None:
    if degrees:
        raise Refused(
            "the coordinates are degrees of longitude and latitude",
            where=name,
            do="export the cloud in a projected coordinate system in metres",
        )
