"""What the triangles lost goes into pictures: a level gets UVs of its own, the full scan is baked into them.

``unwrap`` lays the level out flat, ``size`` says how large the picture has to be, ``raster`` which triangle
each texel shows, ``rays`` where on the scan it lands, ``maps`` makes the pictures of colour, normals and
occlusion, ``curvature`` that of how the scan is bent, ``edges`` carries them beyond the charts' borders,
``atlas`` does it all. ``paint`` takes the colours from a cloud's points instead, ``blocks`` of them at a
time, on the texels of a ``sheet``.
"""

from pipeline.bake.atlas import Baked, baked
from pipeline.bake.unwrap import laid_out, unwrapped

__all__ = ["Baked", "baked", "laid_out", "unwrapped"]
