"""Makes textures fit a level: reduced by area in linear light, encoded once, what was lost measured and told.

WebP is the rule. ``python -m benchmarks.textures``, kB on the wire / PSNR in dB, decoded MB on the GPU with
mips for 1024² and 2048 × 1536 (four bytes a texel, half a byte as ETC1S, one as UASTC):

    ================  ===============  ===============  ===============  ================  ============
    format            trench_019 1024  trench_026 1024  façade 1024      façade 2048       decoded MB
    ================  ===============  ===============  ===============  ================  ============
    WebP 80, effort 6    137 / 36.7        82 / 38.3       84 / 36.3        253 / 37.5       5.6 · 16.8
    WebP 88              216 / 40.0       129 / 41.8      133 / 38.6        415 / 40.1       5.6 · 16.8
    WebP 92              275 / 42.2       168 / 44.3      177 / 40.0        557 / 41.7       5.6 · 16.8
    AVIF 60              118 / 36.4        75 / 38.4       68 / 36.0        218 / 37.8       5.6 · 16.8
    AVIF 70              167 / 39.1       110 / 42.0       93 / 37.4        299 / 39.3       5.6 · 16.8
    AVIF 80              214 / 42.1       136 / 45.5      129 / 38.8        419 / 40.8       5.6 · 16.8
    KTX2 ETC1S           213 / 33.9       133 / 36.3      174 / 33.6        585 / 34.6       0.7 ·  2.1
    KTX2 UASTC          1061 / 44.1       639 / 48.3      804 / 41.1       3041 / 42.5       1.4 ·  4.2
    ================  ===============  ===============  ===============  ================  ============

- **small, medium** (phone, tablet): WebP 80 at effort 6, about 37 dB: what is seen first is there first.
  **large** (panel): WebP 92, 40 dB and more.
- **KTX2 only where the decoded textures would not fit the device**, or a recipe asks. ETC1S takes an eighth
  of the GPU's memory, for 1.5 to 2.3 times the bytes of WebP 80 and 2 to 3 dB less; UASTC keeps 1 to 4 dB
  more than WebP 92 for four to six times its bytes.
- **No AVIF**: at equal PSNR it saves 10 to 25 % (façade 2048 at 37.5 dB: 203 kB for 253) for ten times the
  encoder's time, and no glTF may hold it: EXT_texture_avif is a proposal (KhronosGroup/glTF, pull request
  2235, open since 2022) that the Khronos validator does not know, while EXT_texture_webp is ratified.
- **Lossless WebP for what was drawn** and not photographed (few colours), where it is no larger: the picture
  of ``multitexture`` takes 3.8 kB so, and 3.9 kB with 32.7 dB otherwise, since halved chroma smears its edges
  at any quality. Sharp chroma costs photographs 2 to 10 % more bytes for 0.2 to 0.9 dB and is not used.

A texture that came compressed and small enough keeps its pixels unless encoding it again saves a tenth, at
quality 90 and above a fifth: a second lossy pass never gets better. Of such a file only the packing changes
(``formats.jpeg_pack``: 327 to 301 kB for trench_019), and what a camera wrote beside the picture goes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyvips
from numpy.typing import NDArray

from pipeline.errors import Refused
from pipeline.formats.images import pixels
from pipeline.formats.jpeg_pack import packed
from pipeline.formats.remarks import without_remarks
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.matter.texture import Texture
from pipeline.measure.budget import budgets, texture_bytes
from pipeline.measure.textures import psnr_db, texel_mm
from pipeline.progress import report
from pipeline.steps import ktx2
from pipeline.steps.density import sides_seen
from pipeline.steps.registry import step

Format = Literal["auto", "webp", "jpeg", "png", "ktx2-etc1s", "ktx2-uastc"]

SAVES = 0.9
SAVES_NEAR, NEAR_QUALITY = 0.8, 90
"""Encoding again must bring a kept picture below this share of its bytes; at the quality of a level that is
looked at from near, below the lower one. WebP 92 of trench_019 is 9 % smaller than the scan's own JPEG, and
colours on the model are then off by ΔE2000 1.15 instead of 0.5."""
DATA_QUALITY = 95
"""Least quality of normal maps and other data: what looks like noise in a photograph is form there."""
KEEPABLE = {"image/jpeg", "image/png", "image/webp"}
PACKS = 0.92
"""What packing brings, as a rule: asked before packing, which takes a second and a half at 4096²."""
SMALLEST_PX = 256
DRAWN_COLOURS = 4096
"""Colours on every eighth row and column up to which a picture may have been drawn: photographs of 1024²
have 6,700 and 9,500 there, the drawn picture of ``multitexture`` 26."""
_SLOTS = (
    "colour_texture",
    "normal_texture",
    "metallic_roughness_texture",
    "occlusion_texture",
    "emissive_texture",
    "curvature_texture",
)


@dataclass(frozen=True, slots=True)
class _Made:
    texture: Texture
    psnr_db: float
    kept: bool


class _Encodings:
    """The last few encoded textures. Levels that share one do not encode it twice, and who asks for one that
    another thread is at waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, _Made] = OrderedDict()
        self._making: dict[_Key, threading.Lock] = {}

    def get(self, key: _Key, make: Callable[[], _Made]) -> _Made:
        with self._lock:
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                made = self._kept.get(key)
            if made is None:
                made = make()
            with self._lock:
                self._kept[key] = made
                self._kept.move_to_end(key)
                while len(self._kept) > 1 and sum(map(_bytes_of, self._kept.values())) > KEPT_BYTES:
                    self._kept.popitem(last=False)
                self._making.pop(key, None)
        return made

    def nearly_full(self) -> bool:
        """Whether more might push out what nobody has used yet."""
        with self._lock:
            return sum(map(_bytes_of, self._kept.values())) > KEPT_BYTES // 2


