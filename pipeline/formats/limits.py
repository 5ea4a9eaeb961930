"""Every limit of the readers in one place. Each refusal names the limit that it met."""

from __future__ import annotations

TEXTURE_SIDE_MAX_PX = 32_768
"""Longest side of a texture. WebGL's largest today is 16,384; one doubling is left for masters."""

TEXTURE_MAX_PX = 1_100_000_000
"""Pixels of a texture: just over 32,768², 3.3 GB decoded as RGB. More is a mural for deep zoom, or a bomb."""

VERTICES_MAX = 400_000_000
"""Vertices of one model; int32 indices and glTF accessors end at 2^31 and 2^32."""

TRIANGLES_MAX = 400_000_000
"""Triangles of one model."""

POINTS_MAX = 4_000_000_000
"""Points that a cloud may claim. They are read in blocks and thinned on the way, so time and not memory is
what they cost: 2 s for 5 million."""

POINTS_KEPT_MAX = 8_000_000
"""Points of a cloud held in memory: 28 to 56 bytes each, 123 while they are thinned, so 1 GB at the most.
What is more is thinned evenly to half of it each time; the step ``mesh`` makes a surface of a million."""

POINTS_PER_BYTE_MAX = 8
"""Points that a byte of a packed cloud may stand for: real LAZ files have 0.1, and one bit is the least that
a coordinate needs to differ from the next. More is a bomb."""

POINTS_AT_A_TIME = 1 << 19
"""Points of a binary cloud that are decoded at a time: 16 MB of coordinates and colours."""

SENSORS_MAX = 100_000
"""Places of a scanner in one file."""

HEADER_MAX_BYTES = 1 << 20
"""A PLY header; real ones stay under 4 KiB."""

MTL_MAX_BYTES = 16 << 20
"""A material library; one with 10,000 materials has 2 MiB."""

NAME_MAX_CHARACTERS = 4_096
"""A texture statement, options and file name together: what a path may have on Linux."""

LINE_MAX_BYTES = 8 << 20
"""One line of a text format. An n-gon of 500,000 corners with UVs fits."""

BLOCK_BYTES = 4 << 20
"""How much of a file is parsed at a time. A 1 M triangle OBJ of 105 MB, in processor seconds and peak MB:
blocks of 1 MiB 4.5 s, 410; 4 MiB 3.8 s, 408; 8 MiB 4.5 s, 411; 32 MiB 6.1 s, 795."""

CONCAVE_CORNERS_MAX = 500
"""Corners of a concave polygon that is still clipped ear by ear (quadratic); larger ones become fans."""

CONCAVE_WORK_MAX = 2 * 10**10
"""Sum of the cubes of the corners of concave polygons that are clipped at a time: 160 of 500 corners (40 s)
or 20 million of 10. Those after it become fans."""

MATERIALS_MAX = 4_096
"""Materials of one model. Each is a draw call; photogrammetry writes one a texture."""

UDIM_TILES_MAX = 100
"""Tiles of one UDIM texture: ten rows of ten. Photogrammetry writes up to some thirty of 8K."""

BAD_POSITIONS_MAX_SHARE = 0.25
"""Share of vertices without a finite position up to which the rest is used: range maps write NaN where the
scanner saw nothing. Beyond it the file is damaged, not masked."""

SEARCH_MAX_ENTRIES = 50_000
"""Files and folders looked at when a texture is searched by its name."""

SEARCH_MAX_DEPTH = 8
"""Folders below the scan folder that are searched for a texture."""
