"""A file's brotli form, as it lies beside the file and is served in its place."""

from __future__ import annotations

PAYS = 0.03
"""It is kept when it is smaller by more than this share."""
HOPELESS = 0.975
"""What a quick try leaves above this share is textures: the slow levels would not save enough either."""
SLOW_BYTES = 1 << 17
"""Up to here brotli's best level is used (0.5 MB/s), above it the next (5 MB/s, 1 to 2 % larger)."""


def pack(data: bytes) -> bytes | None:
    """Gives the brotli form of a file, None where it does not pay."""
    import brotli

    if len(brotli.compress(data, quality=4, lgwin=22)) > len(data) * HOPELESS:
        return None
    quality = 11 if len(data) <= SLOW_BYTES else 9
    packed: bytes = brotli.compress(data, quality=quality, lgwin=22)
    return packed if len(packed) < len(data) * (1 - PAYS) else None


def wire_bytes(data: bytes) -> int:
    """Gives the bytes that the site sends for a file to a browser that knows brotli."""
    return len(pack(data) or data)
