"""Text of material libraries: UTF-16 by its mark, UTF-8 where it is valid, else GB 18030 (with GBK in it)."""

from __future__ import annotations

import codecs


def decode(raw: bytes) -> str:
    """Gives the text. Never fails: bytes that are neither UTF-8 nor GB 18030 become U+FFFD."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
