"""One string in several languages, with fallback. Runs through everything a visitor reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

LOCALES = ("zh-Hans", "ug", "kk-Arab", "en")
"""Locales of the interface, in the order of the language switch (BCP 47)."""

RTL = frozenset({"ug", "kk-Arab"})
"""Locales written from right to left."""

FALLBACK: Mapping[str, tuple[str, ...]] = {
    "zh-Hans": ("zh-Hans", "en"),
    "ug": ("ug", "zh-Hans", "en"),
    "kk-Arab": ("kk-Arab", "zh-Hans", "en"),
    "en": ("en", "zh-Hans"),
}
"""What is shown when a text is missing in a language: the first one present of these, then any."""


def direction(locale: str) -> str:
    """Gives ``"rtl"`` or ``"ltr"``, the value of HTML's ``dir``."""
    return "rtl" if locale in RTL else "ltr"


class Text(Mapping[str, str]):
    """An immutable string in several languages, keyed by BCP 47 tag.

    Written in TOML and JSON as a table ``{"zh-Hans": …, "ug": …}``. Empty strings count as missing.
    """

    __slots__ = ("_by_locale",)

    def __init__(self, by_locale: Mapping[str, str] | None = None, /) -> None:
        self._by_locale = {k: v for k, v in (by_locale or {}).items() if v}

    def __getitem__(self, locale: str) -> str:
        return self._by_locale[locale]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_locale)

    def __len__(self) -> int:
        return len(self._by_locale)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._by_locale.items())))

    def __repr__(self) -> str:
        return f"Text({self._by_locale!r})"

    def pick(self, locale: str) -> tuple[str, str]:
        """Gives the string to show in ``locale`` and the language it is really in (for ``lang`` and ``dir``).

        Both are empty when there is no text at all.
        """
        for wanted in (*FALLBACK.get(locale, (locale,)), *self._by_locale):
            if wanted in self._by_locale:
                return self._by_locale[wanted], wanted
        return "", ""

    def to(self, locale: str) -> str:
        """Gives only the string of :meth:`pick`."""
        return self.pick(locale)[0]


def decode_hook(kind: type[Any], value: Any) -> Any:
    """msgspec's ``dec_hook`` for the types of this package."""
    if kind is Text:
        if not isinstance(value, Mapping) or not all(
            isinstance(k, str) and isinstance(v, str) for k, v in value.items()
        ):
            raise ValueError('Expected a table of languages, such as { zh-Hans = "…", en = "…" }')
        unknown = sorted(set(value) - set(LOCALES))
        if unknown:
            raise ValueError(f"Unknown language {unknown[0]!r}, allowed are {', '.join(LOCALES)}")
        return Text(value)
    raise NotImplementedError(f"no decoder for {kind!r}")


def encode_hook(value: Any) -> Any:
    """msgspec's ``enc_hook`` for the types of this package."""
    if isinstance(value, Text):
        return dict(value)
    raise NotImplementedError(f"no encoder for {type(value)!r}")


def schema_hook(kind: type[Any]) -> dict[str, Any]:
    """msgspec's ``schema_hook`` for the types of this package."""
    if kind is Text:
        return {
            "type": "object",
            "description": "One string in several languages, keyed by BCP 47 tag",
            "properties": {locale: {"type": "string"} for locale in LOCALES},
            "additionalProperties": False,
        }
    raise NotImplementedError(f"no schema for {kind!r}")
