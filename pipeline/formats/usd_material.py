"""Our materials as UsdPreviewSurface: the one material that every reader of USDZ shows alike.

Standard: UsdPreviewSurface Specification 2.6. Metallic-roughness workflow, as ours. What it has no word for
is left out: unlit materials are lit.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.matter.surface import Material, TextureUse

WRAPS = {"repeat": "repeat", "clamp": "clamp", "mirror": "mirror"}


def material_text(number: int, material: Material, names: Mapping[str, str], *, colours: bool) -> str:
    """Gives the prim of a material.

    Args:
        number: of the material, which gives its name.
        material: what to write.
        names: digest of a texture -> its name in the archive.
        colours: the meshes carry ``displayColor`` at their vertices, and it shows.
    """
    path = f"/Relic/Materials/M{number}"
    inputs = _inputs(material, path, colours=colours)
    shaders = [
        _texture(path, name, use, names, more) for name, use, more in _textures(material) if use is not None
    ]
    sets = sorted({use.uv_set for _, use, _ in _textures(material) if use is not None})
    readers = [_reader(f"Uv{n}", "float2", f"st{n or ''}") for n in sets]
    if colours:
        readers.append(_reader("VertexColour", "float3", "displayColor"))
    surface = _shader("Surface", "UsdPreviewSurface", [*inputs, "token outputs:surface"])
    return (
        f'        def Material "M{number}"\n        {{\n'
        f"            token outputs:surface.connect = <{path}/Surface.outputs:surface>\n"
        f"{surface}{''.join(shaders)}{''.join(readers)}        }}\n"
    )


def quoted(text: str) -> str:
    """Gives a text as a string of a .usda layer."""
    plain = "".join(c if c >= " " else " " for c in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def bare(name: str) -> str:
    """Gives a name as an identifier."""
    word = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    return word if word[:1].isalpha() else f"_{word}"


def _textures(material: Material) -> list[tuple[str, TextureUse | None, list[str]]]:
    """Every texture with the name of its shader and what else that shader is told."""
    red, green, blue, alpha = material.base_colour
    tint = [] if material.base_colour == (1, 1, 1, 1) else [_float4("scale", (red, green, blue, alpha))]
    scale = material.normal_scale
    bend = [_float4("scale", (2 * scale, 2 * scale, 2, 1)), _float4("bias", (-scale, -scale, -1, 0))]
    rough = [_float4("scale", (1, material.roughness, material.metallic, 1))]
    strength = material.occlusion_strength
    shade = [_float4("scale", (strength,) * 3 + (1,)), _float4("bias", (1 - strength,) * 3 + (0,))]
    glow = [_float4("scale", (*material.emissive, 1))]
    return [
        ("Colour", material.colour_texture, tint),
        ("Normal", material.normal_texture, bend),
        ("MetallicRoughness", material.metallic_roughness_texture, rough),
        ("Occlusion", material.occlusion_texture, [] if strength == 1 else shade),
        ("Emissive", material.emissive_texture, glow),
    ]


def _inputs(material: Material, path: str, *, colours: bool) -> list[str]:
    def joined(kind: str, name: str, output: str) -> str:
        return f"{kind} inputs:{name}.connect = <{path}/{output}>"

    red, green, blue, _ = map(_text, material.base_colour)
    if material.colour_texture is not None:
        out = [joined("color3f", "diffuseColor", "Colour.outputs:rgb")]
    elif colours:
        out = [joined("color3f", "diffuseColor", "VertexColour.outputs:result")]
    else:
        out = [f"color3f inputs:diffuseColor = ({red}, {green}, {blue})"]
    if material.metallic_roughness_texture is not None:
        out.append(joined("float", "metallic", "MetallicRoughness.outputs:b"))
        out.append(joined("float", "roughness", "MetallicRoughness.outputs:g"))
    else:
        out.append(f"float inputs:metallic = {_text(material.metallic)}")
        out.append(f"float inputs:roughness = {_text(material.roughness)}")
    if material.normal_texture is not None:
        out.append(joined("normal3f", "normal", "Normal.outputs:rgb"))
    if material.occlusion_texture is not None:
        out.append(joined("float", "occlusion", "Occlusion.outputs:r"))
    if material.emissive_texture is not None:
        out.append(joined("color3f", "emissiveColor", "Emissive.outputs:rgb"))
    elif material.emissive != (0.0, 0.0, 0.0):
        out.append(f"color3f inputs:emissiveColor = ({', '.join(map(_text, material.emissive))})")
    return [*out, *_opacity(material, path), "int inputs:useSpecularWorkflow = 0"]


def _opacity(material: Material, path: str) -> list[str]:
    if material.alpha == "opaque":
        return []
    out = [f"float inputs:opacity = {_text(material.base_colour[3])}"]
    if material.colour_texture is not None:
        out = [f"float inputs:opacity.connect = <{path}/Colour.outputs:a>"]
    if material.alpha == "mask":
        out.append(f"float inputs:opacityThreshold = {_text(material.alpha_cutoff)}")
    return out


def _texture(path: str, name: str, use: TextureUse, names: Mapping[str, str], more: list[str]) -> str:
    space = "sRGB" if use.texture.role == "colour" else "raw"
    lines = [
        f"asset inputs:file = @{names[use.texture.sha256]}@",
        f"float2 inputs:st.connect = <{path}/Uv{use.uv_set}.outputs:result>",
        f'token inputs:sourceColorSpace = "{space}"',
        f'token inputs:wrapS = "{WRAPS[use.wrap[0]]}"',
        f'token inputs:wrapT = "{WRAPS[use.wrap[1]]}"',
        *more,
        *(f"float outputs:{channel}" for channel in "rgba"),
        "float3 outputs:rgb",
    ]
    return _shader(name, "UsdUVTexture", lines)


def _reader(name: str, kind: str, varname: str) -> str:
    lines = [f'string inputs:varname = "{varname}"', f"{kind} outputs:result"]
    return _shader(name, f"UsdPrimvarReader_{kind}", lines)


def _shader(name: str, kind: str, lines: list[str]) -> str:
    body = "".join(f"                {line}\n" for line in [f'uniform token info:id = "{kind}"', *lines])
    return f'            def Shader "{name}"\n            {{\n{body}            }}\n'


def _float4(name: str, values: tuple[float, ...]) -> str:
    return f"float4 inputs:{name} = ({', '.join(map(_text, values))})"


def _text(value: float) -> str:
    return repr(int(value) if value == int(value) else float(value))
