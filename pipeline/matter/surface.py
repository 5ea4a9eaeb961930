"""The workpiece of relics: triangles with their attributes and materials.

One index per vertex for all attributes, as in glTF; a seam is two vertices at one place. Positions are double
precision in the file's own unit and axes until step ``place`` puts the object at the origin in metres, Y up:
a survey 300 m from the origin would lose 0.03 mm per coordinate in single precision.
Arrays are never written to after construction (they are set read-only); every step makes a new Surface.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.finding import Finding, Level
from pipeline.matter.alive import PerForm
from pipeline.matter.texture import Texture

Wrap = Literal["repeat", "clamp", "mirror"]


@dataclass(frozen=True, slots=True)
class TextureUse:
    """A texture as a material uses it: which UV set, how it goes on beyond 0..1."""

    texture: Texture
    uv_set: int = 0
    wrap: tuple[Wrap, Wrap] = ("repeat", "repeat")


@dataclass(frozen=True, slots=True)
class Material:
    """Metallic-roughness material of glTF 2.0, section 3.9. Factors are linear, textures as the glTF says.

    Beside what is drawn, a picture of the mean curvature and what a step of its greys is worth in 1/m
    (``matter.curvature``).
    """

    name: str = ""
    base_colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 0.0
    roughness: float = 1.0
    colour_texture: TextureUse | None = None
    normal_texture: TextureUse | None = None
    metallic_roughness_texture: TextureUse | None = None
    occlusion_texture: TextureUse | None = None
    emissive_texture: TextureUse | None = None
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    normal_scale: float = 1.0
    occlusion_strength: float = 1.0
    alpha: Literal["opaque", "mask", "blend"] = "opaque"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    curvature_texture: TextureUse | None = None
    curvature_per_step: float = 0.0


@dataclass(frozen=True, slots=True)
class Placement:
    """How the scan's coordinates became ours: metres = matrix · scan, a 4×4 float64 matrix; ``levelled_deg``
    and ``front_deg`` say by how much it was tilted onto its base and turned about its axis, None where nobody
    said where the front is."""

    unit: str
    evidence: str
    up: str
    up_evidence: str
    offset_m: tuple[float, float, float]
    matrix: tuple[tuple[float, float, float, float], ...]
    levelled_deg: float = 0.0
    front_deg: float | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Surface:
    """A triangle mesh with materials.

    Attributes:
        positions: (V, 3) float64. Scan units until placed, then metres, Y up, right-handed.
        triangles: (T, 3) int32 indices into the vertices, counter-clockwise seen from outside.
        material_of: (T,) int32 index into ``materials``.
        materials: at least one.
        normals: (V, 3) float32 unit normals or None.
        uvs: none, one or two (V, 2) float32 arrays; origin at the image's **top left** (glTF), readers flip.
        colours: (V, 4) uint8 **sRGB** with straight alpha, or None. Writers convert to what the format wants.
        placement: None until step ``place`` ran.
        error_mm: bound of the geometric error brought in so far by steps, 0 for the scan itself.
        turned_deg: mean angle by which steps turned what is seen of it, 0 for the scan itself.
        source_format: ``obj``, ``ply`` …
        beside: pictures over the first UV set that no material shows and that say how a level came about,
            such as where baking met no scan; files for visitors do not hold them.
        findings: what readers and steps found; carried with the workpiece so that a cached result keeps them.
    """

    positions: NDArray[np.float64]
    triangles: NDArray[np.int32]
    material_of: NDArray[np.int32]
    materials: tuple[Material, ...]
    normals: NDArray[np.float32] | None = None
    uvs: tuple[NDArray[np.float32], ...] = ()
    colours: NDArray[np.uint8] | None = None
    placement: Placement | None = None
    error_mm: float = 0.0
    turned_deg: float = 0.0
    source_format: str = ""
    beside: tuple[Texture, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def __post_init__(self) -> None:
        _check(self)
        for array in (
            self.positions,
            self.triangles,
            self.material_of,
            self.normals,
            self.colours,
            *self.uvs,
        ):
            if array is not None:
                array.setflags(write=False)

    def but(self, **changes: Any) -> Surface:
        """Gives a copy with some fields changed."""
        return replace(self, **changes)

    def noting(self, code: str, level: Level = "info", **figures: float | int | str) -> Surface:
        """Gives a copy with one finding more; the code's sentence stands in ``catalogue/findings.toml``."""
        return replace(self, findings=(*self.findings, Finding(code, level, figures)))

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest corner of the vertices that triangles use, each (3,), in ``positions``' unit."""
        return _bounds(self)

    def used(self) -> NDArray[np.bool_]:
        """Says of each vertex whether a triangle uses it: (V,)."""
        used = np.zeros(len(self.positions), bool)
        used[self.triangles] = True
        return used

    @property
    def diagonal(self) -> float:
        """Length of the bounding box's diagonal, in the unit of ``positions``."""
        low, high = self.bounds
        return float(np.linalg.norm(high - low))

    def textures(self) -> tuple[Texture, ...]:
        """Every texture once, in the order of the materials."""
        seen: dict[str, Texture] = {}
        for material in self.materials:
            for use in uses(material):
                seen.setdefault(use.texture.sha256, use.texture)
        return tuple(seen.values())


def uses(material: Material) -> tuple[TextureUse, ...]:
    """Gives the texture uses a material has: colour, normal, metallic-roughness, occlusion, emissive,
    curvature."""
    slots = (
        material.colour_texture,
        material.normal_texture,
        material.metallic_roughness_texture,
        material.occlusion_texture,
        material.emissive_texture,
        material.curvature_texture,
    )
    return tuple(use for use in slots if use is not None)


def _check(s: Surface) -> None:
    """Programming errors only: readers refuse bad files before they build a Surface."""
    vertices, faces = len(s.positions), len(s.triangles)
    assert s.positions.shape == (vertices, 3) and s.positions.dtype == np.float64
    assert s.triangles.shape == (faces, 3) and s.triangles.dtype == np.int32
    assert s.material_of.shape == (faces,) and s.material_of.dtype == np.int32
    assert len(s.materials) >= 1 and len(s.uvs) <= 2
    assert all(uv.shape == (vertices, 2) and uv.dtype == np.float32 for uv in s.uvs)
    assert s.normals is None or (s.normals.shape == (vertices, 3) and s.normals.dtype == np.float32)
    assert s.colours is None or (s.colours.shape == (vertices, 4) and s.colours.dtype == np.uint8)


def _box(surface: Surface) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points, used = surface.positions, surface.used()
    if used.any() and not used.all():
        points = points[used]
    box = points.min(axis=0), points.max(axis=0)
    for corner in box:
        corner.setflags(write=False)
    return box


_bounds = PerForm(_box)
