"""A KTX 2.0 texture (Khronos KTX File Format Specification 2.0): header, and pixels from the Node worker."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Failed, Refused
from pipeline.matter.texture import Texture

from .containers import KTX2_MAGIC

HEAD_BYTES = 65_536
"""Holds the header, the level index and the data format descriptor of any file."""

_ETC1S, _UASTC = 163, 166


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says: pixels, Vulkan format (0 for Basis Universal), mip levels, colour model."""

    width: int
    height: int
    levels: int
    vk_format: int
    basis: str
    """``etc1s``, ``uastc`` or ``""``."""
    channels: int


def header(data: bytes, *, size: int, name: str) -> Header:
    """Reads the header.

    Args:
        data: the beginning of the file, :data:`HEAD_BYTES` where it has so many.
        size: bytes of the whole file.
        name: of the file, for refusals.

    Raises:
        Refused: cut off, or no flat 2D picture.
    """
    try:
        return _header(data, size, name)
    except struct.error:
        raise Refused("this KTX2 texture is cut off", where=name, do="copy it again") from None


def decode(texture: Texture) -> NDArray[np.uint8]:
    """Gives the pixels of the largest level, (H, W, 3) or with alpha (H, W, 4) uint8.

    Raises:
        Refused: damaged, or not Basis Universal.
    """
    from pipeline.node.ktx2 import ktx2_decode

    try:
        pixels = ktx2_decode(texture.source())
    except Failed as error:
        raise Refused(
            "the KTX2 texture cannot be decoded", where=texture.name, do="copy or export it again"
        ) from error
    return pixels if texture.channels in (2, 4) else np.ascontiguousarray(pixels[:, :, :3])


def _header(data: bytes, size: int, name: str) -> Header:
    if not data.startswith(KTX2_MAGIC):
        raise Refused("this is not a KTX2 texture", where=name)
    vk, _type, width, height, depth, layers, faces, levels, _super = struct.unpack_from("<9I", data, 12)
    dfd_at, dfd_bytes = struct.unpack_from("<2I", data, 48)
    if not width or not height or depth or layers > 1 or faces != 1:
        raise Refused("this KTX2 texture is no flat picture", where=name, do="export a plain 2D texture")
    for level in range(min(max(levels, 1), 32)):
        offset, length, _raw = struct.unpack_from("<3Q", data, 80 + 24 * level)
        if offset + length > size:
            raise Refused("this KTX2 texture is cut off", where=name, do="copy it again")
    model, channels = _samples(data[dfd_at : dfd_at + dfd_bytes])
    return Header(
        width, height, max(levels, 1), vk, {_ETC1S: "etc1s", _UASTC: "uastc"}.get(model, ""), channels
    )


def _samples(dfd: bytes) -> tuple[int, int]:
    """Colour model and number of channels from the basic data format descriptor."""
    model = dfd[12] if len(dfd) > 12 else 0
    kinds = [dfd[28 + 16 * i + 3] & 15 for i in range(max(0, (len(dfd) - 28) // 16))]
    if model == _UASTC:
        return model, {0: 3, 3: 4, 4: 1, 5: 2}.get(kinds[0] if kinds else 0, 4)
    if model == _ETC1S:
        return model, 4 if 15 in kinds else 3
    return model, min(max(len(kinds), 1), 4)
