"""A closed Surface as 3MF: what printers' programs take that want a unit, a name and rights with the form.

Standard: 3MF Consortium, 3MF Core Specification 1.3: an OPC package (ZIP) with one object of one mesh, in
millimetres, Z up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from pipeline.formats.stl_write import on_the_bed_mm
from pipeline.formats.zips import zipped
from pipeline.matter.surface import Surface

MEDIA_TYPE = "model/3mf"
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
DIGITS = 5
"""Behind the point of a millimetre: a hundredth of a micrometre, so that no two places become one."""
BLOCK_ROWS = 1 << 15
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    "</Types>\n"
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="model" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>\n'
)
_WORDS = {"title": "Title", "rights": "Copyright", "licence": "LicenseTerms", "creator": "Application"}
"""What the core specification calls what we know of an object."""


def write_3mf(surface: Surface, *, about: Mapping[str, str] | None = None) -> bytes:
    """Gives the file.

    Args:
        surface: placed.
        about: what the file says of itself, by short names: ``title``, ``rights``, ``licence``, ``creator``.
    """
    model = "".join(_model(surface, about or {})).encode()
    files = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELATIONS.encode(),
        "3D/3dmodel.model": model,
    }
    return zipped(files, deflate=True)


def _model(surface: Surface, about: Mapping[str, str]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xml:lang="zh" xmlns="{CORE}">\n'
    for word, name in _WORDS.items():
        if word in about:
            yield f"<metadata name={quoteattr(name)}>{escape(_plain(about[word]))}</metadata>\n"
    yield '<resources><object id="1" type="model"><mesh>\n<vertices>\n'
    places = np.round(on_the_bed_mm(surface.positions), DIGITS)
    line = f'<vertex x="%.{DIGITS}f" y="%.{DIGITS}f" z="%.{DIGITS}f"/>\n'
    for start in range(0, len(places), BLOCK_ROWS):
        block = places[start : start + BLOCK_ROWS]
        yield (line * len(block)) % tuple(block.ravel().tolist())
    yield "</vertices>\n<triangles>\n"
    line = '<triangle v1="%d" v2="%d" v3="%d"/>\n'
    for start in range(0, len(surface.triangles), BLOCK_ROWS):
        corners = surface.triangles[start : start + BLOCK_ROWS]
        yield (line * len(corners)) % tuple(corners.ravel().tolist())
    yield '</triangles>\n</mesh></object></resources>\n<build><item objectid="1"/></build>\n</model>\n'


def _plain(text: str) -> str:
    """A text without what XML 1.0 cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n")
