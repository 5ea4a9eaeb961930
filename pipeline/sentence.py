"""An error as one sentence in the reader's language."""

from __future__ import annotations

from pipeline.catalogue.phrases import in_chinese
from pipeline.errors import MuseumError


def sentence(error: MuseumError, locale: str) -> str:
    """Gives an error as the technician reads it, in zh-Hans or else in English.

    Args:
        error: what went wrong.
        locale: ``zh-Hans`` or ``en``.
    """
    if locale != "zh-Hans":
        return str(error)
    what, do = (in_chinese(text.rstrip(".")).rstrip("。") for text in (error.what, error.do))
    before = f"{in_chinese(error.where, group='where')}：" if error.where else ""
    return f"{before}{what}；{do}。" if do else f"{before}{what}。"
