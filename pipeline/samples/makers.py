"""The four objects, and what makes each one's scan awkward in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .jar import Jar
from .mirror import Mirror
from .plaster import Plaster
from .shape import Shape, Sheet
from .tile_end import TileEnd

Array = NDArray[Any]


class Maker(Protocol):
    """One object of one seed: its sheets, its clean form, its colours."""

    noise_mm: float
    edge_mm: float
    sheets: list[Sheet]

    def __init__(self, seed: int) -> None: ...

    def shape(self, rng: np.random.Generator, *, edge_mm: float, jitter: float) -> Shape:
        """Gives the clean surface in triangles of about ``edge_mm``."""

    def paint(self, scale: float, *, lit: bool) -> list[Array]:
        """Gives each sheet's raster, sRGB uint8, with the light that the scan baked in where ``lit``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the samples.

    Attributes:
        make: builds it from a seed.
        file: name of the scan's model file.
        texture, material_file: names beside it, "" for a PLY with vertex colours.
        encoding: of the MTL.
        map_path: what the MTL says before the texture's name.
        up: the axis of the file that points up.
        offset_mm: what the program added to the coordinates.
        program: what the file's header says.
    """

    make: Callable[[int], Maker]
    file: str
    texture: str = ""
    material_file: str = ""
    encoding: str = "utf-8"
    map_path: str = ""
    up: Literal["+y", "+z"] = "+y"
    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    program: str = "Textured model"


KINDS: dict[str, Kind] = {
    "tang-jar": Kind(Jar, "模型 1.obj", "模型 1.jpg", "模型 1.mtl", up="+z"),
    "lotus-tile-end": Kind(
        TileEnd,
        "lotus_tile.obj",
        "lotus_tile_u1_v1.jpg",
        "lotus_tile.mtl",
        map_path="D:\\Projects\\tiles\\export\\",
        offset_mm=(1250.0, -340.0, 815.0),
    ),
    "bronze-mirror": Kind(Mirror, "mirror_back_dense.ply", up="+z", program="PLY export"),
    "painted-plaster": Kind(Plaster, "壁画残块.obj", "壁画残块_tex0.jpg", "壁画残块.mtl", encoding="gb18030"),
}