_Key = tuple[str, int, str, int, int]
_encodings = _Encodings()
KEPT_BYTES = 64 << 20


def _bytes_of(made: _Made) -> int:
    return len(made.texture.data or b"")


def _ahead(
    surface: Surface,
    *,
    max_px: int = 2048,
    format: Format = "auto",
    quality: int = 88,
    effort: int = 4,
    device: str = "none",
    screen_px: int | None = None,
) -> None:
    """Encodes the textures, which no step before changes, as far as they can all be kept."""
    _hold_possible(max_px, quality, effort)
    sources, seen = surface.textures(), sides_seen(surface, screen_px)
    chosen, side = _fitting(sources, max_px, format, device, seen)
    for source in sources:
        if _encodings.nearly_full():
            return
        _encoded(source, min(side, seen.get(source.sha256, side)), chosen, quality, effort)


@step(version=5, ahead=_ahead)
def textures(
    surface: Surface,
    *,
    max_px: int = 2048,
    format: Literal["auto", "webp", "jpeg", "png", "ktx2-etc1s", "ktx2-uastc"] = "auto",
    quality: int = 88,
    effort: int = 4,
    device: Literal["phone", "tablet", "headset", "panel", "quick_look", "none"] = "none",
    screen_px: int | None = None,
) -> Surface:
    """Reduces textures to a longest side and encodes them.

    Args:
        surface: any; its UVs stay as they are.
        max_px: longest side; smaller textures are never enlarged.
        format: ``auto`` is WebP, unless the decoded textures would not fit ``device``: then KTX2 where an
            encoder is installed, else the textures are halved until they fit, as ``webp`` always does: its
            encoder is ten times faster. A ``jpeg`` with holes in it becomes a PNG.
        quality: of WebP and JPEG, 1 to 100; data textures (normals, curvature) get at least 95.
        effort: of the WebP encoder, 0 to 6; 6 takes twice the time of 4 for 9 % fewer bytes, 0.5 dB less.
        device: class of device whose memory the level must fit (``measure/budgets.toml``); two thirds of its
            decoded bytes are for textures. ``none`` sets no bound.
        screen_px: size on the screen that the level is made for: pixels that the object's diagonal fills. A
            colour texture with more than two texels for each of them is halved until it has no more.

    Returns:
        The surface with encoded textures in memory; a finding a texture with size, bytes, PSNR and texel
        size.

    Raises:
        Refused: ``max_px`` or ``quality`` out of range, KTX2 asked for and no encoder there, a damaged
        texture.
    """
    _hold_possible(max_px, quality, effort)
    sources = surface.textures()
    if not sources:
        return surface
    seen = sides_seen(surface, screen_px)
    chosen, side = _fitting(sources, max_px, format, device, seen)
    if side < max_px and any(max(t.width, t.height) > side for t in sources):
        surface = surface.noting(
            "textures-reduced-for-device", "warning", device=device, from_px=max_px, to_px=side
        )
    done: dict[str, _Made] = {}
    for i, source in enumerate(sources):
        report(i, len(sources), "textures")
        shown = seen.get(source.sha256, side)
        if shown < side:
            surface = surface.noting(
                "texture-finer-than-screen", "info", name=source.name, to_px=shown, screen_px=screen_px or 0
            )
        done[source.sha256] = _encoded(source, min(side, shown), chosen, quality, effort)
    report(len(sources), len(sources), "textures")
    finished = surface.but(materials=tuple(_with(m, done) for m in surface.materials))
    for source in sources:
        finished = _told(finished, source, done[source.sha256])
    return finished


