"""What the file says of itself: a KHR_xmp_json_ld packet with Dublin Core, creator tool and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline import __version__
from pipeline.catalogue.text import Text

GENERATOR = f"Mobile Museum {__version__}"
CONTEXT = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "museum": "urn:mobile-museum:xmp:1#",
}
NO_TEXT = Text()


def packet(
    *,
    title: Text = NO_TEXT,
    identifier: str = "",
    rights: Text = NO_TEXT,
    licence_url: str = "",
    recipe: str = "",
    recipe_sha256: str = "",
    input_sha256: str = "",
    synthetic: bool = False,
) -> dict[str, Any]:
    """Gives a packet for ``write_glb``; what is empty is left out.

    Args:
        title: the object's name, one language alternative each.
        identifier: the register number.
        rights: rights statement or credit line.
        licence_url: address of the licence.
        recipe, recipe_sha256: what was done.
        input_sha256: digest over the scan's files.
        synthetic: true for generated objects.
    """
    values: dict[str, Any] = {
        "dc:title": _alternatives(title),
        "dc:identifier": identifier,
        "dc:rights": _alternatives(rights),
        "dc:relation": licence_url,
        "xmp:CreatorTool": GENERATOR,
        "museum:recipe": recipe,
        "museum:recipeSha256": recipe_sha256,
        "museum:inputSha256": input_sha256,
        "museum:synthetic": synthetic,
    }
    used = {key: value for key, value in values.items() if value}
    prefixes = {key.split(":", 1)[0] for key in used} | {"rdf"}
    return {"@context": {k: v for k, v in CONTEXT.items() if k in prefixes}, **used}


def _alternatives(text: Mapping[str, str]) -> dict[str, Any]:
    if not text:
        return {}
    languages = {
        f"rdf:_{n}": {"@language": tag, "@value": text[tag]} for n, tag in enumerate(sorted(text), 1)
    }
    return {"@type": "rdf:Alt", **languages}
