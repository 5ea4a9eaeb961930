"""What a file says of its object, out of the packet that the run gives to every step. Not a step."""

from __future__ import annotations

import json
from typing import Any

from pipeline.errors import Refused

WORDS = {
    "title": "dc:title",
    "identifier": "dc:identifier",
    "rights": "dc:rights",
    "licence": "dc:relation",
    "creator": "xmp:CreatorTool",
    "recipe": "museum:recipe",
    "input_sha256": "museum:inputSha256",
}
"""Short name -> its entry in the packet of ``formats.gltf_xmp``."""
LANGUAGES = ("zh-Hans", "en", "ug", "kk-Arab")
"""In this order a text in several languages is looked for where only one can stand."""


def packet_of(metadata: str, where: str) -> dict[str, Any]:
    """Gives the packet that stands in ``metadata``, empty where there is none.

    Raises:
        Refused: it is no JSON object.
    """
    if not metadata:
        return {}
    try:
        packet = json.loads(metadata)
    except ValueError as error:
        raise Refused(f"the metadata is no JSON ({error})", where=where) from error
    if not isinstance(packet, dict):
        raise Refused("the metadata is no JSON object", where=where)
    return packet


def told(metadata: str, where: str) -> dict[str, str]:
    """Gives the packet's entries by short names, one language each; what is empty is left out.

    Raises:
        Refused: it is no JSON object.
    """
    packet = packet_of(metadata, where)
    found = {word: _one(packet.get(entry)) for word, entry in WORDS.items()}
    if packet.get("museum:synthetic"):
        found["synthetic"] = "yes"
    return {word: text for word, text in found.items() if text}


def _one(value: Any) -> str:
    """One text of an entry: of several languages the first that is there."""
    if not isinstance(value, dict):
        return str(value) if value else ""
    texts = {
        one["@language"]: one["@value"]
        for key, one in value.items()
        if key.startswith("rdf:_") and isinstance(one, dict)
    }
    return next((texts[tag] for tag in LANGUAGES if tag in texts), next(iter(texts.values()), ""))
