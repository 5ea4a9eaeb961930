"""The textures that a model names, found in its folder and probed once each; missing ones become findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.catalogue.finding import Finding
from pipeline.matter.texture import Role, Texture

from . import images, paths, udim_names


@dataclass
class Textures:
    """Finder for one model.

    Attributes:
        folder: where the model lies.
        findings: ``texture-missing`` for every name that led nowhere, once each.
        tiles: the tiled textures of that folder.
        tiled: the first tile there is of each name that means UDIM tiles (``tex.<UDIM>.jpg``).
    """

    folder: Path
    findings: list[Finding] = field(default_factory=list)
    tiles: udim_names.Tiles = field(init=False)
    tiled: set[Path] = field(default_factory=set)
    _probed: dict[tuple[Path, Role], Texture] = field(default_factory=dict)
    _missing: set[str] = field(default_factory=set)
    _files: paths.Folder = field(init=False)

    def __post_init__(self) -> None:
        self._files = paths.Folder(self.folder)
        self.tiles = udim_names.Tiles(self._files)

    def get(self, named: str, role: Role, *, material: str) -> Texture | None:
        """Gives the texture, or None, with a finding, where it is not in the folder.

        Raises:
            Refused: the file is there and is no image, is cut off, or is too large.
        """
        path = self._tile(named) or self._files.resolve(named)
        if path is None:
            if named not in self._missing:
                self._missing.add(named)
                shown = named.replace("\\", "/").rsplit("/", 1)[-1]
                self.findings.append(
                    Finding("texture-missing", "warning", {"material": material or "-", "file": shown})
                )
            return None
        return self.probed(path, role)

    def probed(self, path: Path, role: Role) -> Texture:
        """Gives the texture in a file of the folder, looked at once.

        Raises:
            Refused: it is no image, is cut off, or is too large.
        """
        if (path, role) not in self._probed:
            texture = self._probed[path, role] = images.probe(path, role=role)
            if texture.profile == images.UNREADABLE:
                self.findings.append(Finding("profile-unreadable", "warning", {"file": path.name}))
        return self._probed[path, role]

    def _tile(self, named: str) -> Path | None:
        """The first tile of a name that means several, None for any other name or where none is there."""
        found = self.tiles.meant(named)
        if found is None:
            return None
        path = next(iter(found.files.values()))
        self.tiled.add(path)
        return path
