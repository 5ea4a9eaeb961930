"""glTF's outside: GLB chunks, JSON, buffers in files and data: addresses. No length is believed."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, unquote_to_bytes

import msgspec

from pipeline.errors import Refused
from pipeline.formats import paths
from pipeline.formats.gltf_types import Gltf, Index

JSON_MAX_BYTES = 256 << 20
"""Of the JSON part. Real ones with a thousand tiles stay under 10 MB; embedded data: buffers may be large."""

FILE_MAX_BYTES = 1 << 32
"""Of a GLB, whose length has 32 bits, and of one buffer."""

SUPPORTED = frozenset(
    {
        "EXT_meshopt_compression",
        "EXT_texture_webp",
        "KHR_draco_mesh_compression",
        "KHR_materials_pbrSpecularGlossiness",
        "KHR_materials_unlit",
        "KHR_mesh_quantization",
        "KHR_meshopt_compression",
        "KHR_texture_basisu",
        "KHR_texture_transform",
        "KHR_xmp_json_ld",
    }
)
"""Extensions that a file may require."""

Stretch = tuple[Path | int, int, int]
"""Where data lies: a file, or the number of a buffer that has none; offset and length in bytes."""

T = TypeVar("T")


class Document:
    """A parsed glTF and its buffers, which are opened when first asked for."""

    def __init__(self, gltf: Gltf, chunk: bytes | None, folder: Path | None, name: str) -> None:
        self.gltf, self.chunk, self.folder, self.name = gltf, chunk, folder, name
        self._buffers: dict[int, memoryview] = {}
        self._sources: dict[Path | int, memoryview] = {}
        self._files: paths.Folder | None = None
        self.views: dict[tuple[Any, ...], memoryview] = {}
        """Decompressed data by where it lies and how, kept because several accessors and views share it."""
        self.stored_bytes = 0
        """Of the buffers opened so far; a file that several buffers name counts, and is read, once."""
        self.unpacked_bytes = 0
        """Of everything decompressed so far."""
        self._longest = max((buffer.byte_length for buffer in gltf.buffers), default=0)

    def item(self, items: list[T], index: Index | None, what: str) -> T:
        """Gives one of a list.

        Raises:
            Refused: the index points outside of it.
        """
        if index is None or not 0 <= index < len(items):
            raise Refused(f"{what} {index} does not exist", where=self.name, do="export the model again")
        return items[index]

    def extension(self, extensions: dict[str, Any], name: str, kind: type[T]) -> T | None:
        """Gives an extension parsed into its type, or None where it is absent."""
        if name not in extensions:
            return None
        try:
            return msgspec.convert(extensions[name], kind)
        except msgspec.ValidationError as error:
            raise Refused(f"{name} is not valid ({error})", where=self.name) from error

    def buffer(self, index: int) -> memoryview:
        """Gives a buffer's bytes, at least as many as it says.

        Raises:
            Refused: missing, shorter than it says, outside of the folder or on the network.
        """
        if index not in self._buffers:
            entry = self.item(self.gltf.buffers, index, "buffer")
            data = self._source(entry.uri, index)[: entry.byte_length]
            if len(data) < entry.byte_length:
                raise Refused(
                    f"buffer {index} says {entry.byte_length} bytes and has {len(data)}",
                    where=self.name,
                    do="copy the files again",
                )
            self._buffers[index] = data
        return self._buffers[index]

    def stretch(self, buffer: int, offset: int, length: int) -> memoryview:
        """Gives a stretch of a buffer; raises Refused where it is not inside."""
        data = self.buffer(buffer)
        if offset + length > len(data):
            raise Refused(f"{length} bytes at {offset} lie outside of buffer {buffer}", where=self.name)
        return data[offset : offset + length]

    def place(self, buffer: int, offset: int, length: int) -> Stretch:
        """Gives where a stretch really lies: buffers that name one file hold the same bytes."""
        self.stretch(buffer, offset, length)
        uri = self.gltf.buffers[buffer].uri
        return (self._path(uri) if uri and not uri.startswith("data:") else buffer), offset, length

    def _source(self, uri: str | None, index: int) -> memoryview:
        key = index if uri is None or uri.startswith("data:") else self._path(uri)
        if key not in self._sources:
            self._sources[key] = memoryview(self._load(uri, key))
            self.stored_bytes += len(self._sources[key])
        return self._sources[key]

    def _load(self, uri: str | None, key: Path | int) -> bytes:
        if isinstance(key, Path):
            return _bytes_of(key, self._longest)  # what another buffer that names this file may want, too
        if uri is not None:
            return data_of(uri, self.name)
        if self.chunk is None or key != 0:
            raise Refused(f"buffer {key} has no data", where=self.name, do="export the model again")
        return self.chunk

    def _path(self, uri: str) -> Path:
        path = self.file(uri)
        if path is None:
            raise Refused(
                f"the file {shown(uri)} is not in the scan folder",
                where=self.name,
                do="copy it beside the model",
            )
        return path.resolve()

    def file(self, uri: str) -> Path | None:
        """Gives the file in the model's folder that a relative address means, None where there is none."""
        if self.folder is None or "://" in uri or uri.startswith(("data:", "file:", "http:", "https:")):
            return None
        if self._files is None:
            self._files = paths.Folder(self.folder)
        return self._files.resolve(uri)


