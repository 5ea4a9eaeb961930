"""MTL: the material libraries of OBJ files, as programs really write them.

Photogrammetry puts what was measured into ``map_Kd``. With a texture the factor ``Kd`` (0.8, 0.64 or even
0 by the exporter's whim) is therefore not applied. Without one it is the colour, sRGB as pickers show it.
``Ks`` and ``Ns`` say nothing about a scan and are left out; ``Pr`` and ``Pm`` are taken. What cannot be
carried becomes a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pipeline.catalogue.finding import Finding
from pipeline.errors import Refused
from pipeline.matter.surface import Material, TextureUse, Wrap
from pipeline.matter.texture import Texture

from . import images, limits
from .decode import decode
from .textures import Textures

_OPTION = re.compile(r"-(\w+)\s+")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?=\s)")
_UP_TO_THREE_NUMBERS = frozenset({"o", "s", "t"})


@dataclass(frozen=True, slots=True)
class MapStatement:
    """A texture statement: the file as written and its options; ``scale`` and ``offset`` are of the UVs."""

    file: str
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)
    clamp: bool = False
    bump: float = 1.0


@dataclass(frozen=True, slots=True)
class MtlMaterial:
    """A material, and what its colour texture asks of the UVs."""

    material: Material
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)


@dataclass
class _Entry:
    name: str
    values: dict[str, str] = field(default_factory=dict)


def read_mtl(path: Path, textures: Textures, *, only: set[str] | None = None) -> dict[str, MtlMaterial]:
    """Reads a library; textures are found and probed, findings go to ``textures``.

    Args:
        path: the file.
        textures: finder of the model's folder.
        only: names of the materials that are used; others are left out, all are read where None.

    Raises:
        Refused: larger than a library can be, or one of its textures is damaged.
    """
    return {
        entry.name: _material(entry, textures)
        for entry in _entries(path)
        if only is None or entry.name in only
    }


def maps_of(path: Path) -> tuple[str, ...]:
    """Every file that a library names as a texture, once each, as written."""
    named = (map_statement(v).file for e in _entries(path) for k, v in e.values.items() if _is_map(k))
    return tuple(dict.fromkeys(name for name in named if name))


def map_statement(text: str) -> MapStatement:
    """Takes apart what stands after ``map_Kd``: options first, then a file name that may hold blanks.

    >>> map_statement("-s 2 2 1 -clamp on a b.jpg")
    MapStatement(file='a b.jpg', scale=(2.0, 2.0), offset=(0.0, 0.0), clamp=True, bump=1.0)
    """
    rest, made = text[: limits.NAME_MAX_CHARACTERS].strip(), MapStatement("")
    while (option := _OPTION.match(rest)) is not None:
        name, rest = option[1].lower(), rest[option.end() :]
        if name in _UP_TO_THREE_NUMBERS:
            values: list[float] = []
            while len(values) < 3 and (number := _NUMBER.match(rest)) is not None:
                values.append(float(number[0]))
                rest = rest[number.end() :].lstrip()
            if values and name != "t":
                pair = (values[0], values[1] if len(values) > 1 else (values[0] if name == "s" else 0.0))
                made = replace(made, scale=pair) if name == "s" else replace(made, offset=pair)
            continue
        for _ in range(2 if name == "mm" else 1):
            value, _, rest = rest.partition(" ")
            rest = rest.lstrip()
        if name == "clamp":
            made = replace(made, clamp=value.lower() == "on")
        elif name == "bm":
            made = replace(made, bump=_float(value, 1.0))
    return replace(made, file=rest.strip().strip('"'))


def _entries(path: Path) -> list[_Entry]:
    with path.open("rb") as file:
        raw = file.read(limits.MTL_MAX_BYTES + 1)
    if len(raw) > limits.MTL_MAX_BYTES:
        raise Refused(f"the material library has more than {limits.MTL_MAX_BYTES} bytes", where=path.name)
    text = re.sub(r"\\[ \t]*\r?\n", " ", decode(raw))
    entries: list[_Entry] = []
    for line in re.split(r"\r\n|\n|\r", text):
        key, _, rest = line.strip().replace("\t", " ").partition(" ")
        if key.lower() == "newmtl":
            entries.append(_Entry(rest.strip()))
        elif entries and key and not key.startswith("#"):
            entries[-1].values.setdefault(key.lower(), rest.strip())
    return entries


def _is_map(key: str) -> bool:
    return key.startswith("map_") or key in ("bump", "norm", "disp", "decal", "refl")


def _material(entry: _Entry, textures: Textures) -> MtlMaterial:
    values = entry.values
    colour_map = map_statement(values.get("map_kd", ""))
    colour = _texture(colour_map, "colour", entry, textures)
    alpha, mode = _alpha(entry, colour_map, textures)
    red, green, blue = (1.0, 1.0, 1.0) if colour else _linear(_triple(values.get("kd", ""), 1.0))
    normal, normal_scale = _normal(entry, textures)
    emission = _texture(map_statement(values.get("map_ke", "")), "colour", entry, textures)
    packed = _packed(entry, textures)
    material = Material(
        name=entry.name,
        base_colour=(red, green, blue, alpha),
        metallic=1.0 if packed else _unit(values.get("pm", ""), 0.0),
        roughness=1.0 if packed else _unit(values.get("pr", ""), 1.0),
        colour_texture=colour,
        normal_texture=normal,
        metallic_roughness_texture=packed,
        emissive_texture=emission,
        emissive=(1.0, 1.0, 1.0) if emission else _linear(_triple(values.get("ke", ""), 0.0)),
        normal_scale=normal_scale,
        alpha=mode,
    )
    return MtlMaterial(material, colour_map.scale, colour_map.offset)


def _texture(
    statement: MapStatement, role: Literal["colour", "data"], entry: _Entry, textures: Textures
) -> TextureUse | None:
    if not statement.file:
        return None
    texture = textures.get(statement.file, role, material=entry.name)
    wrap: Wrap = "clamp" if statement.clamp else "repeat"
    return None if texture is None else TextureUse(texture, wrap=(wrap, wrap))


def _alpha(
    entry: _Entry, colour_map: MapStatement, textures: Textures
) -> tuple[float, Literal["opaque", "mask", "blend"]]:
    """Opacity and how it is drawn. An invisible material was not meant to be one (``Tr 1`` for opaque)."""
    alpha = _unit(entry.values.get("d", "").removeprefix("-halo"), -1.0)
    if alpha < 0:
        alpha = 1.0 - _unit(entry.values.get("tr", ""), 0.0)
    if alpha <= 0.0:
        alpha = 1.0
    if "map_d" in entry.values:
        if map_statement(entry.values["map_d"]).file == colour_map.file:
            return alpha, "mask"
        _ignored(entry, "map_d", textures)
    return alpha, "opaque" if alpha >= 1.0 else "blend"


def _normal(entry: _Entry, textures: Textures) -> tuple[TextureUse | None, float]:
    """The normal map: ``norm``, or a bump map that really is one (many programs write it there)."""
    if entry.values.get("norm"):
        statement = map_statement(entry.values["norm"])
        return _texture(statement, "data", entry, textures), statement.bump
    for key in ("map_bump", "bump"):
        if entry.values.get(key):
            statement = map_statement(entry.values[key])
            use = _texture(statement, "data", entry, textures)
            if use is not None and _shows_normals(use.texture):
                return use, statement.bump
            if use is not None:
                _ignored(entry, key, textures)
            return None, 1.0
    return None, 1.0


def _shows_normals(texture: Texture) -> bool:
    """Whether the picture is bluish all over, as tangent-space normals are, and not a grey height map."""
    if texture.channels < 3:
        return False
    red, green, blue = images.pixels(texture, max_px=64)[..., :3].reshape(-1, 3).mean(axis=0)
    return bool(blue > 180 and abs(red - 128) < 40 and abs(green - 128) < 40)


def _packed(entry: _Entry, textures: Textures) -> TextureUse | None:
    """Roughness (green) and metal (blue) in one picture, where both statements name the same."""
    roughness, metal = (map_statement(entry.values.get(k, "")) for k in ("map_pr", "map_pm"))
    if roughness.file and roughness.file == metal.file:
        return _texture(roughness, "data", entry, textures)
    for key, statement in (("map_Pr", roughness), ("map_Pm", metal)):
        if statement.file:
            _ignored(entry, key, textures)
    return None


def _ignored(entry: _Entry, key: str, textures: Textures) -> None:
    textures.findings.append(Finding("map-not-used", "warning", {"material": entry.name, "statement": key}))


def _float(text: str, default: float) -> float:
    words = text.split()
    try:
        value = float(words[0]) if words else default
    except ValueError:
        return default
    return value if abs(value) < 1e6 else default


def _unit(text: str, default: float) -> float:
    value = _float(text, default)
    return default if value == default else min(max(value, 0.0), 1.0)


def _triple(text: str, default: float) -> tuple[float, float, float]:
    """Three channels of a colour; one alone counts for all, spectral and xyz ones are not understood."""
    words = text.split()
    if not words or words[0] in ("spectral", "xyz"):
        return default, default, default
    values = [min(max(_float(w, default), 0.0), 1.0) for w in words[:3]]
    return (values[0], values[1], values[2]) if len(values) == 3 else (values[0],) * 3


def _linear(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    """IEC 61966-2-1."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return red, green, blue
