"""The levels of recipe ``relic``, each written by every codec at the same quantisation.

Each is written twice: whole, as a visitor gets it, for its bytes on the wire; and as form alone, for its
decode time: pictures are decoded on threads of their own that no codec changes, and their noise is larger
than what is to be measured. In the form a picture of one pixel stands for each texture while it is written,
so that texture coordinates get the bits of the real one, and is taken out of the file's JSON afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyvips

from benchmarks.inputs import ROOT, WORK, Input, inputs
from pipeline.formats import read
from pipeline.formats.gltf_parts import Compression
from pipeline.formats.gltf_write import write_glb
from pipeline.formats.packed import pack, wire_bytes
from pipeline.matter.surface import Material, Surface
from pipeline.matter.texture import Texture
from pipeline.recipe import find, load
from pipeline.steps.compress import bits_of
from pipeline.work.fitting import fitted

CODECS: tuple[Compression, ...] = ("meshopt", "meshopt-v1", "draco", "none")
USES = ("colour_texture", "normal_texture", "occlusion_texture", "metallic_roughness_texture")
NAMES = ("laurana", "trench_019", "helmet", "jar-1M-4K")


@dataclass(frozen=True)
class Coded:
    """One level by one codec; ``form`` is the file that is decoded, the bytes are of the whole level."""

    input: str
    level: str
    codec: str
    triangles: int
    position_bits: int
    bytes: int
    wire: int
    form_wire: int
    form: Path


def chosen(names: tuple[str, ...]) -> list[Input]:
    """Gives the inputs named, or all at hand; the synthetic jar only where it is there or named."""
    jar = WORK / "jar-1M-4K" / "scan.obj"
    wanted = names or tuple(n for n in NAMES if n != "jar-1M-4K" or jar.exists())
    found = inputs(tuple(n for n in wanted if n != "helmet") or ("",))
    helmet = Path(os.environ.get("MUSEUM_TEST_SCANS", ROOT.parent / "shared" / "scans")) / "helmet"
    if "helmet" in wanted and (helmet / "greek_helmet.obj").exists():
        found.append(Input("helmet", (helmet / "greek_helmet.obj",), "cm"))
    return found


def coded(one: Input, folder: Path) -> Iterator[Coded]:
    """Gives every view level of an input by every codec; the forms are written into ``folder``, each with its
    brotli form beside it where the server would have one.
    """
    for level, surface in _levels(one):
        bits = bits_of(surface)
        for codec in CODECS:
            whole = _glb(surface, codec, bits)
            form = _without_pictures(_glb(_with_stand_ins(surface), codec, bits))
            packed = pack(form)
            path = folder / f"{one.name}-{level}-{codec}.{hashlib.sha256(form).hexdigest()[:8]}.glb"
            path.write_bytes(form)
            if packed:
                path.with_name(path.name + ".br").write_bytes(packed)
            wire, form_wire = wire_bytes(whole), len(packed or form)
            count = len(surface.triangles)
            yield Coded(one.name, level, codec, count, bits, len(whole), wire, form_wire, path)


def _levels(one: Input) -> Iterator[tuple[str, Surface]]:
    """The levels as they go into ``compress``, within their devices' budgets."""
    recipe = load(find("relic"))
    facts: dict[str, Any] = {"unit": one.unit, "evidence": "given"}

    def run(workpiece: Any, uses: Any) -> Any:
        for use in uses:
            workpiece = use.step.function(workpiece, **use.given(facts))
        return workpiece

    common = run(read(one.paths[0]), recipe.uses)
    for level in recipe.levels:
        if level.usage == "view":
            surface = fitted(level, lambda uses: run(common, uses)).made.before
            assert isinstance(surface, Surface)
            yield level.quality, surface


def _glb(surface: Surface, codec: Compression, bits: int) -> bytes:
    return write_glb(surface, compression=codec, position_bits=bits, normal_bits=8).data


def _with_stand_ins(surface: Surface) -> Surface:
    data: bytes = pyvips.Image.black(1, 1, bands=3).webpsave_buffer()
    digest = hashlib.sha256(data).hexdigest()

    def stand_in(texture: Texture) -> Texture:
        return replace(texture, data=data, path=None, sha256=digest, media_type="image/webp", changes=())

    def bare(material: Material) -> Material:
        uses = {name: getattr(material, name) for name in USES}
        return replace(
            material,
            **{name: replace(use, texture=stand_in(use.texture)) for name, use in uses.items() if use},
        )

    return surface.but(materials=tuple(bare(material) for material in surface.materials))


def _without_pictures(glb: bytes) -> bytes:
    """The GLB without images and what names them; coordinates and buffers stay."""
    length = struct.unpack_from("<I", glb, 12)[0]
    document, rest = json.loads(glb[20 : 20 + length]), glb[20 + length :]
    for name in ("images", "textures", "samplers"):
        document.pop(name, None)
    for material in document.get("materials", ()):
        for owner in (material, material.get("pbrMetallicRoughness", {})):
            for name in [name for name in owner if name.endswith("Texture")]:
                del owner[name]
    for name in ("extensionsUsed", "extensionsRequired"):
        kept = [e for e in document.get(name, ()) if e not in ("EXT_texture_webp", "KHR_texture_transform")]
        document[name] = kept
        if not kept:
            del document[name]
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + rest
