"""Pictures of a surface by ray casting in software: posters, share pictures, the views that quality is
judged by.

Chosen over a headless browser because it needs none on the museum's server, gives the same bytes for the
same input, is bounded in memory (rows of pixels at a time) and draws a million triangles without a graphics
card: some 10 million rays a second on two cores, a poster in about two seconds. Chosen over Open3D's own
renderer because that needs Vulkan.

``camera`` where to stand, ``look`` what colour is there, ``light`` how it is lit, ``draw`` the picture,
``pictures`` the ones that are published, ``cut`` the one that shows what was cut away.
"""

from pipeline.render.camera import Camera, poster_camera, view_cameras
from pipeline.render.cut import cut_picture
from pipeline.render.draw import render
from pipeline.render.pictures import (
    POSTER_PX,
    QUICK_PX,
    DrawnPicture,
    pictures,
    poster,
    share,
    smaller_poster,
    webp,
)

__all__ = [
    "POSTER_PX",
    "QUICK_PX",
    "Camera",
    "DrawnPicture",
    "cut_picture",
    "pictures",
    "poster",
    "poster_camera",
    "render",
    "share",
    "smaller_poster",
    "view_cameras",
    "webp",
]
