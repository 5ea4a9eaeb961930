"""A GLB under construction: buffer views, accessors, and the container. Knows bytes, nothing of surfaces.

Written here and not by pygltflib, whose ``save_to_bytes`` folds all buffers into one: meshopt's fallback
buffer, which exists only as a number, became 40 KB of zeros in a file of 138 KB. pygltflib and trimesh read
our files in the tests instead.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.node import codec

Extension = Literal["EXT_meshopt_compression", "KHR_meshopt_compression"]
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
COMPONENT_TYPES = {
    "int8": 5120,
    "uint8": 5121,
    "int16": 5122,
    "uint16": 5123,
    "uint32": 5125,
    "float32": 5126,
}
TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


@dataclass(slots=True)
class Binary:
    """The pieces so far.

    Attributes:
        meshopt: the extension that numbers are compressed with, None for plain.
        views, accessors: their JSON.
        decoded_bytes: size of the vertex and index buffers once on the GPU.
    """

    meshopt: Extension | None = None
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    decoded_bytes: int = 0
    _data: bytearray = field(default_factory=bytearray)
    _fallback: int = 0

    def blob(self, data: bytes) -> int:
        """Puts bytes into a buffer view of their own (images, Draco); gives its index."""
        at = self._append(data)
        self.views.append({"buffer": 0, "byteOffset": at, "byteLength": len(data)})
        return len(self.views) - 1

    def bare(self, count: int, components: int, kind: str, **more: Any) -> int:
        """Adds an accessor without data of its own (inside Draco); gives its index."""
        entry = {"componentType": COMPONENT_TYPES[kind], "count": count, "type": TYPES[components], **more}
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def indices(self, triangles: NDArray[np.int32], vertices: int) -> int:
        """Adds indices, 16 bit where they suffice (65535 would mean a restart); gives the accessor."""
        kind = "uint16" if vertices <= 65535 else "uint32"
        flat = np.ascontiguousarray(triangles, kind).ravel()
        view = self._numbers(flat.tobytes(), len(flat), flat.itemsize, "TRIANGLES")
        return self.bare(len(flat), 1, kind, bufferView=view)

    def attribute(
        self,
        values: NDArray[Any],
        *,
        normalized: bool = False,
        bounds: bool = False,
        packed: tuple[codec.Filter, bytes] | None = None,
    ) -> int:
        """Adds a vertex attribute, rows padded to four bytes as glTF demands.

        Args:
            values: (V, n) in the type that the accessor shall have.
            normalized: integers mean 0..1 or -1..1.
            bounds: write min and max (positions must have them).
            packed: a meshopt filter and the values packed for it.
        """
        count, components = values.shape
        padded = np.zeros((count, -(-components * values.itemsize // 4) * 4 // values.itemsize), values.dtype)
        padded[:, :components] = values
        stride = padded.shape[1] * padded.itemsize
        filter_name, data = packed or ("NONE", padded.tobytes())
        view = self._numbers(data, count, stride, "ATTRIBUTES", filter_name)
        more: dict[str, Any] = {"normalized": True} if normalized else {}
        if bounds:
            more |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self.bare(count, components, values.dtype.name, bufferView=view, **more)

    def _numbers(
        self, data: bytes, count: int, stride: int, mode: codec.Mode, filter_name: codec.Filter = "NONE"
    ) -> int:
        self.decoded_bytes += len(data)
        vertex = mode == "ATTRIBUTES"
        entry: dict[str, Any] = {"buffer": 0, "byteOffset": 0, "byteLength": len(data)}
        if vertex:
            entry["byteStride"] = stride
        entry["target"] = ARRAY_BUFFER if vertex else ELEMENT_ARRAY_BUFFER
        if self.meshopt is None:
            entry["byteOffset"] = self._append(data)
        else:
            version: codec.Version = 0 if self.meshopt == "EXT_meshopt_compression" else 1
            small = codec.encode_buffer(data, count=count, stride=stride, mode=mode, version=version)
            entry |= {"buffer": 1, "byteOffset": self._fallback}
            self._fallback += -(-len(data) // 4) * 4
            described: dict[str, Any] = {
                "buffer": 0,
                "byteOffset": self._append(small),
                "byteLength": len(small),
                "byteStride": stride,
                "mode": mode,
                "count": count,
            }
            if filter_name != "NONE":
                described["filter"] = filter_name
            entry["extensions"] = {self.meshopt: described}
        self.views.append(entry)
        return len(self.views) - 1

    def _append(self, data: bytes) -> int:
        self._data.extend(bytes(-len(self._data) % 4))
        at = len(self._data)
        self._data.extend(data)
        return at

    def glb(self, document: dict[str, Any]) -> bytes:
        """Gives the whole file; the document's lists of accessors, views and buffers are filled in here."""
        self._data.extend(bytes(-len(self._data) % 4))
        buffers: list[dict[str, Any]] = [{"byteLength": len(self._data)}]
        if self._fallback and self.meshopt:
            buffers.append({"byteLength": self._fallback, "extensions": {self.meshopt: {"fallback": True}}})
        parts = {"accessors": self.accessors, "bufferViews": self.views, "buffers": buffers}
        text = json.dumps({**document, **parts}, ensure_ascii=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        size = 12 + 8 + len(text) + 8 + len(self._data)
        return b"".join(
            [
                struct.pack("<4sII", b"glTF", 2, size),
                struct.pack("<I4s", len(text), b"JSON") + text,
                struct.pack("<I4s", len(self._data), b"BIN\0") + self._data,
            ]
        )
