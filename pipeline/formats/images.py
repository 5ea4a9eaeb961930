"""Textures: what they are (:func:`probe`), the picture as it streams (:func:`vips`), the pixels
(:func:`pixels`).

Colour textures come out upright, in sRGB, 8 bit, 3 or 4 channels, whatever went in: EXIF orientation applied,
an embedded ICC profile converted at the precision that is stored and only then rounded to 8 bits. Data
textures (normals, roughness) are never colour-managed. What steps promised to do to the colours
(``Texture.changes``) is done last, in linear light too. Reduction averages areas; colours are averaged in
linear light, since the average of black and white is 188 in sRGB and not 128.

libvips decodes, by the loader that the first bytes ask for: its guess by content would also open SVG, PDF
and what ImageMagick knows, none of which is a texture. Its operation cache is off: it would keep answering
from a file that has since been replaced.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.matter.texture import Role, Texture

from . import containers, icc, ktx2, limits
from .changes import changed

pyvips.cache_set_max(0)

Decoder = Callable[[Texture], NDArray[np.uint8]]

DECODERS: dict[str, Decoder] = {"image/ktx2": ktx2.decode}
"""Media type -> function giving (H, W, 3|4) uint8 pixels, for what libvips cannot decode (``image/ktx2``)."""

_LOADERS = {
    "image/jpeg": "jpegload",
    "image/png": "pngload",
    "image/tiff": "tiffload",
    "image/webp": "webpload",
}
_READABLE = "JPEG, PNG, TIFF, WebP or KTX2"
_BITS = {"uchar": 8, "ushort": 16}
UNREADABLE = "unreadable"
"""What stands in :attr:`Texture.profile` for an embedded profile that cannot be used; sRGB is taken."""


def probe(source: Path | bytes, *, name: str = "", role: Role = "colour") -> Texture:
    """Gives what an image file holds, from its header; the pixels stay where they are.

    Args:
        source: the file, or its bytes where it has no file of its own (inside a GLB).
        name: for people; a file's own name where empty.
        role: ``colour`` or ``data`` (normal, roughness: linear).

    Raises:
        Refused: no image of a readable kind, cut off, or larger than :mod:`limits` allows.
    """
    name = name or (source.name if isinstance(source, Path) else "texture")
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                return _probe(file, path=source, data=None, name=name, role=role, digest=digest)
        digest = hashlib.sha256(source).hexdigest()
        return _probe(io.BytesIO(source), path=None, data=source, name=name, role=role, digest=digest)
    except OSError as error:
        raise Refused(f"the texture cannot be opened ({error.strerror})", where=name) from error


def vips(texture: Texture, *, max_px: int | None = None) -> Any:
    """Gives the picture as a lazy ``pyvips.Image``: upright, sRGB, 8 bit, 3 or 4 bands; big ones stream.

    Args:
        texture: from :func:`probe`.
        max_px: longest side; a larger picture is reduced by area, a smaller one stays.

    Raises:
        Refused: cannot be decoded. What is cut off inside shows only when the pixels are asked for.
    """
    try:
        image = _opened(texture) if texture.media_type in _LOADERS else _decoded(texture)
        small = _reduced(_managed(image, texture), max_px, texture.role)
        return _eight_bits(changed(small, texture.changes, _gains))
    except pyvips.Error as error:
        raise undecodable(texture.name, error) from error


def pixels(texture: Texture, *, max_px: int | None = None) -> NDArray[np.uint8]:
    """Gives the pixels as (H, W, 3) or, with alpha, (H, W, 4) uint8; see :func:`vips`.

    Raises:
        Refused: cannot be decoded, or is cut off.
    """
    try:
        return np.ascontiguousarray(vips(texture, max_px=max_px).numpy())
    except pyvips.Error as error:
        raise undecodable(texture.name, error) from error


def _gains(texture: Texture) -> Any:
    """A gain map as stored: one band, 0..1."""
    return _opened(texture)[0].cast("float") / 65535


def _probe(
    file: Any, *, path: Path | None, data: bytes | None, name: str, role: Role, digest: str
) -> Texture:
    file.seek(0)
    kind = containers.media_type(file.read(16))
    if not kind:
        raise Refused(f"this is no {_READABLE} image", where=name, do="export the texture as JPEG or PNG")
    if kind == "image/ktx2":
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        head = ktx2.header(file.read(ktx2.HEAD_BYTES), size=size, name=name)
        _within_limits(head.width, head.height, name)
        return Texture(
            name, digest, kind, head.width, head.height, head.channels, 8, role=role, path=path, data=data
        )
    bare = Texture(name, digest, kind, 0, 0, role=role, path=path, data=data)
    try:
        image = _opened(bare)
        _within_limits(image.width, image.height, name)
        if image.format not in _BITS or not 1 <= image.bands <= 4:
            raise Refused(
                f"this image has {image.bands} channels of type {image.format}",
                where=name,
                do="export the texture with 1 to 4 channels of 8 or 16 bits",
            )
        if not containers.complete(file, kind):
            image.copy().avg()  # decodes all of it, in a stream, and fails where the end is missing
    except pyvips.Error as error:
        raise undecodable(name, error) from error
    orientation = _orientation(image)
    width, height = (image.height, image.width) if orientation >= 5 else (image.width, image.height)
    return Texture(
        name=name,
        sha256=digest,
        media_type=kind,
        width=width,
        height=height,
        channels=image.bands,
        bits=_BITS[image.format],
        profile=_profile(image),
        orientation=orientation,
        role=role,
        path=path,
        data=data,
    )


def _within_limits(width: int, height: int, name: str) -> None:
    if max(width, height) > limits.TEXTURE_SIDE_MAX_PX or width * height > limits.TEXTURE_MAX_PX:
        raise Refused(
            f"the texture claims {width} × {height} pixels, more than {limits.TEXTURE_SIDE_MAX_PX} on a side",
            where=name,
            do="split it or export it smaller",
        )


def undecodable(name: str, error: Exception) -> Refused:
    """Gives the refusal of an image that libvips could not decode."""
    lines = str(error).strip().splitlines()
    return Refused(
        f"the image is damaged or cut off ({lines[-1].strip() if lines else 'no reason given'})",
        where=name,
        do="copy or export it again",
    )


def _opened(texture: Texture) -> Any:
    """The image as stored. Turned ones are read at random (libvips spills to disk), others top to bottom."""
    loader = _LOADERS[texture.media_type]
    options = {"access": "sequential" if texture.orientation in (1, 2) else "random", "fail_on": "truncated"}
    if texture.data is not None:
        return getattr(pyvips.Image, f"{loader}_buffer")(texture.data, **options)
    return getattr(pyvips.Image, loader)(str(texture.path), **options)


def _decoded(texture: Texture) -> Any:
    if texture.media_type not in DECODERS:
        raise Refused(
            "KTX2 textures cannot be decoded here", where=texture.name, do="export it as JPEG or PNG"
        )
    return pyvips.Image.new_from_array(DECODERS[texture.media_type](texture), interpretation="srgb")


def _orientation(image: Any) -> int:
    if image.get_typeof("orientation") == 0:
        return 1
    value = image.get("orientation")
    return int(value) if value in range(1, 9) else 1


def _profile(image: Any) -> str:
    """Name of the embedded profile; ``unreadable`` where a conversion of one pixel by it fails."""
    if image.get_typeof("icc-profile-data") == 0:
        return ""
    data = image.get("icc-profile-data")
    pixel = pyvips.Image.black(1, 1, bands=image.bands).cast(image.format)
    pixel = pixel.copy(interpretation=image.interpretation)
    pixel.set_type(pyvips.GValue.blob_type, "icc-profile-data", data)
    try:
        _to_srgb(pixel).avg()
    except pyvips.Error:
        return UNREADABLE
    return icc.profile_name(data)


def _to_srgb(image: Any) -> Any:
    return image.icc_transform(
        "srgb", embedded=True, intent="relative", black_point_compensation=True, depth=_BITS[image.format]
    )


def _managed(image: Any, texture: Texture) -> Any:
    """Upright, RGB or RGBA, in the depth that was stored; colours in sRGB."""
    image = image.autorot()
    deep = image.format == "ushort"
    if texture.role == "data":
        rgb = image if image.bands >= 3 else image[0].bandjoin([image[0]] * 2)
        return rgb.copy(interpretation="rgb16" if deep else "srgb")
    named = texture.profile if texture.profile != UNREADABLE else ""
    is_srgb = named.startswith("sRGB") and image.interpretation in ("srgb", "rgb16", "rgb")
    if named and not is_srgb:
        return _to_srgb(image)
    if image.interpretation == "cmyk":
        return image.icc_transform("srgb", embedded=False, input_profile="cmyk", depth=16 if deep else 8)
    if image.bands <= 2:
        grey = image[0].bandjoin([image[0]] * 2)
        image = grey.bandjoin(image[1]) if image.bands == 2 else grey
    elif image.interpretation not in ("srgb", "rgb", "rgb16", "multiband"):
        image = image.colourspace("rgb16" if deep else "srgb")
    return image.copy(interpretation="rgb16" if deep else "srgb")


def _reduced(image: Any, max_px: int | None, role: Role) -> Any:
    longest = max(image.width, image.height)
    if max_px is None or longest <= max_px:
        return image
    factor = longest / max_px
    width, height = (max(1, round(side / factor)) for side in (image.width, image.height))
    if role == "data":
        flat = _area(image.cast("float"), width, height).rint().cast(image.format)
        return flat.copy(interpretation=image.interpretation)
    top = 65535.0 if image.format == "ushort" else 255.0
    light = image[:3].colourspace("scrgb")
    if image.bands == 3:
        return _area(light, width, height).copy(interpretation="scrgb").colourspace("rgb16")
    alpha = image[3].cast("float") / top
    both = _area((light * alpha).bandjoin(alpha), width, height)
    light = (both[:3] / (both[3] > 0).ifthenelse(both[3], 1)).copy(interpretation="scrgb")
    alpha16 = (both[3] * 65535).rint().cast("ushort")
    return light.colourspace("rgb16").bandjoin(alpha16).copy(interpretation="rgb16")


def _area(image: Any, width: int, height: int) -> Any:
    """Box filter by the whole factor (exact for 2, 4, 8 …), the rest of the factor by a triangle filter."""
    whole_x, whole_y = image.width // width, image.height // height
    image = image.shrink(whole_x, whole_y, ceil=True)
    if (image.width, image.height) != (width, height):
        image = image.reduce(image.width / width, image.height / height, kernel="linear")
    return image


def _eight_bits(image: Any) -> Any:
    if image.format == "uchar":
        return image
    return (image / 257).rint().cast("uchar").copy(interpretation="srgb")
