"""Small surfaces whose answers are known: planes, cubes and spheres in code, no files."""

import numpy as np

from pipeline.matter.surface import Material, Surface


def surface(positions, triangles, **more):
    triangles = np.asarray(triangles, np.int32).reshape(-1, 3)
    more.setdefault("materials", (Material(name="plain"),))
    more.setdefault("material_of", np.zeros(len(triangles), np.int32))
    return Surface(np.asarray(positions, np.float64).reshape(-1, 3), triangles, **more)


def grid(steps=10, size=1.0, height=lambda x, z: 0.0 * x, **more):
    """A square sheet in the XZ plane facing +Y, from 0 to ``size``, with UVs over the whole square."""
    u, v = np.meshgrid(np.linspace(0, 1, steps + 1), np.linspace(0, 1, steps + 1))
    x, z = u.ravel() * size, v.ravel() * size
    at = np.arange((steps + 1) ** 2).reshape(steps + 1, steps + 1)
    a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)])
    uvs = (np.stack([u.ravel(), v.ravel()], 1).astype(np.float32),)
    return surface(np.stack([x, height(x, z), z], 1), triangles, uvs=uvs, **more)


def sphere(radius=1.0, level=4, **more):
    """A subdivided octahedron pushed onto the sphere, closed, normals outwards."""
    points = [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
    faces = [(0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5)]
    corner = np.asarray(points, float)
    triangles = np.asarray(faces)
    for _ in range(level):
        pairs = np.sort(
            np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1
        )
        edge, name = np.unique(pairs, axis=0, return_inverse=True)
        ab, bc, ca = name.reshape(3, -1) + len(corner)
        a, b, c = triangles.T
        middle = corner[edge].mean(axis=1)
        corner = np.concatenate([corner, middle / np.linalg.norm(middle, axis=1)[:, None]])
        parts = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
        triangles = np.concatenate([np.stack(p, 1) for p in parts])
    return surface(corner * radius, triangles, **more)


def cube(size=1.0, **more):
    """A closed cube from 0 to ``size`` with eight vertices, normals outwards."""
    corner = [(x, y, z) for x in (0, size) for y in (0, size) for z in (0, size)]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return surface(corner, [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], **more)


def joined(*parts):
    """Several surfaces (positions and triangles only) as one."""
    starts = np.cumsum([0] + [len(p.positions) for p in parts[:-1]])
    return surface(
        np.concatenate([p.positions for p in parts]),
        np.concatenate([p.triangles + s for p, s in zip(parts, starts, strict=True)]),
    )
