"""Small text files that say where a model's zero lies: ``coords.txt``, ``offset.txt``, ``SHIFT.txt``,
``metadata.xml``.

Survey coordinates have seven digits before the point; programs take a whole number off before they write
single precision, and put it into a file beside the model. Forms met: ``WGS84 UTM 17N`` and below it ``east
north`` (OpenDroneMap); ``x y z``, or ``X: …`` on three lines (DataHub and others); ``EPSG::32633 x y z``
(3DSC for Blender and Metashape); ``<SRS>``, ``<SRSOrigin>x,y,z`` (ContextCapture and Metashape's tiled
models). In all of them real = model + offset.
"""

from __future__ import annotations

import re

from pipeline.catalogue.finding import Finding

from . import bounded
from .bounded import Attributes, Unread
from .listing import Listing
from .told import Told

_FILES = r"(?:.*/)?(?:(?:[^/]*[_-])?(?:offset|shift|coords)\.txt|metadata\.xml)"
_LABEL = re.compile(r"^(?:[a-z]+[ _])?[xyz](?:[ _]?[a-z]+)?[ \t]*[:=][ \t]*", re.IGNORECASE)
_LINES_MAX = 16
Origin = tuple[float, float, float]


def tell(listing: Listing) -> Told:
    """Gives what the first such file tells."""
    told = Told()
    names = sorted(listing.matching(_FILES), key=lambda name: (name.count("/"), name))
    for name in names[:4]:
        try:
            system, origin = _read(listing, name)
        except Unread as error:
            figures: dict[str, float | int | str] = {"file": name, "reason": str(error)}
            told = told.over(Told(findings=(Finding("export-file-unread", "warning", figures),)))
            continue
        if origin is not None:
            return told.over(Told(coordinate_system=system, origin=origin, read=(name,)))
    return told


def origin_in(text: str) -> tuple[str, Origin | None]:
    """Gives the coordinate system, empty where none is named, and the offset, None where there is none.

    >>> origin_in("WGS84 UTM 17N\\n440143 4588391\\n")
    ('WGS84 UTM 17N', (440143.0, 4588391.0, 0.0))
    >>> origin_in("EPSG::32633 291000 4640000 0")
    ('EPSG::32633', (291000.0, 4640000.0, 0.0))
    """
    system, numbers = "", list[float]()
    for line in text.splitlines()[:_LINES_MAX]:
        words = _LABEL.sub("", line.strip()).replace(",", " ").replace(";", " ").split()
        here = [_number(word) for word in words]
        values = [value for value in here if value is not None]
        if numbers and len(values) != 1:
            break  # the offset is complete; ODM goes on with the photographs' positions
        if len(words) > len(values) and len(values) < 3:
            system = system or line.strip()[:200]
            continue
        if len(values) >= 3:
            named = " ".join(word for word, value in zip(words, here, strict=True) if value is None)
            return named or system, (values[-3], values[-2], values[-1])
        numbers += values
    if len(numbers) == 2:
        numbers.append(0.0)
    return system, (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


def _read(listing: Listing, name: str) -> tuple[str, Origin | None]:
    if not name.lower().endswith(".xml"):
        return origin_in(bounded.text(listing.path(name)))
    said: dict[str, str] = {}

    def found(path: tuple[str, ...], _: Attributes, words: str) -> None:
        if path[0] == "ModelMetadata":
            said[path[-1]] = words[:200]

    bounded.xml(listing.path(name), found)
    return said.get("SRS", ""), origin_in(said.get("SRSOrigin", ""))[1]


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
