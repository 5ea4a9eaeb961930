"""Makes the fonts that the pipeline's report takes its letters from: GB 2312 in two faces, with the licence.

    python viewer/client/src/site/fonts/report.py        (after make setup)

They are committed to ``pipeline/templates/fonts``, since the pipeline knows nothing of the site. Run it anew
only for another version of Noto: unlike the site's cuts they do not hang on what our texts say. GB 2312 is
6,763 letters, enough for the register's words for vessels (簋 罍 觚) and for nearly every place; of them the
packages lack 33. They lie there as TrueType in brotli and not as WOFF2, whose change of form takes a fifth
less and 2.8 s to undo, once a report.
"""

from __future__ import annotations

import io

import brotli
from fontTools.ttLib import TTFont
from subset import LATIN, PUNCTUATION, ROOT, merged  # type: ignore[import-not-found]  # beside this script

PACKAGES = ROOT / "viewer/client/node_modules/@fontsource-variable"
TARGET = ROOT / "pipeline/templates/fonts"
SIGNS = "✓≤≥∆"
EPOCH = 0x7C25B080
"""1970, in the seconds since 1904 that a font counts."""
FACES = {"sans": 400, "serif": 600}


def gb2312() -> set[str]:
    """Gives the Han letters of GB 2312-80, both levels."""
    found = set()
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            found |= set(bytes([high, low]).decode("gb2312", "ignore"))
    return found


def packed(font: TTFont) -> bytes:
    """Gives the font as TrueType in brotli, with no time of day in it."""
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created = EPOCH
    plain = io.BytesIO()
    font.save(plain)
    data: bytes = brotli.compress(plain.getvalue(), quality=11)
    return data


def licence(fonts: list[TTFont]) -> str:
    """Gives the licence under the notices of those who made the fonts."""
    text = (PACKAGES / "noto-sans-sc/LICENSE").read_text(encoding="utf-8")
    notices = dict.fromkeys(font["name"].getDebugName(0) for font in fonts)
    return "\n".join([*notices, *text.splitlines()[1:], ""])


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    letters, made = gb2312() | set(LATIN + PUNCTUATION + SIGNS), []
    for face, weight in FACES.items():
        made.append(merged(PACKAGES / f"noto-{face}-sc/files", letters, weight))
        path = TARGET / f"{face}.ttf.br"
        path.write_bytes(packed(made[-1]))
        print(f"{path.name}: {len(made[-1].getBestCmap())} letters, {path.stat().st_size / 1000:.1f} KB")
    (TARGET / "OFL.txt").write_text(licence(made), encoding="utf-8")
