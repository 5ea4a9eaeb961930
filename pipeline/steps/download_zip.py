"""Ends a level in what people download to work with: OBJ, MTL, textures, rights and checksums in one ZIP."""

from __future__ import annotations

import numpy as np

from pipeline.errors import Refused
from pipeline.formats.names import texture_names
from pipeline.formats.obj_write import DIGITS, write_mtl, write_obj
from pipeline.formats.zips import zipped
from pipeline.matter.encoded import Encoded, of_surface
from pipeline.matter.surface import Surface
from pipeline.steps.about import told
from pipeline.steps.archive import with_sums
from pipeline.steps.registry import step

NO_RIGHTS = (
    "本文物记录没有写明权利。使用前请联系收藏单位。\n"
    "The record of this object does not say who holds the rights. Ask the museum before you use it.\n"
)
ROUNDING_MM = 0.0001
"""Half of the last digit of a coordinate, all three axes together, rounded up."""


@step(version=1)
def download_zip(surface: Surface, *, metadata: str = "") -> Encoded:
    """Packs OBJ, MTL and textures with rights and SHA-256 checksums into one ZIP.

    Textures stay what they are, byte for byte, unless a step before made others of them; a second lossy pass
    never gets better. Where the object was found is not in it: coordinates are those of the placed model.

    Args:
        surface: placed, in metres.
        metadata: JSON of a KHR_xmp_json_ld packet: name, number, rights and licence come from it.

    Returns:
        The archive; its deviation is measured on what was written.

    Raises:
        Refused: not placed.
    """
    if surface.placement is None:
        raise Refused(
            "the scan has no size in metres yet", where="step download_zip", do="put step place before it"
        )
    about = told(metadata, "step download_zip")
    named = texture_names(surface)
    names = {digest: name for digest, (name, _) in named.items()}
    head = tuple(f"{word}: {about[word]}" for word in ("title", "identifier", "creator") if word in about)
    files = {
        "LICENCE.txt": _licence(about).encode(),
        "model.obj": write_obj(surface, library="model.mtl", comments=(*head, "metres, Y up")),
        "model.mtl": write_mtl(surface, names),
        **{name: texture.encoded() for name, texture in named.values()},
    }
    return of_surface(
        surface.but(positions=np.round(surface.positions, DIGITS)),
        zipped(with_sums(files), deflate=True),
        "application/zip",
        ".zip",
        vertices=len(surface.positions),
        error_mm=surface.error_mm + ROUNDING_MM,
    )


def _licence(about: dict[str, str]) -> str:
    lines = [about.get("title", ""), about.get("identifier", ""), about.get("rights", "")]
    if "licence" in about:
        lines.append(about["licence"])
    if about.get("synthetic"):
        lines.append("合成示例，并非真实文物。 A synthetic sample, no real object.")
    text = "".join(f"{line}\n" for line in lines if line)
    return text if "rights" in about or "licence" in about else text + NO_RIGHTS
