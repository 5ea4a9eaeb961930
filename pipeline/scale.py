"""How large one number of a scan is, where something was measured: scale bars, or targets with known places.

Each bar gives metres for one of the scan's numbers; of several the mean counts, and how far they lie apart is
told. Targets give it by least squares: from true coordinates as the scale of the best similarity (Umeyama:
Least-squares estimation of transformation parameters between two point patterns, IEEE PAMI 13, 1991), from
true distances as the ratio that leaves the least residual. The uncertainty is expanded (k = 2): the bars'
own, taken as common to all of them, and the standard error of what scatters, added in squares. Where neither
is known it stays unknown; one bar alone scatters not at all.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.catalogue import reading
from pipeline.catalogue.capture import MeasuredScale
from pipeline.catalogue.check import NUMBER_MAX
from pipeline.errors import Refused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_BYTES = 1 << 20
"""Of a file of targets; a row has some 40 bytes."""
MISFIT = 0.05
"""Targets that fit worse than this share of their extent are other targets, or their labels are exchanged."""
_SEPARATORS = ",;\t"

Point = tuple[float, float, float]


class Measured(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes:
        metres: of one of the scan's numbers.
        evidence: by what.
        count: bars, targets or distances used.
        spread_percent: between the largest and the smallest bar, or the root mean square residual, both as a
            share of the whole.
        residual_mm: root mean square of what targets are off, 0 for bars.
        uncertainty_percent: expanded (k = 2), None where nothing tells it.
    """

    metres: float
    evidence: Literal["scale-bar", "targets"]
    count: int
    spread_percent: float = 0.0
    residual_mm: float = 0.0
    uncertainty_percent: float | None = None


def measured(scale: MeasuredScale, folders: Sequence[Path]) -> Measured | None:
    """Gives what bars say, without bars what targets say, None where nothing was measured.

    Args:
        scale: from ``capture.toml``.
        folders: where its files are looked for.

    Raises:
        Refused: a file is missing or no list of targets, too few targets are in both, or they do not fit.
    """
    if scale.bar:
        return _by_bars(scale)
    if not scale.targets:
        return None
    files = [_found(name, folders) for name in (scale.targets, scale.known)]
    return _by_targets(_labelled(files[0], _rows(files[0], 4), 1.0), _known(files[1]), files[1].name)


def digest(scale: MeasuredScale, folders: Sequence[Path]) -> str:
    """Gives a digest of everything that :func:`measured` depends on, for keys; empty where nothing is there.

    Raises:
        Refused: a file is missing.
    """
    if scale == MeasuredScale():
        return ""
    total = hashlib.sha256(msgspec.json.encode(scale))
    for name in (scale.targets, scale.known):
        if name and not scale.bar:
            total.update(reading.text(_found(name, folders), MOST_BYTES).encode())
    return total.hexdigest()


def _by_bars(scale: MeasuredScale) -> Measured:
    ratios = [bar.length_mm / 1000 / math.dist(bar.a, bar.b) for bar in scale.bar]
    count = len(ratios)
    mean = sum(ratios) / count
    own = [bar.uncertainty_mm / bar.length_mm for bar in scale.bar if bar.uncertainty_mm is not None]
    deviation = math.sqrt(sum((r - mean) ** 2 for r in ratios) / (count - 1)) if count > 1 else 0.0
    scatter = 2 * deviation / math.sqrt(count) / mean
    common = sum(own) / len(own) if own else 0.0
    known = bool(own) or count > 1
    return Measured(
        mean,
        "scale-bar",
        count,
        spread_percent=(max(ratios) - min(ratios)) / mean * 100,
        uncertainty_percent=math.hypot(scatter, common) * 100 if known else None,
    )


def _by_targets(
    scan: dict[str, Point], known: dict[str, Point] | list[tuple[str, str, float]], where: str
) -> Measured:
    if isinstance(known, list):
        return _by_distances(scan, known, where)
    import numpy as np

    labels = sorted(scan.keys() & known.keys())
    if len(labels) < 3:
        raise Refused(
            f"only {len(labels)} targets are in both lists, three are needed",
            where=where,
            do="use the same labels in both",
        )
    here = np.array([scan[label] for label in labels])
    true = np.array([known[label] for label in labels])
    here, true = here - here.mean(axis=0), true - true.mean(axis=0)
    size, true_size = float((here**2).sum()), float((true**2).sum())
    if size == 0 or true_size == 0:
        raise Refused("the targets all lie at one place", where=where, do="look at the list")
    u, stretch, vt = np.linalg.svd(true.T @ here)
    sides = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    metres = float((stretch * sides).sum() / size)
    off = true - metres * here @ (u * sides @ vt).T
    return _fitted(metres, off, math.sqrt(true_size / len(labels)), size, where)