def shown(uri: str) -> str:
    """An address as a person may read it: decoded, without the data of a data: address."""
    return unquote(uri)[:200] if not uri.startswith("data:") else uri.partition(",")[0][:80]


def data_of(uri: str, where: str) -> bytes:
    """Gives the bytes of a data: address; raises Refused where it is damaged."""
    head, comma, body = uri.partition(",")
    try:
        if not comma:
            raise ValueError("no comma")
        return base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
    except (binascii.Error, ValueError) as error:
        raise Refused(f"a data: address is damaged ({error})", where=where) from error


def open_path(path: Path) -> Document:
    """Opens a .glb or .gltf.

    Raises:
        Refused: not glTF 2.0, cut off, or it requires an extension that is not known here.
    """
    try:
        with path.open("rb") as file:
            most = FILE_MAX_BYTES if file.read(4) == b"glTF" else JSON_MAX_BYTES
        data = _bytes_of(path, path.stat().st_size, most)
    except OSError as error:
        raise Refused(f"the file cannot be opened ({error.strerror})", where=path.name) from error
    return open_bytes(data, folder=path.parent, name=path.name)


def _bytes_of(path: Path, length: int, most: int = FILE_MAX_BYTES) -> bytes:
    """Gives the first ``length`` bytes of a file."""
    size = min(length, path.stat().st_size)
    if size > most:
        raise Refused(f"the file has {size} bytes, {most} are allowed", where=path.name, do="split the scan")
    with path.open("rb") as file:
        return file.read(size)


def open_bytes(data: bytes, *, folder: Path | None = None, name: str = "model.glb") -> Document:
    """As :func:`open_path`, from memory; without a folder nothing outside of the bytes is opened."""
    text, chunk = _chunks(data, name) if data[:4] == b"glTF" else (data, None)
    if len(text) > JSON_MAX_BYTES:
        raise Refused(f"its JSON has {len(text)} bytes, {JSON_MAX_BYTES} are allowed", where=name)
    try:
        gltf = msgspec.json.decode(text.removeprefix(b"\xef\xbb\xbf"), type=Gltf)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        _refuse_old(text, name)
        raise Refused(
            f"this is no valid glTF 2.0 ({error})", where=name, do="export the model again"
        ) from error
    if gltf.asset.version.split(".")[0] != "2" or gltf.asset.min_version not in ("", "2.0"):
        raise Refused(f"glTF {gltf.asset.version} is not supported", where=name, do="export it as glTF 2.0")
    unknown = sorted(set(gltf.extensions_required) - SUPPORTED)
    if unknown:
        raise Refused(
            f"it requires the glTF extension {unknown[0]}, which is not supported",
            where=name,
            do="export it without that extension",
        )
    return Document(gltf, chunk, folder, name)


def _chunks(data: bytes, name: str) -> tuple[bytes, bytes | None]:
    if len(data) < 20:
        raise Refused("the GLB is cut off in its header", where=name, do="copy it again")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise Refused(f"this is a GLB of version {version}", where=name, do="export it as glTF 2.0")
    if length > len(data):
        raise Refused(f"the GLB says {length} bytes and has {len(data)}", where=name, do="copy it again")
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<I4s", data, at)
        if at + 8 + size > length:
            raise Refused("a chunk of the GLB goes beyond its end", where=name, do="copy it again")
        found.setdefault(kind, data[at + 8 : at + 8 + size])
        at += 8 + size
    if b"JSON" not in found:
        raise Refused("the GLB has no JSON chunk", where=name)
    return found[b"JSON"], found.get(b"BIN\0")


def _refuse_old(text: bytes, name: str) -> None:
    """glTF 1.0 keeps objects where 2.0 keeps lists: say that instead of where the types differ."""
    try:
        version = str(json.loads(text)["asset"]["version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if version.startswith("1"):
        raise Refused(f"glTF {version} is not supported", where=name, do="export it as glTF 2.0")