def _hold_possible(max_px: int, quality: int, effort: int) -> None:
    if not 4 <= max_px <= 16384 or not 1 <= quality <= 100 or not 0 <= effort <= 6:
        raise Refused("max_px is 4 to 16384, quality 1 to 100 and effort 0 to 6", where="step textures")


def _fitting(
    sources: tuple[Texture, ...], max_px: int, format: Format, device: str, seen: Mapping[str, int]
) -> tuple[str, int]:
    """Format and longest side with which all textures together fit the device."""
    if format not in ("auto", "webp"):
        return format, max_px
    if device == "none":
        return "webp", max_px
    room = budgets()[device].decoded_bytes * 2 // 3

    def needed(side: int, bits: int) -> int:
        sizes = [_reduced(t, min(side, seen.get(t.sha256, side))) for t in sources]
        return sum(texture_bytes(*size, bits_per_texel=bits) for size in sizes)

    if needed(max_px, 32) <= room:
        return "webp", max_px
    small = format == "auto" and ktx2.available()
    chosen, bits = ("ktx2-etc1s", ktx2.BITS_PER_TEXEL) if small else ("webp", 32)
    side = max_px
    while side > SMALLEST_PX and needed(side, bits) > room:
        side //= 2
    return chosen, side


def _reduced(texture: Texture, side: int) -> tuple[int, int]:
    factor = min(1.0, side / max(texture.width, texture.height))
    return max(1, round(texture.width * factor)), max(1, round(texture.height * factor))


def _encoded(source: Texture, side: int, format: str, quality: int, effort: int) -> _Made:
    if source.role == "data":
        quality = max(quality, DATA_QUALITY)
        format = "ktx2-uastc" if format == "ktx2-etc1s" else format
    side = min(side, max(source.width, source.height))
    key = (source.sha256 + source.role, side, format, quality, effort)
    made = _encodings.get(key, lambda: _encode(source, side, format, quality, effort))
    # the same picture may have another name in another scan
    return replace(made, texture=replace(made.texture, name=source.name))


def _encode(source: Texture, side: int, format: str, quality: int, effort: int) -> _Made:
    wanted = pixels(source, max_px=side)
    if wanted.shape[2] == 4 and (wanted[..., 3] == 255).all():
        wanted = np.ascontiguousarray(wanted[..., :3])
    if format == "jpeg" and wanted.shape[2] == 4:
        format = "png"  # a JPEG would fill what is cut out
    if format.startswith("ktx2"):
        wanted = ktx2.fitted(wanted)
    height, width = wanted.shape[:2]
    if format.startswith("ktx2"):
        data, media_type, back = ktx2.encode(wanted, mode=format, role=source.role)
    else:
        data, media_type = _saved(wanted, format, quality, effort)
        back = _loaded(data)
        if media_type == "image/webp" and _drawn(wanted):
            exact = _lossless(wanted)
            if len(exact) <= len(data):
                data, back = exact, wanted
    if (width, height) == (source.width, source.height) and _keepable(source, format):
        saves = SAVES_NEAR if quality >= NEAR_QUALITY else SAVES
        original = _original(source, most=len(data) / saves)
        if original is not None:
            digest = hashlib.sha256(original).hexdigest()
            return _Made(replace(source, path=None, data=original, sha256=digest), 99.0, kept=True)
    texture = replace(
        source,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        width=back.shape[1],
        height=back.shape[0],
        channels=wanted.shape[2],
        bits=8,
        profile="",
        orientation=1,
        path=None,
        data=data,
        changes=(),
    )
    same = back.shape[:2] == wanted.shape[:2]
    channels = min(back.shape[2], wanted.shape[2])
    loss = psnr_db(wanted[..., :channels], back[..., :channels]) if same else 0.0
    return _Made(texture, round(loss, 2), kept=False)


