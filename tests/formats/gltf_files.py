"""Small glTF files written by hand, to be read, bent and broken."""

import base64
import json
import struct

import numpy as np

KINDS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4")
TWO = np.array([0, 1, 2, 0, 2, 3], "<u2")


class File:
    """A glTF under construction: ``accessor`` gives indices, ``json`` may be changed at will."""

    def __init__(self, **parts):
        self.data = bytearray()
        self.json = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
        }
        self.json |= {"meshes": [], "accessors": [], "bufferViews": [], **parts}

    def view(self, data, **more):
        self.data.extend(bytes(-len(self.data) % 4))
        entry = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data), **more}
        self.json["bufferViews"].append(entry)
        self.data.extend(data)
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values, **more):
        values = np.asarray(values)
        rows = values.reshape(len(values), -1)
        entry = {
            "componentType": KINDS[values.dtype.str[1:]],
            "count": len(rows),
            "type": SHAPES[rows.shape[1]],
        }
        if "bufferView" not in more:
            entry["bufferView"] = self.view(values.tobytes())
        self.json["accessors"].append(entry | more)
        return len(self.json["accessors"]) - 1

    def mesh(self, positions=SQUARE, indices=TWO, *, mode=4, material=None, **attributes):
        primitive = {"attributes": {"POSITION": self.accessor(positions), **attributes}, "mode": mode}
        if indices is not None:
            primitive["indices"] = self.accessor(indices)
        if material is not None:
            primitive["material"] = material
        self.json["meshes"].append({"primitives": [primitive]})
        return self

    def glb(self):
        document = {"buffers": [{"byteLength": len(self.data)}], **self.json}
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        body = bytes(self.data) + bytes(-len(self.data) % 4)
        chunks = (
            struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
        )
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks

    def gltf(self, uri=None):
        uri = uri or "data:application/octet-stream;base64," + base64.b64encode(self.data).decode()
        return json.dumps({**self.json, "buffers": [{"byteLength": len(self.data), "uri": uri}]}).encode()