def _by_distances(scan: dict[str, Point], known: list[tuple[str, str, float]], where: str) -> Measured:
    import numpy as np

    usable = [(a, b, length) for a, b, length in known if a in scan and b in scan]
    here = np.array([math.dist(scan[a], scan[b]) for a, b, _ in usable])
    true = np.array([length for *_, length in usable])
    if not usable or not here.all():
        raise Refused(
            "no true distance lies between two targets of the scan",
            where=where,
            do="use the same labels in both",
        )
    size = float((here**2).sum())
    metres = float((here * true).sum() / size)
    whole = math.sqrt(float((true**2).mean()))
    return _fitted(metres, (true - metres * here)[:, None], whole, size, where)


def _fitted(metres: float, off: NDArray[np.float64], whole_m: float, size: float, where: str) -> Measured:
    """Gives the result of a least-squares fit: ``off`` (N, 3) of targets, (N, 1) of distances; ``size`` is
    the sum of squares that the scale multiplies."""
    count, columns = off.shape
    # a similarity takes seven of the figures away, a ratio one
    freedom = off.size - (7 if columns == 3 else 1)
    squares = float((off**2).sum())
    residual = math.sqrt(squares / count)
    if not metres > 0 or residual > MISFIT * whole_m:
        raise Refused(
            f"the targets do not fit the scan: they are off by {residual * 1000:.3g} mm on average",
            where=where,
            do="look for exchanged labels, and whether the list is in mm",
        )
    error = math.sqrt(squares / freedom / size) / metres if freedom > 0 else None
    return Measured(
        metres,
        "targets",
        count,
        spread_percent=residual / whole_m * 100,
        residual_mm=residual * 1000,
        uncertainty_percent=None if error is None else 200 * error,
    )


def _found(name: str, folders: Sequence[Path]) -> Path:
    for folder in folders:
        path = folder / name
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    raise Refused("the file of targets is missing", where=name, do="put it beside the scan")


def _known(path: Path) -> dict[str, Point] | list[tuple[str, str, float]]:
    """Gives true coordinates by label, or true distances between labels, in metres."""
    rows = _rows(path, None)
    if len(rows[0][1]) == 4:
        return _labelled(path, rows, 0.001)
    return [(a, b, _number(path, line, length) / 1000) for line, (a, b, length) in rows]


def _labelled(path: Path, rows: list[tuple[int, list[str]]], metres: float) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for line, (label, *texts) in rows:
        if label in found:
            raise Refused(
                f"the target {label!r} is there twice",
                where=f"{path.name}, line {line}",
                do="remove one of them",
            )
        x, y, z = (_number(path, line, text) * metres for text in texts)
        found[label] = (x, y, z)
    return found


def _rows(path: Path, columns: int | None) -> list[tuple[int, list[str]]]:
    """Gives the rows with their line numbers, without heading, comments and empty lines."""
    text = reading.text(path, MOST_BYTES)
    first = text.lstrip("\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip().strip('"') for cell in line.split(separator)]
        if not any(cells) or cells[0].startswith("#"):
            continue
        wanted = columns or (len(rows[0][1]) if rows else len(cells) if len(cells) in (3, 4) else 4)
        if len(cells) != wanted:
            raise Refused(
                f"{len(cells)} columns stand where {wanted} should",
                where=f"{path.name}, line {number}",
                do="write label,x,y,z, or label_a,label_b,length_mm for true distances",
            )
        if not rows and not _is_number(cells[-1]):
            continue
        rows.append((number, cells))
    if not rows:
        raise Refused("the list of targets is empty", where=path.name)
    return rows


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) <= NUMBER_MAX
    except ValueError:
        return False


def _number(path: Path, line: int, text: str) -> float:
    if not _is_number(text):
        raise Refused(f"{text[:30]!r} stands where a number should", where=f"{path.name}, line {line}")
    return float(text)