def _original(source: Texture, most: float) -> bytes | None:
    """The scan's own file, without remarks and packed anew; None where it takes more bytes than ``most``, or
    nobody knows what else is in it.
    """
    plain = without_remarks(source.encoded(), source.media_type)
    if plain is None:
        return None
    if source.media_type == "image/jpeg":
        return packed(plain, source.width * source.height) if len(plain) * PACKS <= most else None
    return plain if len(plain) <= most else None


def _keepable(source: Texture, format: str) -> bool:
    """Whether the file as it came is a glTF texture that shows the same everywhere."""
    wanted = format in {"auto", "webp"} or source.media_type == f"image/{format}"
    plain = source.orientation == 1 and source.bits == 8 and not source.profile and not source.changes
    return wanted and plain and source.media_type in KEEPABLE


def _saved(picture: NDArray[np.uint8], format: str, quality: int, effort: int) -> tuple[bytes, str]:
    image = pyvips.Image.new_from_array(picture, interpretation="srgb")
    if format == "png":
        return image.pngsave_buffer(compression=9, keep="none"), "image/png"
    if format == "jpeg":
        data = image.jpegsave_buffer(Q=quality, optimize_coding=True, trellis_quant=True, keep="none")
        return packed(data, picture.shape[0] * picture.shape[1]), "image/jpeg"
    options: dict[str, Any] = {
        "Q": quality,
        "alpha_q": quality,
        "effort": effort,
        "keep": "none",
    }
    return image.webpsave_buffer(**options), "image/webp"


def _drawn(picture: NDArray[np.uint8]) -> bool:
    some = picture[::8, ::8].reshape(-1, picture.shape[2])
    return len(np.unique(some, axis=0)) <= DRAWN_COLOURS


def _lossless(picture: NDArray[np.uint8]) -> bytes:
    image = pyvips.Image.new_from_array(picture, interpretation="srgb")
    data: bytes = image.webpsave_buffer(lossless=True, effort=4, keep="none")
    return data


def _loaded(data: bytes) -> NDArray[np.uint8]:
    return np.ascontiguousarray(pyvips.Image.new_from_buffer(data, "").numpy())


def _with(material: Material, done: dict[str, _Made]) -> Material:
    changes: dict[str, TextureUse] = {}
    for slot in _SLOTS:
        use = getattr(material, slot)
        if use is not None:
            changes[slot] = replace(use, texture=done[use.texture.sha256].texture)
    return replace(material, **changes)  # type: ignore[arg-type]


def _told(surface: Surface, source: Texture, made: _Made) -> Surface:
    texture = made.texture
    figures: dict[str, float | int | str] = {
        "name": source.name,
        "from_px": max(source.width, source.height),
        "px": max(texture.width, texture.height),
        "format": texture.media_type.removeprefix("image/"),
        "kilobytes": round(len(texture.encoded()) / 1000, 1),
    }
    uses = [m.colour_texture for m in surface.materials if m.colour_texture is not None]
    size = next((texel_mm(surface, use) for use in uses if use.texture.sha256 == texture.sha256), None)
    if size is not None and surface.placement is not None:
        figures |= {"texel_mm": size[1], "texel_p5_mm": size[0], "texel_p95_mm": size[2]}
    if made.kept:
        return surface.noting("texture-kept", "info", **figures)
    return surface.noting("texture-encoded", "info", psnr_db=made.psnr_db, **figures)
