"""Random meshes for property tests: closed, open, in pieces, soups; with and without looks; badly made ones.

Each is built from a few drawn numbers and a seed, so that a failure shrinks to the kind of mesh that fails
and comes back the same.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from pipeline.steps.place import place
from tests.pictures import encoded, painted, photo
from tests.shapes import grid, joined, sphere, surface

KINDS = ("ball", "sheet", "pieces", "fan", "soup")
LOOKS = ("bare", "colours", "chart", "charts", "two textures")
FLAWS = ("none", "degenerate", "doubled", "unused")


@dataclass(frozen=True)
class Mesh:
    """What a random mesh is made of: short enough to be printed, and pasted into an ``@example``."""

    kind: str
    look: str
    flaw: str
    size_m: float
    seed: int

    def made(self):
        """The placed surface, of 2 to some 2,000 triangles; a new one each time."""
        random = np.random.default_rng(self.seed)
        made = flawed(looking(form(self.kind, random), self.look, random), self.flaw, random)
        low, high = made.bounds
        made = made.but(positions=made.positions * (self.size_m / (high - low).max()))
        return place(made, up="+y", evidence="given")


def meshes(kinds=KINDS, looks=LOOKS, flaws=FLAWS):
    """A strategy for them; from a medal to a wall."""
    some = map(st.sampled_from, (kinds, looks, flaws, (0.005, 0.2, 20.0)))
    return st.builds(Mesh, *some, st.integers(0, 2**32 - 1))


def form(kind, random):
    """The bare form, about one unit large."""
    if kind == "ball":
        return _bumpy(sphere(level=int(random.integers(1, 5))), random)
    if kind == "sheet":
        steps, waves, depth = int(random.integers(2, 25)), random.uniform(1, 25, 2), random.uniform(0, 0.3)
        sheet = grid(steps, height=lambda x, z: depth * np.sin(waves[0] * x) * np.cos(waves[1] * z))
        kept = random.random(len(sheet.triangles)) > random.choice((0.0, 0.1))
        kept[0] = True
        return surface(sheet.positions, sheet.triangles[kept])
    if kind == "pieces":
        parts = [
            _bumpy(sphere(level=int(random.integers(0, 4))), random) for _ in range(random.integers(2, 5))
        ]
        at = random.uniform(-3, 3, (len(parts), 3))
        sizes = random.uniform(0.05, 1, len(parts))
        return joined(
            *(p.but(positions=p.positions * s + a) for p, s, a in zip(parts, sizes, at, strict=True))
        )
    if kind == "fan":  # more than two triangles at one edge
        leaves = int(random.integers(3, 12))
        turn = random.uniform(0, 2 * np.pi, leaves)
        tips = np.stack([np.cos(turn), random.uniform(0, 1, leaves), np.sin(turn)], axis=1)
        at = np.arange(leaves) + 2
        return surface([(0, 0, 0), (0, 1, 0), *tips], np.stack([at * 0, at * 0 + 1, at], axis=1))
    count = int(random.integers(2, 50))
    return surface(random.uniform(0, 1, (3 * count, 3)), np.arange(3 * count))


def _bumpy(ball, random):
    """A ball dented and stretched; at the worst it cuts through itself."""
    p = ball.positions
    waves = random.uniform(-8, 8, (3, 3))
    bump = 1 + random.choice((0.0, 0.1, 0.5)) * np.sin(p @ waves).mean(axis=1)
    return ball.but(positions=p * bump[:, None] * random.uniform(0.2, 1, 3))


def looking(made, look, random):
    """With colours at its vertices, with a texture thrown on from above, or with every triangle a chart of
    its own in one or two textures that repeat."""
    if look == "bare":
        return made
    if look == "colours":
        tone = 128 + 100 * np.sin(made.positions @ random.uniform(-3, 3, (3, 3)))
        tone += random.normal(0, random.choice((0, 20)), tone.shape)
        rgba = np.concatenate([np.clip(tone, 0, 255), np.full((len(tone), 1), 255)], axis=1)
        return made.but(colours=rgba.astype(np.uint8))
    if look == "chart":
        flat = made.positions[:, [0, 2]]
        flat = (flat - flat.min(axis=0)) / max(float(np.ptp(flat, axis=0).max()), 1e-9)
        return made.but(uvs=(flat.astype(np.float32),), materials=(painted(encoded(photo(64))),))
    corners = made.triangles.ravel()
    count = len(corners) // 3
    beyond = random.choice((1.0, 3.0))  # a texture that repeats
    uv = random.uniform(-beyond, beyond, (count, 1, 2)) + random.uniform(0, 0.1, (count, 3, 2))
    skins = [painted(encoded(photo(64, i)), name=f"{i}.png") for i in range(1 + (look != "charts"))]
    return made.but(
        positions=made.positions[corners],
        triangles=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        uvs=(uv.reshape(-1, 2).astype(np.float32),),
        materials=tuple(skins),
        material_of=random.integers(0, len(skins), count).astype(np.int32),
    )


def flawed(made, flaw, random):
    """With what scans have and step ``clean`` was not asked to take out."""
    some = made.triangles[random.integers(0, len(made.triangles), 5)]
    if flaw == "none":
        return made
    if flaw == "unused":
        return made.but(**_longer(made, random.integers(0, len(made.positions), 7)))
    more = some if flaw == "doubled" else np.stack([some[:, 0], some[:, 1], some[:, 1]], axis=1)
    longer = np.concatenate([made.triangles, more]).astype(np.int32)
    of = np.concatenate([made.material_of, np.zeros(len(more), np.int32)])
    return made.but(triangles=longer, material_of=of)


def _longer(made, again):
    """The vertex arrays with some of their rows once more; the copies are used by no triangle."""
    put = lambda rows: np.concatenate([rows, rows[again]])  # noqa: E731
    return {
        "positions": put(made.positions),
        "uvs": tuple(put(uv) for uv in made.uvs),
        "colours": None if made.colours is None else put(made.colours),
    }
