"""Our materials and encoded textures as glTF's, with the extensions that they need.

Curvature, which glTF has no place for, is named by the material's ``extras``: what draws the model passes
over it, and the validator finds nothing wrong.

The file is made to be published, so its materials and images have numbers and not the names that they had in
the scan: those are often the names of files, and so of persons and places.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.formats.baked import baked
from pipeline.formats.gltf_binary import Binary
from pipeline.formats.gltf_quantise import UvGrid
from pipeline.matter.curvature import FLAT
from pipeline.matter.surface import Material, TextureUse
from pipeline.matter.texture import Texture

WRAPS = {"repeat": 10497, "clamp": 33071, "mirror": 33648}
LINEAR, LINEAR_MIPMAP_LINEAR = 9729, 9987
SOURCES = {"image/webp": "EXT_texture_webp", "image/ktx2": "KHR_texture_basisu"}
"""Media types that a plain texture may not have, and the extension that carries them."""
PICTURES = {
    "baseColorTexture": "colour",
    "metallicRoughnessTexture": "metal and roughness",
    "normalTexture": "normals",
    "occlusionTexture": "occlusion",
    "emissiveTexture": "glow",
    "curvatureTexture": "curvature",
}
"""What an image is called in the file, with a number, by what it is first used for."""


OWN = frozenset({"filled", "baked"})
"""Names of materials that our steps made; all others came with the scan and stay in the museum."""


class MaterialWriter:
    """Writes each material, sampler and image once."""

    def __init__(self, binary: Binary) -> None:
        self.binary = binary
        self.lists: dict[str, list[dict[str, Any]]] = {
            "materials": [],
            "textures": [],
            "samplers": [],
            "images": [],
        }
        self.used: set[str] = set()
        self.required: set[str] = set()
        self.written: dict[str, Texture] = {}
        self._images: dict[str, int] = {}
        self._baked: dict[str, Texture] = {}

    def material(self, material: Material, uv_sets: dict[int, tuple[int, UvGrid | None]]) -> int:
        """Adds a material; ``uv_sets`` maps our UV set to the file's and to its grid."""
        pbr: dict[str, Any] = {"metallicFactor": material.metallic, "roughnessFactor": material.roughness}
        if material.base_colour != (1.0, 1.0, 1.0, 1.0):
            pbr["baseColorFactor"] = list(material.base_colour)
        out: dict[str, Any] = {
            "name": material.name if material.name in OWN else f"material {len(self.lists['materials']) + 1}",
            "pbrMetallicRoughness": pbr,
        }
        slots: list[tuple[dict[str, Any], str, TextureUse | None, dict[str, float]]] = [
            (pbr, "baseColorTexture", material.colour_texture, {}),
            (pbr, "metallicRoughnessTexture", material.metallic_roughness_texture, {}),
            (out, "normalTexture", material.normal_texture, {"scale": material.normal_scale}),
            (out, "occlusionTexture", material.occlusion_texture, {"strength": material.occlusion_strength}),
            (out, "emissiveTexture", material.emissive_texture, {}),
        ]
        for target, key, use, more in slots:
            if use is not None:
                unusual = {name: value for name, value in more.items() if value != 1.0}
                target[key] = {**self._info(use, PICTURES[key], uv_sets), **unusual}
        if (bent := material.curvature_texture) is not None:
            scale = {"flat": FLAT, "perStep": material.curvature_per_step, "unit": "1/m"}
            info = self._info(bent, PICTURES["curvatureTexture"], uv_sets)
            out["extras"] = {"curvatureTexture": info | scale}
        if material.emissive != (0.0, 0.0, 0.0):
            out["emissiveFactor"] = list(material.emissive)
        if material.alpha != "opaque":
            out["alphaMode"] = material.alpha.upper()
        if material.alpha == "mask":
            out["alphaCutoff"] = material.alpha_cutoff
        if material.double_sided:
            out["doubleSided"] = True
        if material.unlit:
            out["extensions"] = {"KHR_materials_unlit": {}}
            self.used.add("KHR_materials_unlit")
        return self._add("materials", out)

    def _info(
        self, use: TextureUse, shows: str, uv_sets: dict[int, tuple[int, UvGrid | None]]
    ) -> dict[str, Any]:
        number, grid = uv_sets[use.uv_set]
        info: dict[str, Any] = {"index": self._texture(use, shows)}
        if number:
            info["texCoord"] = number
        if grid is not None and not grid.plain:
            info["extensions"] = {
                "KHR_texture_transform": {"offset": list(grid.offset), "scale": list(grid.scale)}
            }
            self.used.add("KHR_texture_transform")
            self.required.add("KHR_texture_transform")
        return info

    def _texture(self, use: TextureUse, shows: str) -> int:
        if use.texture.changes:
            digest = use.texture.sha256
            if digest not in self._baked:
                self._baked[digest] = baked(use.texture)
            use = replace(use, texture=self._baked[digest])
        sampler = {
            "magFilter": LINEAR,
            "minFilter": LINEAR_MIPMAP_LINEAR,
            "wrapS": WRAPS[use.wrap[0]],
            "wrapT": WRAPS[use.wrap[1]],
        }
        entry: dict[str, Any] = {"sampler": self._add("samplers", sampler)}
        image = self._image(use.texture, shows)
        extension = SOURCES.get(use.texture.media_type)
        if extension:
            entry["extensions"] = {extension: {"source": image}}
            self.used.add(extension)
            self.required.add(extension)
        else:
            entry["source"] = image
        return self._add("textures", entry)

    def _image(self, texture: Texture, shows: str) -> int:
        if texture.media_type not in ("image/jpeg", "image/png", *SOURCES):
            raise ValueError(f"glTF cannot hold {texture.media_type}: encode the texture first")
        if texture.sha256 not in self._images:
            view = self.binary.blob(texture.encoded())
            number = sum(image["name"].startswith(f"{shows} ") for image in self.lists["images"]) + 1
            entry = {"name": f"{shows} {number}", "mimeType": texture.media_type, "bufferView": view}
            self._images[texture.sha256] = self._add("images", entry)
            self.written[texture.sha256] = texture
        return self._images[texture.sha256]

    def _add(self, kind: str, entry: dict[str, Any]) -> int:
        entries = self.lists[kind]
        if kind != "materials" and entry in entries:
            return entries.index(entry)
        entries.append(entry)
        return len(entries) - 1


def decoded_bytes(texture: Texture) -> int:
    """Gives a texture's GPU memory with all mips: 4 bytes a pixel, or 1 for KTX2, which stays in blocks.

    1 is exact for UASTC (as BC7 or ASTC 4×4) and ETC1S with alpha, and twice the truth for opaque ETC1S.
    """
    each = 1 if texture.media_type == "image/ktx2" else 4
    total, width, height = 0, texture.width, texture.height
    while True:
        total += width * height * each
        if width <= 1 and height <= 1:
            return total
        width, height = max(1, width // 2), max(1, height // 2)
