"""What is at a point of the surface: colour, normal, metal and roughness. Linear light throughout."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.images import pixels
from pipeline.matter.normals import normals_of
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.matter.texture import Texture

PLASTER = (0.62, 0.585, 0.54)
"""Linear colour of a scan that brought none: unglazed plaster, so that its form is read."""

SRGB_TO_LINEAR = np.where(
    np.arange(256) <= 10, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Points:
    """N points: colour (N, 3) linear, unit normal (N, 3), metallic (N,), roughness (N,), emitted light (N,
    3).
    """

    colour: NDArray[np.float32]
    normal: NDArray[np.float32]
    metallic: NDArray[np.float32]
    roughness: NDArray[np.float32]
    emitted: NDArray[np.float32]


class Look:
    """The attributes of one surface, with its textures decoded at the size that a picture can show.

    Args:
        surface: any.
        texture_px: longest side at which textures are decoded (an area mean: the mip that fits the picture).
    """

    def __init__(self, surface: Surface, texture_px: int) -> None:
        self._surface, self._texture_px = surface, texture_px
        self._normals = normals_of(surface)

    def at(self, triangle: NDArray[np.uint32], uv: NDArray[np.float32]) -> Points:
        """Gives the attributes at points by triangle (N,) and barycentric weights (N, 2) of corners 1 and
        2.
        """
        s = self._surface
        corners, weights = self._corners(triangle, uv)
        normal = self.at_normals(triangle, uv)
        count = len(triangle)
        colour = np.ones((count, 3), np.float32)
        if s.colours is not None:
            colour = _blend(SRGB_TO_LINEAR[s.colours[:, :3]], corners, weights)
        points = Points(
            colour,
            normal,
            np.zeros(count, np.float32),
            np.ones(count, np.float32),
            np.zeros((count, 3), np.float32),
        )
        materials = s.material_of[triangle]
        flat_uvs = [_blend(one, corners, weights) for one in s.uvs]
        for index in np.unique(materials):
            where = slice(None) if len(s.materials) == 1 else materials == index
            self._paint(points, s.materials[index], where, flat_uvs)
            if s.materials[index].normal_texture is not None:
                self._bend(points.normal, triangle, s.materials[index], where, flat_uvs)
        return points

    def colours(self, triangle: NDArray[np.uint32], uv: NDArray[np.float32]) -> NDArray[np.float32]:
        """Gives the linear colours (N, 3) alone."""
        return self.at(triangle, uv).colour

    def at_normals(self, triangle: NDArray[np.uint32], uv: NDArray[np.float32]) -> NDArray[np.float32]:
        """Gives the unit normals (N, 3) alone."""
        normal = _blend(self._normals, *self._corners(triangle, uv))
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        return normal

    def _corners(
        self, triangle: NDArray[np.uint32], uv: NDArray[np.float32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        weights = np.stack([1 - uv[:, 0] - uv[:, 1], uv[:, 0], uv[:, 1]], axis=1)
        return self._surface.triangles[triangle], weights

    def _paint(
        self,
        points: Points,
        material: Material,
        where: slice | NDArray[np.bool_],
        uvs: list[NDArray[np.float32]],
    ) -> None:
        base = np.asarray(material.base_colour[:3], np.float32)
        bare = material.colour_texture is None and self._surface.colours is None
        if bare and material.base_colour[:3] == (1.0, 1.0, 1.0):
            base = np.asarray(PLASTER, np.float32)
        points.colour[where] *= base
        points.metallic[where], points.roughness[where] = material.metallic, material.roughness
        points.emitted[where] = material.emissive
        if (use := material.colour_texture) is not None and use.uv_set < len(uvs):
            points.colour[where] *= SRGB_TO_LINEAR[self._texels(use, uvs[use.uv_set][where])]
        if (use := material.metallic_roughness_texture) is not None and use.uv_set < len(uvs):
            values = self._texels(use, uvs[use.uv_set][where]).astype(np.float32) / 255
            points.roughness[where] *= values[:, 1]
            points.metallic[where] *= values[:, 2]

    def _bend(
        self,
        normals: NDArray[np.float32],
        triangle: NDArray[np.uint32],
        material: Material,
        where: slice | NDArray[np.bool_],
        uvs: list[NDArray[np.float32]],
    ) -> None:
        """Turns normals by the normal map (glTF 2.0, 3.9.3): x along u, y against v, which runs downwards."""
        use = material.normal_texture
        if use is None or use.uv_set >= len(uvs):
            return
        s, normal = self._surface, normals[where]
        corners = s.triangles[triangle[where]]
        place, flat = s.positions[corners], s.uvs[use.uv_set][corners].astype(np.float64)
        p, q = place[:, 1] - place[:, 0], place[:, 2] - place[:, 0]
        (u1, v1), (u2, v2) = (flat[:, 1] - flat[:, 0]).T[:, :, None], (flat[:, 2] - flat[:, 0]).T[:, :, None]
        mirrored = np.sign(u1 * v2 - u2 * v1)
        along = _across((p * v2 - q * v1) * mirrored, normal)
        down = _across((q * u1 - p * u2) * mirrored, normal)
        map_ = self._texels(use, uvs[use.uv_set][where]).astype(np.float32) / np.float32(127.5) - 1
        map_[:, :2] *= material.normal_scale
        bent = along * map_[:, :1] - down * map_[:, 1:2] + normal * map_[:, 2:]
        bent /= np.maximum(np.linalg.norm(bent, axis=1, keepdims=True), 1e-6)
        normals[where] = bent

    def _texels(self, use: TextureUse, uv: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Bilinear texels (N, 3) uint8, in the texture's own encoding."""
        packed = _picture(use.texture, self._texture_px)
        height, width = packed.shape
        x = uv[:, 0] * np.float32(width) - np.float32(0.5)
        y = uv[:, 1] * np.float32(height) - np.float32(0.5)
        x0, y0 = np.floor(x), np.floor(y)
        fx, fy = (x - x0)[:, None], (y - y0)[:, None]
        columns = [_wrapped(x0 + i, width, use.wrap[0]) for i in (np.float32(0), np.float32(1))]
        rows = [_wrapped(y0 + i, height, use.wrap[1]) * width for i in (np.float32(0), np.float32(1))]
        flat = packed.ravel()
        lines = []
        for row in rows:
            left, right = (
                flat[row + column].view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float32)
                for column in columns
            )
            right -= left
            right *= fx
            lines.append(left + right)
        top, bottom = lines
        bottom -= top
        bottom *= fy
        top += bottom
        top += np.float32(0.5)
        out: NDArray[np.uint8] = top.astype(np.uint8)
        return out


