"""Records to try things on."""

from __future__ import annotations

import pytest
from hypothesis import settings

from pipeline.catalogue.derivative import (
    Derivative,
    Deviation,
    Input,
    Manifest,
    RecipeRecord,
    Scale,
    StepRecord,
)
from pipeline.catalogue.finding import Finding

settings.register_profile("any machine", deadline=None)  # a slow machine is no failure
settings.load_profile("any machine")


@pytest.fixture
def manifest() -> Manifest:
    deviation = Deviation(0.01, 0.02, 0.1, (0.01, 0.02, 0.1), (0.01, 0.02, 0.1), 1000)
    level = Derivative(
        usage="view", quality="small", path="small.0123abcd.glb", media_type="model/gltf-binary", bytes=10,
        bytes_wire=9, sha256="0123abcd" * 8, triangles=12, vertices=8, texture_px=0, decoded_bytes=400,
        draw_calls=1, deviation_mm=deviation, required_extensions=("KHR_mesh_quantization",), error_mm=0.05,
        steps=(StepRecord("simplify", 1, {"max_error_mm": 0.05, "seams": True, "note": None}),),
    )  # fmt: skip
    return Manifest(
        object="jar",
        recipe=RecipeRecord("relic", "ab" * 32),
        input=Input("cd" * 32, (), "obj", 12, 8, 0),
        scale=Scale("mm", "given", True, (1.0, 2.0, 3.0), "+z", "given", (0.0, 0.0, 0.0)),
        derivatives=(level,),
        findings=(Finding("texture-missing", "warning", {"material": "a", "file": "b.jpg"}),),
    )
