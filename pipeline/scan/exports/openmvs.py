"""OpenMVS: a scene with what DensifyPointCloud, ReconstructMesh, RefineMesh and TextureMesh made of it.

``scene.mvs``, ``scene_dense.ply`` (cloud), ``scene_dense_mesh.ply``, ``scene_dense_mesh_refine.ply`` and, by
``--export-type``, ``scene_dense_mesh_refine_texture.ply`` with ``.png``, or ``.obj`` with ``.mtl`` and
``…_material_00_map_Kd.jpg``, or ``.glb``. Each program leaves a log ``TextureMesh-2405….log`` that begins
with ``OpenMVS x64 v2.3.0``. Sources: the usage page and issues 160, 1058, 1140 and 1230 of
cdcseacave/openMVS. The scale is that of the cameras, so mostly arbitrary.
"""

from __future__ import annotations

import re

from . import bounded, colmap
from .listing import Listing
from .told import Told

NAME = "OpenMVS"
RANKS = (
    r"(?:.*/)?[^/]*_refine[^/]*_texture[^/]*\.(?:obj|glb|gltf)",
    r"(?:.*/)?[^/]*_texture[^/]*\.(?:obj|glb|gltf)",
    r"(?:.*/)?[^/]*_texture[^/]*\.ply",
    r"(?:.*/)?[^/]*_mesh_refine\.\w+",
    r"(?:.*/)?[^/]*_mesh\.\w+",
)
_LOG = r"(?:.*/)?(?:Interface\w+|DensifyPointCloud|ReconstructMesh|RefineMesh|TextureMesh)-[^/]*\.log"
_VERSION = re.compile(rb"OpenMVS \S+ v(\d[\d.]{0,15})")


def roots(listing: Listing) -> list[str]:
    """Gives the folders that scenes of the program lie in."""
    scenes = [
        name
        for name in listing.matching(r".*\.mvs")[:64]
        if bounded.head(listing.path(name), 3) == b"MVS"  # "MVSI" from interfaces, "MVS" from the programs
    ]
    return sorted({name.rpartition("/")[0] for name in (*scenes, *listing.matching(_LOG))})


def tell(listing: Listing) -> Told:
    """Gives the version by the newest log, and what a COLMAP model beside it tells of the cameras."""
    told = Told()
    for name in sorted(listing.matching(_LOG))[-8:]:
        if found := _VERSION.search(bounded.head(listing.path(name))):
            told = Told(version=found[1].decode(), read=(name,))
    return told.over(colmap.tell(listing))
