"""Results kept between runs, by content: what was computed once from the same bytes is not computed again.

An entry is one file under ``<out>/.museum/cache``, named by its key: a digest over the digest of the input
and the chain of (step, version, parameters). A surface is raw arrays behind a JSON head with a digest over
everything, so writing a 1 M triangle scan costs its bytes and one pass of SHA-256 (about 0.1 s for 40 MB);
pickles would be neither safe to read nor stable between versions. Textures are not copied when they are files
of the scan.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from pipeline.matter.surface import Surface
    from pipeline.matter.texture import Texture

MAGIC = b"museum-surface-2\n"
LIMIT_BYTES = 8 << 30
"""The cache of one object never stays larger than this after a run."""

_Record = TypeVar("_Record", bound=msgspec.Struct)
_Kept = TypeVar("_Kept")


def key(*parts: Any) -> str:
    """Gives the key of a result: SHA-256 over the parts as JSON, with sorted keys."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


class Cache:
    """The results of one object's runs.

    Args:
        folder: where the entries lie; made when the first is written.
        base: the folder of the scan; textures below it are kept by reference.
    """

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder, base
        self.used: set[str] = set()

    def surface(self, name: str) -> Surface | None:
        """Gives a kept surface, None where there is none or it is damaged (it is then removed)."""
        path = self._path(f"{name}.surface")
        return self._read(path, lambda: _read_surface(path, self._texture))

    def has_surface(self, name: str) -> bool:
        """Says whether a surface is kept under a key; it is not read."""
        return self._path(f"{name}.surface").is_file()

    def keep_surface(self, name: str, surface: Surface) -> None:
        """Keeps a surface under a key."""
        from pipeline.matter.surface import uses

        used = [use.texture for material in surface.materials for use in uses(material)]
        textures = {_texture_id(one): self._reference(one) for one in (*used, *surface.beside)}
        _write_surface(self._path(f"{name}.surface"), surface, textures)

    def record(self, name: str, kind: type[_Record]) -> _Record | None:
        """Gives a kept record, None where there is none or it is damaged (it is then removed)."""
        path = self._path(f"{name}.json")
        return self._read(path, lambda: msgspec.json.decode(path.read_bytes(), type=kind))

    def keep_record(self, name: str, record: msgspec.Struct) -> None:
        """Keeps a record under a key."""
        write(self._path(f"{name}.json"), [msgspec.json.encode(record)])

    def use(self, name: str) -> None:
        """Says that the entries of a key belong to this run, though it did not need to read them."""
        self.used |= {f"{name}.surface", f"{name}.json"}

    def sweep(self) -> None:
        """Removes what this run neither read nor wrote, then the largest entries while all are too large."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.name not in self.used:
                path.unlink(missing_ok=True)
        left = sorted(self.folder.iterdir(), key=lambda path: (-path.stat().st_size, path.name))
        total = sum(path.stat().st_size for path in left)
        for path in left:
            if total <= LIMIT_BYTES:
                break
            total -= path.stat().st_size
            path.unlink()

    def _path(self, name: str) -> Path:
        self.used.add(name)
        return self.folder / name

    @staticmethod
    def _read(path: Path, reader: Callable[[], _Kept]) -> _Kept | None:
        try:
            return reader()
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AssertionError, OSError):
            path.unlink(missing_ok=True)
            return None

    def _reference(self, texture: Texture) -> dict[str, Any]:
        """Gives a texture as JSON; bytes that are in no file of the scan become a file of the cache."""
        own = ("path", "data", "changes")
        head = {slot: getattr(texture, slot) for slot in texture.__slots__ if slot not in own}
        if texture.changes:
            head["changes"] = [
                [change.matrix, self._reference(change.gains) if change.gains else None, change.tone]
                for change in texture.changes
            ]
        if texture.path is not None and texture.path.is_relative_to(self.base):
            return {**head, "scan": texture.path.relative_to(self.base).as_posix()}
        data = texture.source()
        blob = self._path(f"{hashlib.sha256(data).hexdigest() if texture.changes else texture.sha256}.blob")
        if not blob.is_file():
            write(blob, [data])
        return {**head, "blob": blob.name}

    def _texture(self, head: dict[str, Any]) -> Texture:
        from pipeline.matter.texture import Change, Texture

        scan, blob = head.pop("scan", None), head.pop("blob", None)
        path = self._path(blob) if blob else self.base / scan
        if blob and file_sha256(path) != path.stem:
            path.unlink()
            raise ValueError("damaged texture")
        changes = []
        for (red, green, blue), gains, tone in head.pop("changes", ()):
            rows = tuple(red), tuple(green), tuple(blue)
            changes.append(Change(rows, self._texture(gains) if gains else None, tone))
        return Texture(**head, path=path, changes=tuple(changes))


def file_sha256(path: Path) -> str:
    """Gives the SHA-256 of a file, lower-case hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, pieces: Iterable[Any], *, lasting: bool = False) -> None:
    """Writes a file so that it is there whole or not at all; makes its folder."""
    write_together({path: pieces}, lasting=lasting)


