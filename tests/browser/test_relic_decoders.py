"""Every compression that the pipeline writes is read by the viewer, under the policy of the site."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import MuseumError
from pipeline.formats.gltf_write import write_glb
from pipeline.matter.surface import Material, Surface, TextureUse
from pipeline.matter.texture import Texture
from pipeline.node.ktx2 import ktx2_encode
from pipeline.steps.place import place
from tests.browser.relic_page import level as level_of
from tests.browser.relic_page import relic_pages, write_relic
from tests.browser.test_relic import READY_MS, RELIC, hall_picture, red_and_green
from tests.pictures import encoded
from tests.shapes import surface

GREEN = np.full((64, 64, 3), (20, 150, 30), np.uint8)


def panel(texture: Texture) -> Surface:
    """A square of 20 cm that stands upright and faces the front."""
    corners = [(-0.1, 0.0, 0.0), (0.1, 0.0, 0.0), (0.1, 0.2, 0.0), (-0.1, 0.2, 0.0)]
    uvs = np.asarray([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    material = Material(name="paint", colour_texture=TextureUse(texture))
    upright = surface(corners, [(0, 1, 2), (0, 2, 3)], uvs=(uvs,), materials=(material,))
    return place(upright, unit="m", evidence="given", up="+y")


def texture_of(data: bytes, media_type: str) -> Texture:
    digest = hashlib.sha256(data).hexdigest()
    return Texture("paint", digest, media_type, 64, 64, data=data)


def ktx2(mode: Any) -> Texture:
    try:
        return texture_of(ktx2_encode(GREEN, mode), "image/ktx2")
    except MuseumError as error:
        pytest.skip(f"no KTX2 encoder here: {error}")


def webp() -> Texture:
    return texture_of(encoded(GREEN, "webp"), "image/webp")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the models of this module lie."""
    return tmp_path_factory.mktemp("decoders")


@pytest.fixture(scope="module")
def origin(client_build: Path, folder: Path) -> Iterator[str]:
    """Origin of the pages with nothing but the element."""
    with relic_pages(client_build, folder) as address:
        yield address


@pytest.mark.parametrize(
    ("compression", "texture"),
    [(how, webp) for how in ("none", "meshopt", "meshopt-v1", "draco")]
    + [("meshopt", lambda mode=mode: ktx2(mode)) for mode in ("etc1s", "uastc")],
    ids=["plain-webp", "meshopt-webp", "meshopt-v1-webp", "draco-webp", "meshopt-etc1s", "meshopt-uastc"],
)
def test_the_viewer_reads_what_the_pipeline_writes(
    open_page: Any, origin: str, folder: Path, request: Any, compression: Any, texture: Any
) -> None:
    written = write_glb(panel(texture()), compression=compression)
    name = request.node.callspec.id
    (folder / name).mkdir()
    entry = level_of(folder / name, "small", written.data, p95_mm=0.01, decoded_bytes=written.decoded_bytes)
    write_relic(folder / name, (200.0, 200.0, 0.0), [entry])
    page = open_page(
        f"{origin}/page?src=/{name}/manifest.json", width=480, height=400, reduced_motion="reduce"
    )
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    red, green = red_and_green(hall_picture(page))
    assert green > 3000 and red == 0
    assert page.evaluate(f"document.querySelector('{RELIC}').gpuBytes") == pytest.approx(
        written.decoded_bytes, rel=0.35
    )


def test_the_decoder_comes_beside_a_model_that_will_ask_for_it(
    open_page: Any, origin: str, folder: Path
) -> None:
    written = write_glb(panel(webp()), compression="draco")
    (folder / "beside").mkdir()
    entry = level_of(folder / "beside", "small", written.data, p95_mm=0.01, decoded_bytes=1000)
    known = {**entry, "required_extensions": list(written.required_extensions)}
    write_relic(folder / "beside", (200.0, 200.0, 0.0), [known])
    page = open_page(f"{origin}/none", width=480, height=400, reduced_motion="reduce", expect_errors=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    def hold(route: Any) -> None:
        # the model is not let through before the decoder was asked for
        for _ in range(200):
            if any("draco_decoder" in url for url in asked):
                break
            page.wait_for_timeout(50)
        asked.append("model let through")
        route.continue_()

    page.route("**/beside/small.glb", hold)
    page.goto(f"{origin}/page?src=/beside/manifest.json")
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    decoder = next(i for i, url in enumerate(asked) if "draco_decoder" in url)
    assert decoder < asked.index("model let through")
