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
    """年代: the register's wording, and what was understood of it.

    Attributes:
        literal: as the register writes it.
        term: code of the lists ``period`` (history, archaeology, local).
        from_year: first year; years before Christ are negative (-221 is 221 BC, there is no year 0).
        to_year: last year, counted the same way.
    """

    literal: str = ""
    term: str = ""
    from_year: int | None = None
    to_year: int | None = None


class Dimensions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """外形尺寸: the register's wording, and millimetres where they were understood.

    Attributes:
        literal: as the register writes it, with its units.
        height_mm: height, upright as it stands.
        length_mm: length of what lies or has a long side.
        width_mm: width, seen from the front.
        depth_mm: depth, front to back.
        diameter_mm: largest diameter of a round thing.
        rim_diameter_mm: 口径, diameter of a vessel's mouth.
        foot_diameter_mm: 底径, 足径, diameter it stands on.
        thickness_mm: thickness of a flat thing.
        wall_mm: 壁厚, thickness of a vessel's wall.
    """

    literal: str = ""
    height_mm: float | None = None
    length_mm: float | None = None
    width_mm: float | None = None
    depth_mm: float | None = None
    diameter_mm: float | None = None
    rim_diameter_mm: float | None = None
    foot_diameter_mm: float | None = None
    thickness_mm: float | None = None
    wall_mm: float | None = None

    @property
    def sides_mm(self) -> tuple[float, ...]:
        """The sizes that must show as sides of the object's box, largest first; rim, foot and wall do not.

        A thickness is a side only of what has no height: that of a bowl is its wall.
        """
        flat = None if self.height_mm else self.thickness_mm
        sides = (self.height_mm, self.length_mm, self.width_mm, self.depth_mm, self.diameter_mm, flat)
        return tuple(sorted((side for side in sides if side), reverse=True))


class Mass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """质量: the register's wording, and kilograms where they were understood.

    Attributes:
        literal: as the register writes it, with its unit.
        kg: mass in kilograms.
    """

    literal: str = ""
    kg: float | None = None


class Quantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """数量: the register's wording, and the count where it was understood.

    Attributes:
        literal: as the register writes it.
        count: how many pieces the number stands for.
    """

    literal: str = ""
    count: int | None = None


class Rights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may do what with the published files.

    Attributes:
        holder: who holds the rights.
        licence: short name, an SPDX identifier where there is one (``CC-BY-4.0``).
        licence_url: where its text stands.
        credit: line to print with every picture.
    """

    holder: Text = Text()
    licence: str = ""
    licence_url: str = ""
    credit: Text = Text()


class Sensitivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must not be published. Coordinates and archive-grade meshes are withheld unless said otherwise.

    Attributes:
        public: false keeps the whole object off every page, list and pack.
        coordinates: whether the find spot may be shown; ``approximate`` is the county.
        archive: whether the master, files for printing and downloading, and full meshes may be served.
        reason: why, for colleagues; never shown.
    """

    public: bool = True
    coordinates: Literal["hidden", "approximate", "public"] = "hidden"
    archive: Literal["hidden", "public"] = "hidden"
    reason: str = ""


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The national register's items but name and number; values are codes of the vocabulary.

    Attributes:
        grade: 级别, list ``grade``.
        category: 类别, one of the 35 of list ``category``.
        period: 年代.
        material: 质地, list ``material``, one or several.
        quantity: 数量.
        dimensions: 外形尺寸.
        mass: 质量.
        completeness: 完残程度, list ``completeness``.
        preservation: 保存状态, list ``preservation``.
        source: 来源, list ``source``.
        entry_date: 入藏时间, a term of list ``entry-date`` or a date (``1983``, ``1983-05``, ``1983-05-01``).
        holder: 收藏单位, the museum.
    """

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
    """Where a statement comes from and how sure it is (A primary source read, B two independent sources).

    Attributes:
        text: title, place, page.
        certainty: A or B; what is less sure is not shown to visitors.
    """

    text: Text
    certainty: Literal["A", "B"]


class Artifact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One object.

    Attributes:
        name: 名称, in up to four languages; zh-Hans or en must be there.
        number: 藏品编号 as the museum writes it, any length.
        number_type: code of the list ``number-type``.
        register: the register's other 12 items.
        summary: one or two sentences, the museum label.
        story: paragraphs, Markdown not interpreted; the text below the object.
        image_description: what the model looks like, for those who cannot see it.
        place: where it was found or made, as words.
        rights: who may do what with it.
        sensitivity: what must not be shown.
        sources: where the statements come from.
        synthetic: true for objects that we generated; every page then says so.
        translations_awaiting_review: locales whose text no native speaker has read.
        accent: pigment of the page: azurite, malachite, cinnabar, ochre.
        schema: which version of this record the file is written in.
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
