"""Writes everything that is generated from the record types. Run from the root of the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from . import RECORDS, reference, schema, typescript

ROOT = Path(__file__).parents[3]


def generated() -> Iterator[tuple[Path, str]]:
    """Gives every generated file with the text it must have."""
    for name in RECORDS:
        made = schema(name)
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
        yield Path(__file__).parent / f"{name}.schema.json", text
        page = ROOT / "docs" / "data" / f"{name}.md"
        yield page, reference.filled(page.read_text(encoding="utf-8"), made)
    yield ROOT / "docs/data/vocabulary.md", reference.vocabulary_page()
    yield ROOT / "viewer/client/src/generated/manifest.ts", typescript.module(schema("manifest"))


def main() -> None:
    """Writes the files and names those that changed."""
    for path, text in generated():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
