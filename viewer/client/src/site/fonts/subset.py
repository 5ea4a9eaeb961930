"""Makes the fonts of the site: one small file a script and face, holding what our own pages write.

    npm --prefix viewer/client run fonts        (with the project's Python first in PATH)

Run it when a test says that a record of the samples or a text of the interface writes a letter that the cuts
lack. The results are committed: they change only with the texts, and the set-up stays free of font tools.

Why not the packages' own slices: a Chinese page of 300 different characters touches some forty slices of
50 KB a face, 2 MB and more; these files are 20 times smaller. ``han-*.txt`` beside the locales lists what
they hold, ``other.txt`` what the cuts of the other scripts hold: a page with other letters (a museum's own
records) also loads ``fonts-rest.css``, slices of 50 KB.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
ROOT = HERE.parents[4]
LETTERS = ROOT / "viewer/locales"
LATIN = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + "‐–—‘’“”…′″×−·•→←↗°µ"
BEARING = 50
"""Space at either side of a narrowed mark, in thousandths of the size: that of the comma in Noto."""
PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉「」『』【】—…·〇％＋－～　"
ARABIC = (
    "".join(map(chr, range(0x621, 0x656)))
    + "ئابتجچحخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيپەٴڵہ"  # Uyghur and Kazakh, with their joins
    + "،؛؟«»٪ـ0123456789().,:;-–—/·… \u200c\u200d"
)


def main(packages: Path) -> None:
    """Writes the woff2 files beside this script from the font packages of a ``node_modules``."""
    text, names = page_text(), title_text()
    sans = packages / "@fontsource-variable/noto-sans-sc/files"
    serif = packages / "@fontsource-variable/noto-serif-sc/files"
    han = {c for c in text if is_han(c)} | set(PUNCTUATION)
    titles = {c for c in names if is_han(c)} | set(PUNCTUATION)
    write("sans-han", merged(sans, han, 400))
    write("serif-han", merged(serif, titles, 600))
    for name, letters in (("sans", han), ("serif", titles)):
        (LETTERS / f"han-{name}.txt").write_text("".join(sorted(letters)) + "\n", encoding="utf-8")
    (LETTERS / "other.txt").write_text("".join(sorted({*LATIN, *ARABIC} - {" "})) + "\n", encoding="utf-8")
    write("sans-latin", narrowed(merged(sans, set(LATIN), 400)))
    write("serif-latin", narrowed(merged(serif, set(LATIN), 600)))
    arab = packages / "@fontsource"
    write(
        "sans-arab",
        cut(arab / "noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff2", set(ARABIC)),
    )
    write(
        "naskh", cut(arab / "noto-naskh-arabic/files/noto-naskh-arabic-arabic-600-normal.woff2", set(ARABIC))
    )


def page_text() -> str:
    """Gives every text that our own pages can show: interface, vocabulary, records."""
    files = [
        *ROOT.glob("viewer/locales/*/LC_MESSAGES/site.po"),
        *ROOT.glob("pipeline/catalogue/terms_*.toml"),
        *ROOT.glob("models/*/*/artifact.toml"),
    ]
    return "".join(path.read_text(encoding="utf-8") for path in sorted(files)) + "中文简体页"


def title_text() -> str:
    """Gives what stands in titles: headings of the interface, names of objects."""
    po = (ROOT / "viewer/locales/zh-Hans/LC_MESSAGES/site.po").read_text(encoding="utf-8")
    headings = re.findall(
        r'msgid "(?:[a-z.]*title|site\.[a-z]+|home\.[a-z]+|object\.[a-z]+|[a-z]+\.lead)"\nmsgstr "(.*)"', po
    )
    records = [
        tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(ROOT.glob("models/*/*/artifact.toml"))
    ]
    return "".join([*headings, *(r.get("name", {}).get("zh-Hans", "") for r in records)])


def is_han(letter: str) -> bool:
    """Tells whether a letter is written in the Han script or is its punctuation."""
    return 0x2E80 <= ord(letter) <= 0x9FFF or 0xFF00 <= ord(letter) <= 0xFFEF or ord(letter) >= 0x20000


def merged(folder: Path, letters: set[str], weight: int) -> TTFont:
    """Gives one static font with the letters, gathered from all slices of a variable one."""
    parts: list[io.BytesIO] = []
    missing = set(letters)
    for path in sorted(folder.glob("*-wght-normal.woff2")):
        font = TTFont(path)
        held = {letter for letter in missing if ord(letter) in font.getBestCmap()}
        if not held:
            continue
        missing -= held
        font = reduced(instancer.instantiateVariableFont(font, {"wght": weight}), held)
        for table in ("STAT", "VORG", "BASE"):
            if table in font:
                del font[table]
        part = io.BytesIO()
        font.flavor = None
        font.save(part)
        part.seek(0)
        parts.append(part)
    print(f"  {len(parts)} slices, not in the font: {''.join(sorted(missing))!r}")
    if len(parts) == 1:
        return TTFont(parts[0])
    return Merger().merge(parts)


def narrowed(font: TTFont) -> TTFont:
    """Gives quotation marks the width of their ink: Noto SC draws them as wide as a Han letter, which tears
    "object’s" apart in English."""
    for letter in "‘’“”":
        name = font.getBestCmap()[ord(letter)]
        glyph = font["glyf"][name]
        glyph.coordinates.translate((BEARING - glyph.xMin, 0))
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (glyph.xMax + BEARING, BEARING)
    return font


def cut(path: Path, letters: set[str]) -> TTFont:
    """Gives a font reduced to some letters, with everything that shapes them."""
    return reduced(TTFont(path), letters)


def reduced(font: TTFont, letters: Iterable[str]) -> TTFont:
    """Keeps only some letters, without hints and names."""
    options = Options()
    options.hinting = False
    options.layout_features = (
        ["*"] if "GSUB" in font and is_arabic(letters) else ["kern", "ccmp", "locl", "tnum"]
    )
    options.name_IDs = [0, 1, 2, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(letter) for letter in letters])
    subsetter.subset(font)
    return font


def is_arabic(letters: Iterable[str]) -> bool:
    """Tells whether letters have to be joined."""
    return any(0x600 <= ord(letter) <= 0x6FF for letter in letters)


def write(name: str, font: TTFont) -> None:
    """Writes a woff2 beside this script; the same letters give the same bytes."""
    font.flavor = "woff2"
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created
    path = HERE / f"{name}.woff2"
    font.save(path)
    print(f"{path.name}: {len(font.getBestCmap())} letters, {path.stat().st_size / 1000:.1f} KB")


if __name__ == "__main__":
    main(ROOT / "viewer/client/node_modules")
