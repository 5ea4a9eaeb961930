"""Small clouds whose answers are known, and files of them, written by the libraries of others."""

from __future__ import annotations

from pathlib import Path

import laspy
import numpy as np
import pye57

from pipeline.matter.cloud import Cloud


def ball(count=4000, radius=1.0, seed=1):
    """Points evenly by chance on a sphere about the origin."""
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return radius * points / np.linalg.norm(points, axis=1)[:, None]


def visible(points, sensor):
    """Which points of a ball about the origin a sensor sees."""
    return (points * (np.asarray(sensor, float) - points)).sum(axis=1) > 0


def cloud(points, **more):
    return Cloud(np.array(points, np.float64), **more)


def halves(points):
    """Colours of a ball: red above, blue below."""
    colours = np.full((len(points), 4), 255, np.uint8)
    colours[:, :3] = np.where(points[:, 2:] > 0, (200, 40, 30), (30, 60, 190))
    return colours


def turned_about_x(degrees=90.0):
    """A quaternion (w, x, y, z) and its matrix."""
    half = np.radians(degrees) / 2
    c, s = np.cos(2 * half), np.sin(2 * half)
    return np.array([np.cos(half), np.sin(half), 0, 0]), np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def write_e57(path: Path, scans) -> Path:
    """Writes an E57 file. A scan is (points in the file's frame, translation, colours or None, further
    columns); each is turned by 90 degrees about X in its own frame."""
    path.unlink(missing_ok=True)
    quaternion, matrix = turned_about_x()
    file = pye57.E57(str(path), mode="w")
    for points, translation, colours, columns in scans:
        own = (np.asarray(points) - translation) @ matrix
        data = {f"cartesian{axis}": np.ascontiguousarray(own[:, i]) for i, axis in enumerate("XYZ")}
        if colours is not None:
            data |= {
                f"color{name}": np.ascontiguousarray(colours[:, i])
                for i, name in enumerate(("Red", "Green", "Blue"))
            }
        file.write_scan_raw(data | columns, rotation=quaternion, translation=np.asarray(translation, float))
    file.close()
    return path


def write_las(path: Path, points, *, colours=None, kind=3, vlrs=(), **columns) -> Path:
    """Writes a LAS or LAZ file, by its suffix; colours (N, 3) of 16 bits."""
    header = laspy.LasHeader(point_format=kind, version="1.4" if kind > 5 else "1.2")
    header.scales, header.offsets = [1e-5] * 3, np.floor(np.asarray(points).min(axis=0))
    header.vlrs.extend(vlrs)
    las = laspy.LasData(header)
    las.x, las.y, las.z = np.asarray(points).T
    if colours is not None:
        las.red, las.green, las.blue = np.asarray(colours).T
    for name, values in columns.items():
        setattr(las, name, values)
    las.write(str(path))
    return path


def codes(thing):
    return {finding.code: finding.figures for finding in thing.findings}