def _across(vectors: NDArray[np.float64], normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors (N, 3) laid into the plane across the normals, at length one."""
    flat = vectors - np.einsum("ij,ij->i", vectors, normal)[:, None] * normal
    out: NDArray[np.float32] = (flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)).astype(
        np.float32
    )
    return out


def _blend(
    values: NDArray[np.float32], corners: NDArray[np.int32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    out: NDArray[np.float32] = values[corners[:, 0]] * weights[:, :1]
    out += values[corners[:, 1]] * weights[:, 1:2]
    out += values[corners[:, 2]] * weights[:, 2:]
    return out


_kept: OrderedDict[tuple[str, str, int], NDArray[np.uint32]] = OrderedDict()
"""Textures decoded last, RGBx in one word: poster, report and the eight views decode each of them once."""
KEPT_BYTES = 80 << 20
_keeping = threading.Lock()


def _picture(texture: Texture, texture_px: int) -> NDArray[np.uint32]:
    """A texture's pixels (H, W), one word each so that a texel is fetched at once."""
    key = (texture.sha256, texture.role, texture_px)
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    decoded = pixels(texture, max_px=texture_px)
    padded = np.empty((*decoded.shape[:2], 4), np.uint8)
    padded[..., :3] = decoded[..., :3]
    packed = padded.view(np.uint32)[..., 0]
    with _keeping:
        _kept[key] = packed
        while len(_kept) > 1 and sum(p.nbytes for p in _kept.values()) > KEPT_BYTES:
            _kept.popitem(last=False)
    return packed


def _wrapped(index: NDArray[np.float32], size: int, wrap: str) -> NDArray[np.int32]:
    whole = np.clip(np.nan_to_num(index), -1e9, 1e9).astype(np.int32)
    if len(whole) and whole.min() >= 0 and whole.max() < size:
        return whole
    if wrap == "clamp":
        return np.clip(whole, 0, size - 1)
    if wrap == "mirror":
        turned = np.mod(whole, 2 * size)
        return np.where(turned < size, turned, 2 * size - 1 - turned)
    return np.mod(whole, size)
