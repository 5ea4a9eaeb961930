"""Small pictures as textures: plain colours, a chequer board, noise."""

import io

import numpy as np
from PIL import Image

from pipeline.formats.images import probe
from pipeline.matter.surface import Material, TextureUse

RED, BLUE = (200, 30, 30), (30, 30, 200)


def encoded(pixels, format="png", **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format, **options)
    return out.getvalue()


def chequer(size=64, fields=4):
    at = np.arange(size) * fields // size
    odd = (at[:, None] + at[None, :]) % 2
    return np.where(odd[..., None], BLUE, RED).astype(np.uint8)


def photo(size=256, seed=1):
    """Smooth shapes with a little grain: compresses like a photograph."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    tone = 128 + 60 * np.sin(9 * x + 4 * y) + 40 * np.cos(23 * y * x)
    grain = random.normal(0, 4, (size, size, 3))
    return np.clip(tone[..., None] * (1.0, 0.85, 0.7) + grain, 0, 255).astype(np.uint8)


def painted(data, role="colour", name="skin.png"):
    texture = probe(data, name=name, role=role)
    use = TextureUse(texture)
    return Material("skin", colour_texture=use) if role == "colour" else Material("skin", normal_texture=use)
