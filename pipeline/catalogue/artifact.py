"""``artifact.toml``: the record of one object.

The register's 14 items, names in four languages, rights, sensitivity. The register's own wording is kept as
``literal`` beside what was understood of it: real rows have dimensions in free text, numbers without unit and
periods that are labels without years. Code lists: ``vocabulary``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .text import Text


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """年代: the register's wording, and what was understood of it."""

    literal: str = ""
    term: str = ""
    from_year: int | None = None
    to_year: int | None = None


class Dimensions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """外形尺寸: the register's wording, and millimetres where they were understood."""

    literal: str = ""
    height_mm: float | None = None
    width_mm: float | None = None
    depth_mm: float | None = None
    diameter_mm: float | None = None
    thickness_mm: float | None = None


class Mass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """质量: the register's wording, and kilograms where they were understood."""

    literal: str = ""
    kg: float | None = None


class Quantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """数量: the register's wording, and the count where it was understood."""

    literal: str = ""
    count: int | None = None


class Rights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may do what with the published files."""

    holder: Text = Text()
    licence: str = ""
    licence_url: str = ""
    credit: Text = Text()


class Sensitivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must not be published. Coordinates and archive-grade meshes are withheld unless said otherwise."""

    public: bool = True
    coordinates: Literal["hidden", "approximate", "public"] = "hidden"
    archive: Literal["hidden", "public"] = "hidden"
    reason: str = ""


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The national register's items but name and number; values are codes of the vocabulary."""

    grade: str = ""
    category: str = ""
    period: Period = Period()
    material: tuple[str, ...] = ()
    quantity: Quantity = Quantity()
    dimensions: Dimensions = Dimensions()
    mass: Mass = Mass()
    completeness: str = ""
    preservation: str = ""
    source: str = ""
    entry_date: str = ""
    holder: Text = Text()


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a statement comes from and how sure it is (A primary source read, B two independent sources)."""

    text: Text
    certainty: Literal["A", "B"]


class Artifact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One object.

    Attributes:
        name: 名称, in up to four languages; zh-Hans or en must be there.
        number: 藏品编号 as the museum writes it, any length.
        number_type: code of the list ``number_type``.
        register: the register's other items.
        summary: one or two sentences, the museum label.
        story: paragraphs, Markdown not interpreted; the text below the object.
        image_description: what the model looks like, for those who cannot see it.
        place: where it was found or made, as words.
        rights, sensitivity: what may be shown.
        sources: where the statements come from.
        synthetic: true for objects that we generated; every page then says so.
        translations_awaiting_review: locales whose text no native speaker has read.
        accent: pigment of the page: azurite, malachite, cinnabar, ochre.
    """

    name: Text
    number: str = ""
    number_type: str = ""
    register: Register = Register()
    summary: Text = Text()
    story: Text = Text()
    image_description: Text = Text()
    place: Text = Text()
    rights: Rights = Rights()
    sensitivity: Sensitivity = Sensitivity()
    sources: tuple[Source, ...] = ()
    synthetic: bool = False
    translations_awaiting_review: tuple[str, ...] = ("ug", "kk-Arab")
    accent: Literal["azurite", "malachite", "cinnabar", "ochre"] = "ochre"
    schema: str = "mobile-museum/artifact/1"
