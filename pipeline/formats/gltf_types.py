"""The parts of glTF 2.0 that we read, as frozen types: what does not fit is refused with its place.

Names follow the specification (in camelCase in the file); what is not listed here is not looked at.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Index = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
Size = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]


class Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What every glTF object may carry."""

    name: str = ""
    extensions: dict[str, Any] = {}


class Asset(Part, frozen=True):
    """Which glTF it is and what wrote it."""

    version: str
    min_version: str = ""
    generator: str = ""


class Buffer(Part, frozen=True):
    """Bytes in a file, a data: address or the GLB's own chunk."""

    byte_length: Size
    uri: str | None = None


class BufferView(Part, frozen=True):
    """A stretch of a buffer."""

    buffer: Index
    byte_length: Size
    byte_offset: Size = 0
    byte_stride: Annotated[int, msgspec.Meta(ge=1, le=252)] | None = None


class MeshoptView(Part, frozen=True):
    """EXT_meshopt_compression and KHR_meshopt_compression of a buffer view."""

    buffer: Index
    byte_length: Size
    byte_stride: Annotated[int, msgspec.Meta(ge=1, le=256)]
    count: Size
    mode: Literal["ATTRIBUTES", "TRIANGLES", "INDICES"]
    byte_offset: Size = 0
    filter: Literal["NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR"] = "NONE"


class SparseIndices(Part, frozen=True):
    """Which elements a sparse accessor replaces."""

    buffer_view: Index
    component_type: Literal[5121, 5123, 5125]
    byte_offset: Size = 0


class SparseValues(Part, frozen=True):
    """What a sparse accessor puts there."""

    buffer_view: Index
    byte_offset: Size = 0


class Sparse(Part, frozen=True):
    """The differences to an accessor."""

    count: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    indices: SparseIndices
    values: SparseValues


class Accessor(Part, frozen=True):
    """A buffer view seen as numbers."""

    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    count: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    buffer_view: Index | None = None
    byte_offset: Size = 0
    normalized: bool = False
    sparse: Sparse | None = None


class DracoPrimitive(Part, frozen=True):
    """KHR_draco_mesh_compression of a primitive."""

    buffer_view: Index
    attributes: dict[str, Index]


class Primitive(Part, frozen=True):
    """What is drawn with one material."""

    attributes: dict[str, Index] = {}
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, msgspec.Meta(ge=0, le=6)] = 4
    targets: list[Any] = []


class Mesh(Part, frozen=True):
    """Primitives that go together."""

    primitives: list[Primitive]


class Node(Part, frozen=True):
    """A place in the scene."""

    children: list[Index] = []
    mesh: Index | None = None
    skin: Index | None = None
    matrix: Annotated[list[float], msgspec.Meta(min_length=16, max_length=16)] | None = None
    rotation: Vec4 = (0.0, 0.0, 0.0, 1.0)
    scale: Vec3 = (1.0, 1.0, 1.0)
    translation: Vec3 = (0.0, 0.0, 0.0)


class Scene(Part, frozen=True):
    """What is shown."""

    nodes: list[Index] = []


class Image(Part, frozen=True):
    """A texture's bytes."""

    uri: str | None = None
    buffer_view: Index | None = None


class Sampler(Part, frozen=True):
    """How a texture goes on beyond 0..1."""

    wrap_s: int = 10497
    wrap_t: int = 10497


class SourceOf(Part, frozen=True):
    """KHR_texture_basisu and EXT_texture_webp: another image for the same texture."""

    source: Index


class TextureJson(Part, frozen=True):
    """An image with a sampler."""

    source: Index | None = None
    sampler: Index | None = None


class TextureTransform(Part, frozen=True):
    """KHR_texture_transform."""

    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    tex_coord: Index | None = None


class TextureInfo(Part, frozen=True):
    """A texture as a material uses it."""

    index: Index
    tex_coord: Index = 0
    scale: float = 1.0
    strength: float = 1.0


class CurvatureInfo(TextureInfo, frozen=True, kw_only=True):
    """Our picture of the mean curvature: ``(value - flat) · perStep`` is in 1/m, convex above."""

    per_step: Annotated[float, msgspec.Meta(gt=0)]
    flat: Literal[128]
    unit: Literal["1/m"]


class MaterialExtras(msgspec.Struct, frozen=True, rename="camel"):
    """What we write beside glTF's own material model."""

    curvature_texture: CurvatureInfo | None = None


class MetallicRoughness(Part, frozen=True):
    """The material model of glTF 2.0."""

    base_color_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureInfo | None = None
    metallic_factor: float = 1.0
    roughness_factor: float = 1.0
    metallic_roughness_texture: TextureInfo | None = None


class SpecularGlossiness(Part, frozen=True):
    """KHR_materials_pbrSpecularGlossiness, of which the diffuse part is used."""

    diffuse_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureInfo | None = None
    glossiness_factor: float = 1.0


class MaterialJson(Part, frozen=True):
    """A material."""

    pbr_metallic_roughness: MetallicRoughness = MetallicRoughness()
    normal_texture: TextureInfo | None = None
    occlusion_texture: TextureInfo | None = None
    emissive_texture: TextureInfo | None = None
    emissive_factor: Vec3 = (0.0, 0.0, 0.0)
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    extras: msgspec.Raw = msgspec.Raw(b"{}")
    """Anything at all, of any program: read apart (:class:`MaterialExtras`), so that it refuses no file."""


class Gltf(Part, frozen=True):
    """The whole document."""

    asset: Asset
    scene: Index | None = None
    scenes: list[Scene] = []
    nodes: list[Node] = []
    meshes: list[Mesh] = []
    accessors: list[Accessor] = []
    buffer_views: list[BufferView] = []
    buffers: list[Buffer] = []
    materials: list[MaterialJson] = []
    textures: list[TextureJson] = []
    images: list[Image] = []
    samplers: list[Sampler] = []
    animations: list[Any] = []
    extensions_used: list[str] = []
    extensions_required: list[str] = []