def write_together(files: Mapping[Path, Iterable[Any]], *, lasting: bool = False) -> None:
    """Writes files so that a full disk changes none of them: all beside their places first, then all renamed,
    in their order.

    Args:
        files: what to write where.
        lasting: a power cut must not leave a name without its content either: systems write a rename sooner
            than what is in the file. What the cache keeps is proved by digests instead.

    Raises:
        OSError: one cannot be written; it is named.
    """
    ready: dict[Path, Path] = {}
    try:
        for path, pieces in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            ready[path] = temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
            with _named(path), temporary.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
        for path, temporary in ready.items():
            temporary.replace(path)
        if lasting:
            settle(dict.fromkeys(path.parent for path in files))
    finally:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)


def settle(paths: Iterable[Path]) -> None:
    """Has files, or the names in folders, written to the disk itself before anything is built on them.

    Raises:
        OSError: the disk has an error; it is named.
    """
    for path in paths:
        if path.is_dir() and os.name == "nt":  # Windows opens no folders and writes their names itself
            continue
        descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            with _named(path):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """A full disk does not say which file it was full for."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


_ARRAYS = ("positions", "triangles", "material_of", "normals", "colours")


def _write_surface(path: Path, surface: Surface, textures: dict[str, dict[str, Any]]) -> None:
    import numpy as np

    arrays = {name: getattr(surface, name) for name in _ARRAYS}
    arrays |= {f"uv{index}": uv for index, uv in enumerate(surface.uvs)}
    kept = {name: np.ascontiguousarray(array) for name, array in arrays.items() if array is not None}
    head = msgspec.json.encode(
        {
            "arrays": [[name, array.dtype.str, array.shape] for name, array in kept.items()],
            "textures": textures,
            "materials": [_material(material) for material in surface.materials],
            "placement": surface.placement,
            "error_mm": surface.error_mm,
            "turned_deg": surface.turned_deg,
            "source_format": surface.source_format,
            "beside": [_texture_id(texture) for texture in surface.beside],
            "findings": surface.findings,
        }
    )
    pieces: list[Any] = [MAGIC, len(head).to_bytes(8, "little"), head, *map(_bytes_of, kept.values())]
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
    write(path, [*pieces, total.digest()])


def _read_surface(path: Path, texture_of: Any) -> Surface:
    import numpy as np

    from pipeline.catalogue.finding import Finding
    from pipeline.matter.surface import Placement, Surface

    total = hashlib.sha256()

    def take(count: int) -> bytes:
        piece = file.read(count)
        if len(piece) != count:
            raise ValueError("cut short")
        total.update(piece)
        return piece

    with path.open("rb") as file:
        if take(len(MAGIC)) != MAGIC:
            raise ValueError("another format")
        size = int.from_bytes(take(8), "little")
        if size > path.stat().st_size:
            raise ValueError("cut short")
        head = msgspec.json.decode(take(size))
        arrays: dict[str, Any] = {}
        for name, dtype, shape in head["arrays"]:
            array = np.fromfile(file, dtype=dtype, count=int(np.prod(shape, dtype=np.int64))).reshape(shape)
            total.update(_bytes_of(array))
            arrays[name] = array
        if file.read() != total.digest():
            raise ValueError("damaged")
    textures = {name: texture_of(entry) for name, entry in head["textures"].items()}
    uvs = tuple(arrays.pop(f"uv{index}") for index in range(2) if f"uv{index}" in arrays)
    return Surface(
        **arrays,
        uvs=uvs,
        materials=tuple(_to_material(entry, textures) for entry in head["materials"]),
        placement=msgspec.convert(head["placement"], Placement | None),
        error_mm=head["error_mm"],
        turned_deg=head["turned_deg"],
        source_format=head["source_format"],
        beside=tuple(textures[name] for name in head["beside"]),
        findings=msgspec.convert(head["findings"], tuple[Finding, ...]),
    )


def _bytes_of(array: Any) -> Any:
    """Gives the bytes of an array without copying them."""
    return memoryview(array).cast("B") if array.size else b""


def _texture_id(texture: Texture) -> str:
    """The same image may be used as colour and as data: then they are two textures."""
    return f"{texture.role} {texture.sha256} {texture.name}"


def _material(material: Any) -> dict[str, Any]:
    """Gives a material as JSON, its textures by their ids."""
    from pipeline.matter.surface import TextureUse

    entry: dict[str, Any] = {}
    for slot in material.__slots__:
        value = getattr(material, slot)
        if isinstance(value, TextureUse):
            value = {"texture": _texture_id(value.texture), "uv_set": value.uv_set, "wrap": value.wrap}
        entry[slot] = value
    return entry


def _to_material(entry: dict[str, Any], textures: dict[str, Texture]) -> Any:
    from pipeline.matter.surface import Material, TextureUse

    uses: dict[str, Any] = {
        name: TextureUse(textures[value["texture"]], value["uv_set"], tuple(value["wrap"]))
        for name, value in entry.items()
        if isinstance(value, dict)
    }
    plain = {name: value for name, value in entry.items() if name not in uses}
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}
    return Material(**values, **uses)
