"""What the figures of a derivative's proof, and its levels, are called in zh-Hans and en."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_LEVELS = {
    "view": "浏览",
    "ar": "AR",
    "vr": "VR",
    "print": "打印",
    "download": "下载",
    "master": "存档",
    "thumb": "最小",
    "small": "小",
    "medium": "中",
    "large": "大",
    "full": "完整",
}


def figure_name(figure: str, locale: str) -> str:
    """Gives what a figure is called; one that the table lacks as it is."""
    return figures().get(figure, {}).get("en" if locale == "en" else "zh-Hans", figure)


def unit_of(figure: str) -> str:
    """Gives what stands right after a figure's number, a space included."""
    return figures().get(figure, {}).get("unit", "")


def level_name(level: str, locale: str) -> str:
    """Gives a level's name (``view small``) in words."""
    return level if locale == "en" else " ".join(_LEVELS.get(word, word) for word in level.split())


@cache
def figures() -> dict[str, dict[str, str]]:
    """Gives the table of figures that can be held against limits: name -> zh-Hans, en, unit, sense."""
    with (Path(__file__).parent / "figures.toml").open("rb") as file:
        return tomllib.load(file)
