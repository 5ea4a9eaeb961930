"""glTF's materials and textures as ours. Texture transforms become UV sets: a Surface has none."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding
from pipeline.formats import images
from pipeline.formats.gltf_accessors import view
from pipeline.formats.gltf_container import Document, data_of, shown
from pipeline.formats.gltf_types import (
    CurvatureInfo,
    Image,
    MaterialExtras,
    MaterialJson,
    MetallicRoughness,
    Sampler,
    SourceOf,
    SpecularGlossiness,
    TextureInfo,
    TextureTransform,
)
from pipeline.matter.surface import Material, TextureUse, Wrap
from pipeline.matter.texture import Role, Texture

WRAPS: dict[int, Wrap] = {10497: "repeat", 33071: "clamp", 33648: "mirror"}
Alpha = Literal["opaque", "mask", "blend"]


@dataclass(frozen=True, slots=True)
class UvSource:
    """Where an UV set of ours comes from: a TEXCOORD set and an affine 2×3 matrix over it."""

    tex_coord: int = 0
    matrix: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)

    def apply(self, uv: NDArray[np.float32]) -> NDArray[np.float32]:
        """Gives the transformed (N, 2) coordinates."""
        if self == UvSource(self.tex_coord):
            return uv
        m = np.array(self.matrix, np.float64).reshape(2, 3)
        return (uv @ m[:, :2].T + m[:, 2]).astype(np.float32)


@dataclass(slots=True)
class Read:
    """A material and the (at most two) UV sets it wants."""

    material: Material
    uvs: list[UvSource] = field(default_factory=list)


class Materials:
    """Reads each material once, and each image once for each role."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self._textures: dict[tuple[int, Role], Texture | None] = {}

    def note(self, code: str, **figures: float | int | str) -> None:
        """Notes a warning once."""
        finding = Finding(code, "warning", figures)
        if finding not in self.findings:
            self.findings.append(finding)

    def read(self, index: int | None) -> Read:
        """Gives a material; None is glTF's default one."""
        if index is None:
            return Read(Material(metallic=1.0))
        entry = self.document.item(self.document.gltf.materials, index, "material")
        name = entry.name or f"material {index}"
        out = Read(Material())
        pbr, curvature = self._metallic_roughness(entry), self._curvature(entry)
        out.material = Material(
            name=entry.name,
            base_colour=pbr.base_color_factor,
            metallic=_unit(pbr.metallic_factor),
            roughness=_unit(pbr.roughness_factor),
            colour_texture=self._use(out, pbr.base_color_texture, "colour", name),
            normal_texture=self._use(out, entry.normal_texture, "data", name),
            metallic_roughness_texture=self._use(out, pbr.metallic_roughness_texture, "data", name),
            occlusion_texture=self._use(out, entry.occlusion_texture, "data", name),
            emissive_texture=self._use(out, entry.emissive_texture, "colour", name),
            emissive=entry.emissive_factor,
            normal_scale=entry.normal_texture.scale if entry.normal_texture else 1.0,
            occlusion_strength=entry.occlusion_texture.strength if entry.occlusion_texture else 1.0,
            alpha=_ALPHA[entry.alpha_mode],
            alpha_cutoff=entry.alpha_cutoff,
            double_sided=entry.double_sided,
            unlit="KHR_materials_unlit" in entry.extensions,
            curvature_texture=self._use(out, curvature, "data", name),
            curvature_per_step=curvature.per_step if curvature else 0.0,
        )
        return out

    def _metallic_roughness(self, entry: MaterialJson) -> MetallicRoughness:
        old = self.document.extension(
            entry.extensions, "KHR_materials_pbrSpecularGlossiness", SpecularGlossiness
        )
        if old is None:
            return entry.pbr_metallic_roughness
        return MetallicRoughness(
            base_color_factor=old.diffuse_factor,
            base_color_texture=old.diffuse_texture,
            metallic_factor=0.0,
            roughness_factor=1.0 - old.glossiness_factor,
        )

    def _curvature(self, entry: MaterialJson) -> CurvatureInfo | None:
        """What the extras say of curvature; None where they are another program's: those hold anything."""
        try:
            info = msgspec.json.decode(entry.extras, type=MaterialExtras).curvature_texture
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return None
        return info if info is not None and info.index < len(self.document.gltf.textures) else None

    def _use(self, out: Read, info: TextureInfo | None, role: Role, name: str) -> TextureUse | None:
        if info is None:
            return None
        texture = self._texture(info.index, role, name)
        if texture is None:
            return None
        source = self._source(info)
        if source not in out.uvs:
            if len(out.uvs) == 2:
                self.note("gltf-uv-transform-dropped", material=name)
                return None
            out.uvs.append(source)
        entry = self.document.item(self.document.gltf.textures, info.index, "texture")
        sampler = Sampler()
        if entry.sampler is not None:
            sampler = self.document.item(self.document.gltf.samplers, entry.sampler, "sampler")
        wrap = (WRAPS.get(sampler.wrap_s, "repeat"), WRAPS.get(sampler.wrap_t, "repeat"))
        return TextureUse(texture, out.uvs.index(source), wrap)

    def _source(self, info: TextureInfo) -> UvSource:
        transform = self.document.extension(info.extensions, "KHR_texture_transform", TextureTransform)
        if transform is None:
            return UvSource(info.tex_coord)
        (x, y), (cos, sin) = transform.scale, (math.cos(transform.rotation), math.sin(transform.rotation))
        # translation · rotation · scale, with the extension's rotation: counter-clockwise in image space
        matrix = (cos * x, sin * y, transform.offset[0], -sin * x, cos * y, transform.offset[1])
        return UvSource(info.tex_coord if transform.tex_coord is None else transform.tex_coord, matrix)

    def _texture(self, index: int, role: Role, material: str) -> Texture | None:
        entry = self.document.item(self.document.gltf.textures, index, "texture")
        candidates = [entry.source]
        for name in ("KHR_texture_basisu", "EXT_texture_webp"):
            other = self.document.extension(entry.extensions, name, SourceOf)
            candidates.append(other.source if other else None)
        # The plain image first: where a file brings both, the other is its compressed copy.
        for source in candidates:
            if source is not None:
                return self._image(source, role, material)
        self.note("texture-missing", material=material, file="?")
        return None

    def _image(self, index: int, role: Role, material: str) -> Texture | None:
        if (index, role) not in self._textures:
            entry = self.document.item(self.document.gltf.images, index, "image")
            self._textures[index, role] = self._open(entry, index, role)
            if self._textures[index, role] is None:
                self.note("texture-missing", material=material, file=shown(entry.uri or "?"))
        return self._textures[index, role]

    def _open(self, entry: Image, index: int, role: Role) -> Texture | None:
        if entry.buffer_view is not None:
            data = bytes(view(self.document, entry.buffer_view)[0])
            return images.probe(data, name=entry.name or f"image {index}", role=role)
        if entry.uri is None:
            return None
        if entry.uri.startswith("data:"):
            data = data_of(entry.uri, self.document.name)
            return images.probe(data, name=entry.name or f"image {index}", role=role)
        path = self.document.file(entry.uri)
        return images.probe(path, role=role) if path else None


_ALPHA: dict[str, Alpha] = {"OPAQUE": "opaque", "MASK": "mask", "BLEND": "blend"}


def _unit(value: Any) -> float:
    return min(1.0, max(0.0, float(value)))
