"""The viewer element in a real browser, under the site's policy, with the network closed.

The errors of ``watch`` hold refusals of the Content Security Policy too, so every test here also says that
the element needs nothing that the policy forbids and nothing from another server.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pytest
import pyvips
from playwright.sync_api import Page, Route, expect

from tests.browser.relic_page import GREEN, RED, box_glb, level, relic_pages, write_relic

RELIC = "museum-relic"
SIZE_M = (0.1, 0.2, 0.05)
SIZE_MM = (100.0, 200.0, 50.0)
READY_MS = 30_000


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``box`` has a red level that is enough, ``fine`` a coarse red one and a green one that is needed."""
    folder = tmp_path_factory.mktemp("relics")
    (folder / "box").mkdir()
    one = level(folder / "box", "small", box_glb(SIZE_M, RED), p95_mm=0.01, decoded_bytes=1000)
    write_relic(folder / "box", SIZE_MM, [one])
    fine = folder / "fine"
    fine.mkdir()
    coarse = level(fine, "small", box_glb(SIZE_M, RED), p95_mm=50, decoded_bytes=1000)
    exact = level(fine, "large", box_glb(SIZE_M, GREEN), p95_mm=0.01, decoded_bytes=2000)
    write_relic(fine, SIZE_MM, [coarse, exact], confirmed=False)
    huge = folder / "huge"
    huge.mkdir()
    small = level(huge, "small", box_glb(SIZE_M, RED), p95_mm=50, decoded_bytes=1000)
    vast = level(huge, "large", box_glb(SIZE_M, GREEN), p95_mm=0.01, decoded_bytes=8 * 2**30)
    write_relic(huge, SIZE_MM, [small, vast])
    near = folder / "near"
    near.mkdir()
    far = level(near, "small", box_glb(SIZE_M, RED), p95_mm=0.9, decoded_bytes=1000)
    close = level(near, "large", box_glb(SIZE_M, GREEN), p95_mm=0.01, decoded_bytes=2000)
    write_relic(near, SIZE_MM, [far, close])
    plain = folder / "plain"
    plain.mkdir()
    white = level(plain, "small", box_glb(SIZE_M, (1.0, 1.0, 1.0)), p95_mm=0.01, decoded_bytes=1000)
    write_relic(plain, SIZE_MM, [white], view_deg=(-72.0, 20.0))
    return folder


@pytest.fixture(scope="module")
def origin(client_build: Path, models: Path) -> Iterator[str]:
    """Origin of the pages with nothing but the element."""
    with relic_pages(client_build, models) as address:
        yield address


@pytest.fixture
def show(open_page: Any, origin: str) -> Any:
    """``show(**query)`` opens a page and waits until the element is ready (``state=None``: does not)."""

    def show_(state: str | None = "ready", options: dict[str, Any] | None = None, **query: str) -> Page:
        settings = {"width": 480, "height": 400, "reduced_motion": "reduce", **(options or {})}
        page: Page = open_page(f"{origin}/page?{urlencode(query)}", **settings)
        if state:
            page.wait_for_selector(f'{RELIC}[data-state="{state}"]', timeout=READY_MS)
        return page

    return show_


def call(page: Page, body: str) -> Any:
    """Runs ``body`` with the element as ``relic``."""
    return page.evaluate(f"(async () => {{ const relic = document.querySelector('{RELIC}'); {body} }})()")


def until(page: Page, body: str) -> None:
    """Waits until ``body`` gives something true (``wait_for_function`` would need eval, forbidden here)."""
    deadline = time.monotonic() + READY_MS / 1000
    while not call(page, body):
        assert time.monotonic() < deadline, f"never became true: {body}"
        page.wait_for_timeout(50)


def settle(page: Page) -> None:
    call(page, "await relic.settled()")


def view(page: Page) -> dict[str, Any]:
    settle(page)
    return call(page, "return relic.view")


def hall_picture(page: Page) -> npt.NDArray[np.uint8]:
    """Gives the pixels (H, W, 3) of what the visitor sees of the canvas, once the fade is over."""
    settle(page)
    until(page, "return getComputedStyle(relic.shadowRoot.querySelector('canvas')).opacity === '1'")
    png = page.locator(f"{RELIC} canvas").screenshot()
    return np.asarray(pyvips.Image.new_from_buffer(png, "").numpy())[:, :, :3]


def red_and_green(picture: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Gives how many pixels are plainly red and plainly green."""
    p = picture.astype(int)
    return int((p[..., 0] > p[..., 1] + 40).sum()), int((p[..., 1] > p[..., 0] + 40).sum())


def test_the_model_is_drawn_in_the_middle_and_the_hall_around_it_is_dark(show: Any) -> None:
    picture = hall_picture(show())
    height, width, _ = picture.shape
    red, green, blue = (int(c) for c in picture[height // 2, width // 2])
    assert red > green + 40 and red > blue + 40
    assert picture[5, 5].max() < 40


def test_levels_step_up_until_the_shape_is_right_on_this_screen(show: Any) -> None:
    page = show(src="/fine/manifest.json")
    page.wait_for_selector(f'{RELIC}[data-level="large"]', timeout=READY_MS)
    red, green = red_and_green(hall_picture(page))
    assert green > 1000 and red == 0


def test_the_small_level_is_shown_before_the_larger_one_comes(show: Any) -> None:
    page = show(state=None)
    page.evaluate(
        f"""() => {{
          const relic = document.querySelector('{RELIC}'); window.levels = [];
          relic.addEventListener('relic-level', (event) => window.levels.push(event.detail.level));
          relic.remove(); relic.setAttribute('src', '/fine/manifest.json'); document.body.prepend(relic);
        }}"""
    )
    until(page, "return window.levels.length === 2")
    assert page.evaluate("window.levels") == ["small", "large"]


def test_a_level_beyond_the_memory_budget_is_left_alone(show: Any) -> None:
    page = show(src="/huge/manifest.json")
    asked = call(page, "return performance.getEntriesByType('resource').map((entry) => entry.name)")
    page.wait_for_timeout(400)
    assert call(page, "return relic.dataset.level") == "small"
    assert not any("large.glb" in name for name in asked)


def test_coming_closer_brings_the_finer_level_without_a_jump(show: Any) -> None:
    page = show(src="/near/manifest.json")
    assert call(page, "return relic.dataset.level") == "small"
    for _ in range(4):
        page.locator(f'{RELIC} [data-action="zoom_in"]').click()
    before = view(page)
    page.wait_for_selector(f'{RELIC}[data-level="large"]', timeout=READY_MS)
    assert view(page) == before


def test_the_keys_turn_tilt_zoom_and_move_and_home_goes_back(show: Any) -> None:
    page = show()
    front = view(page)
    page.locator(f"{RELIC} canvas").focus()
    for key, changed in (
        ("ArrowLeft", "azimuth"),
        ("ArrowUp", "elevation"),
        ("+", "distance"),
        ("Shift+ArrowLeft", "target"),
    ):
        before = view(page)
        page.keyboard.press(key)
        after = view(page)
        assert before[changed] != after[changed], key
    page.keyboard.press("Home")
    assert view(page) == front


def test_tab_leaves_the_canvas(show: Any) -> None:
    page = show()
    page.locator(f"{RELIC} canvas").focus()
    page.keyboard.press("Tab")
    assert call(page, "return relic.shadowRoot.activeElement.tagName") == "BUTTON"
    page.keyboard.press("Shift+Tab")
    assert call(page, "return relic.shadowRoot.activeElement.tagName") == "CANVAS"


@pytest.mark.parametrize(
    ("action", "changed", "sign"),
    [
        ("rotate_left", "azimuth", 1),
        ("rotate_right", "azimuth", -1),
        ("tilt_up", "elevation", 1),
        ("tilt_down", "elevation", -1),
        ("zoom_in", "distance", -1),
        ("zoom_out", "distance", 1),
    ],
)
def test_every_button_does_what_it_says(show: Any, action: str, changed: str, sign: int) -> None:
    page = show(options={"width": 900})
    front = view(page)
    button = page.locator(f'{RELIC} [data-action="{action}"]')
    if not button.is_visible():
        page.locator(f"{RELIC} .more").click()
    button.click()
    assert (view(page)[changed] - front[changed]) * sign > 0
    page.locator(f'{RELIC} [data-action="reset"]').click()
    assert view(page) == front


def test_fit_keeps_the_side_and_shows_the_whole_object(show: Any) -> None:
    page = show(options={"width": 900})
    front = view(page)
    call(page, "relic.view = { azimuth: 100, distance: 0.3, target: [0.02, 0.05, 0] }")
    page.locator(f"{RELIC} .more").click()
    page.locator(f'{RELIC} [data-action="fit"]').click()
    fitted = view(page)
    assert fitted["azimuth"] == 100
    assert fitted["distance"] == front["distance"] and fitted["target"] == front["target"]


def test_the_mouse_turns_the_object_and_the_wheel_is_the_pages_until_the_model_has_the_focus(
    show: Any,
) -> None:
    page = show()
    front = view(page)
    canvas = page.locator(f"{RELIC} canvas")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 80)
    page.mouse.wheel(0, -200)
    assert view(page)["distance"] == front["distance"]
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 80, steps=4)
    page.mouse.up()
    turned = view(page)
    assert turned["azimuth"] < front["azimuth"] and turned["distance"] == front["distance"]
    canvas.focus()
    page.mouse.wheel(0, -200)
    until(page, f"return relic.view.distance < {front['distance']}")


def test_the_scale_bar_is_as_long_on_the_screen_as_it_says(show: Any) -> None:
    page = show(options={"width": 480, "height": 700})
    call(page, "relic.view = { elevation: 0, azimuth: 0, distance: 8 }")
    picture = hall_picture(page)
    red = (picture[..., 0].astype(int) > picture[..., 1].astype(int) + 25).any(axis=1)
    height_px = int(red.sum())
    bar = call(page, "return relic.shadowRoot.querySelector('.bar').getBoundingClientRect().width")
    text = call(page, "return relic.shadowRoot.querySelector('.measure bdi').textContent")
    length, unit = text.split()
    length_mm = float(length) * {"mm": 1, "cm": 10, "m": 1000}[unit]
    # The box is 200 mm tall, and its front stands 25 mm before the middle.
    distance = view(page)["distance"]
    expected_px = 200 * bar / length_mm * distance / (distance - 0.025)
    assert height_px == pytest.approx(expected_px, abs=2.5)


def test_the_scale_bar_follows_the_zoom_in_round_steps(show: Any) -> None:
    page = show()
    texts = set()
    for distance in (3, 1, 0.5, 0.25):
        call(page, f"relic.view = {{ distance: {distance} }}; await relic.settled()")
        texts.add(call(page, "return relic.shadowRoot.querySelector('.measure bdi').textContent"))
    assert len(texts) >= 3
    assert all(float(t.split()[0]) in {1, 2, 5, 10, 20, 50} for t in texts)


def test_the_stage_opens_where_the_poster_looks_from_and_comes_back_there(show: Any) -> None:
    page = show(src="/plain/manifest.json")
    front = view(page)
    assert (front["azimuth"], front["elevation"]) == (-72, 20)
    call(page, "relic.view = { azimuth: 100, elevation: 0 }")
    page.locator(f'{RELIC} [data-action="reset"]').click()
    assert view(page) == front


def test_a_model_without_colour_is_warm_plaster_and_keeps_its_form(show: Any) -> None:
    picture = hall_picture(show(src="/plain/manifest.json")).astype(int)
    height, width, _ = picture.shape
    red, _green, blue = picture[height // 2, width // 2]
    assert 120 < red < 240 and red > blue


def test_the_light_on_the_ground_runs_out_before_the_picture_does(show: Any) -> None:
    page = show(options={"width": 360, "height": 600})
    call(page, "relic.view = { elevation: 35 }")
    picture = hall_picture(page).astype(int)
    hall = np.array([20, 17, 15])
    for rim in (picture[:, 0], picture[:, -1], picture[-1]):
        assert np.abs(rim - hall).max() <= 2


def test_the_stage_leaves_the_size_to_the_label_beside_it(show: Any) -> None:
    page = show(more="labelled")
    size = page.locator(f"{RELIC} .size")
    expect(size).to_be_hidden()
    call(page, "relic.classList.add('fills')")
    expect(size).to_be_visible()


def test_the_size_stands_beside_the_bar_and_says_when_nobody_confirmed_it(show: Any) -> None:
    sure = show().locator(f"{RELIC} .size").inner_text()
    unsure = show(src="/fine/manifest.json").locator(f"{RELIC} .size").inner_text()
    assert "10 × 20 × 5 cm" in sure and "not confirmed" not in sure
    assert "not confirmed" in unsure


def test_a_lost_context_comes_back_with_the_model_in_it(show: Any) -> None:
    page = show()
    call(
        page,
        """const gl = relic.shadowRoot.querySelector('canvas').getContext('webgl2');
        window.loser = gl.getExtension('WEBGL_lose_context');
        window.restored = new Promise((resolve) => relic.addEventListener('relic-restored', resolve));
        window.loser.loseContext();""",
    )
    expect(page.locator(f"{RELIC} .note")).to_contain_text("lost for a moment")
    page.evaluate("(async () => { window.loser.restoreContext(); await window.restored; })()")
    expect(page.locator(f"{RELIC} .note")).to_be_hidden()
    red, _ = red_and_green(hall_picture(page))
    assert red > 1000


def test_without_webgl_a_sentence_says_so_and_the_page_stays(
    open_page: Any, chromium: Any, origin: str
) -> None:
    context = chromium.new_context(viewport={"width": 480, "height": 400})
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    try:
        page = context.new_page()
        page.goto(f"{origin}/page")
        page.wait_for_selector(f'{RELIC}[data-state="failed"]', timeout=READY_MS)
        expect(page.locator(f"{RELIC} .note")).to_contain_text("cannot draw the model")
        expect(page.locator("#after")).to_be_visible()
        expect(page.locator(f'{RELIC} [data-action="retry"]')).to_have_count(0)
    finally:
        context.close()


def test_a_file_that_does_not_come_is_one_sentence_and_a_way_on(show: Any, models: Path) -> None:
    late = models / "late"
    late.mkdir(exist_ok=True)
    page = show(state="failed", options={"expect_errors": True}, src="/late/manifest.json")
    expect(page.locator(f"{RELIC} .note")).to_contain_text("did not come")
    write_relic(late, SIZE_MM, [level(late, "small", box_glb(SIZE_M, RED), p95_mm=0.01, decoded_bytes=1000)])
    page.locator(f'{RELIC} [data-action="retry"]').click()
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    expect(page.locator(f"{RELIC} .note")).to_be_hidden()


@pytest.mark.parametrize("stalls", ["manifest", "model"])
def test_a_connection_that_falls_silent_is_the_same_sentence_and_way_on(
    show: Any, models: Path, stalls: str
) -> None:
    silent = models / f"silent-{stalls}"
    silent.mkdir(exist_ok=True)
    one = level(silent, "small", box_glb(SIZE_M, RED), p95_mm=0.01, decoded_bytes=1000)
    if stalls == "model":
        one["path"] = "small.glb?stall"
    write_relic(silent, SIZE_MM, [one])
    address = f"/{silent.name}/manifest.json{'?stall' if stalls == 'manifest' else ''}"
    page = show(state="failed", src=address, more="patience=0.5")
    expect(page.locator(f"{RELIC} .note")).to_contain_text("did not come")
    page.locator(f'{RELIC} [data-action="retry"]').click()
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)


def test_code_that_does_not_come_is_the_same_sentence_and_way_on(open_page: Any, origin: str) -> None:
    page: Page = open_page(f"{origin}/page.css", width=480, height=400)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/static/stage-*.js", hold)
    page.goto(f"{origin}/page?src=/box/manifest.json&more=patience%3D0.3")
    page.wait_for_selector(f'{RELIC}[data-state="failed"]', timeout=READY_MS)
    expect(page.locator(f"{RELIC} .note")).to_contain_text("did not come")
    assert held, "the stage was asked for"
    for route in held:
        route.continue_()
    page.locator(f'{RELIC} [data-action="retry"]').click()
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)


def test_the_sentence_and_its_button_lie_below_the_picture_and_no_dead_buttons_do(show: Any) -> None:
    page = show(state="failed", options={"expect_errors": True, "height": 700}, src="/nowhere/manifest.json")
    note = page.locator(f"{RELIC} .note").bounding_box()
    poster = page.locator(f"{RELIC} .poster").bounding_box()
    assert note and poster
    assert note["y"] >= poster["y"] + poster["height"] - 1
    expect(page.locator(f"{RELIC} .toolbar")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(400, 700), (900, 600)])
def test_the_picture_moves_to_where_the_model_stands_before_it_fades(
    show: Any, width: int, height: int
) -> None:
    page = show(options={"width": width, "height": height})
    settle(page)
    hall, picture = call(
        page,
        """const box = (name) => relic.shadowRoot.querySelector(name).getBoundingClientRect().toJSON();
        return [box('.hall'), box('.poster')];""",
    )
    drawn = hall_picture(page)
    red = drawn[..., 0].astype(int) > drawn[..., 1].astype(int) + 25
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    # The pipeline's picture is square, and the object's longer side is 0.82 of it.
    scale = picture["width"] / hall["width"]
    longer = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    assert 0.82 * min(hall["width"], hall["height"]) * scale == pytest.approx(longer, abs=3)
    middle = picture["y"] + picture["height"] / 2 - hall["y"]
    assert middle == pytest.approx((rows[0] + rows[-1]) / 2, abs=3)


def test_a_finer_level_that_is_missing_leaves_the_small_one_standing(show: Any, models: Path) -> None:
    torn = models / "torn"
    torn.mkdir(exist_ok=True)
    coarse = level(torn, "small", box_glb(SIZE_M, RED), p95_mm=50, decoded_bytes=1000)
    gone = {**coarse, "quality": "large", "path": "gone.glb", "decoded_bytes": 2000}
    write_relic(torn, SIZE_MM, [coarse, gone])
    page = show(options={"expect_errors": True}, src="/torn/manifest.json")
    page.wait_for_timeout(500)
    assert call(page, "return [relic.dataset.state, relic.dataset.level]") == ["ready", "small"]


def test_leaving_the_page_gives_the_gpu_its_memory_back(show: Any) -> None:
    page = show()
    assert call(page, "return relic.gpuBytes") > 0
    freed = call(
        page,
        """const canvas = relic.shadowRoot.querySelector('canvas'); const gl = canvas.getContext('webgl2');
        const info = relic.gpuInfo; relic.remove();
        return { bytes: relic.gpuBytes, geometries: info.memory.geometries, textures: info.memory.textures,
                 lost: gl.isContextLost(), canvas: relic.shadowRoot.querySelector('canvas') === null };""",
    )
    assert freed == {"bytes": 0, "geometries": 0, "textures": 0, "lost": True, "canvas": True}


def test_an_element_that_is_removed_while_loading_ends_its_requests_quietly(show: Any) -> None:
    page = show(state=None)
    page.evaluate(f"document.querySelector('{RELIC}').remove()")
    page.wait_for_timeout(500)
    assert page.locator(RELIC).count() == 0


def test_an_element_that_is_put_back_shows_its_model_again(show: Any) -> None:
    page = show()
    call(page, "relic.remove(); document.body.prepend(relic);")
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    assert red_and_green(hall_picture(page))[0] > 1000


def test_nothing_turns_under_reduced_motion(show: Any) -> None:
    page = show()
    expect(page.locator(f'{RELIC} [data-action="turn"]')).to_be_hidden()
    before = view(page)
    page.wait_for_timeout(500)
    assert view(page) == before


def test_the_first_turn_stops_at_any_input_and_is_not_repeated(show: Any) -> None:
    page = show(options={"reduced_motion": "no-preference"})
    button = page.locator(f'{RELIC} [data-action="turn"]')
    expect(button).to_contain_text("Stop")
    until(page, "return relic.view.azimuth > 0")
    page.locator(f"{RELIC} canvas").click()
    expect(button).to_contain_text("Turn slowly")
    before = view(page)
    page.wait_for_timeout(400)
    assert view(page)["azimuth"] == before["azimuth"]


def test_nothing_is_drawn_while_nothing_moves(show: Any) -> None:
    page = show()
    settle(page)
    page.wait_for_timeout(400)
    before = call(page, "return relic.gpuInfo.render.frame")
    page.wait_for_timeout(800)
    assert call(page, "return relic.gpuInfo.render.frame") == before


def test_the_buttons_mirror_in_uyghur_but_left_stays_left(show: Any) -> None:
    labels = json.dumps({"rotate_left": "سولغا", "cm": "سم"})
    page = show(lang="ug", labels=labels)
    left = page.locator(f'{RELIC} [data-action="rotate_left"]')
    expect(left).to_contain_text("سولغا")
    boxes = {
        name: page.locator(f'{RELIC} [data-action="{name}"]').bounding_box()
        for name in ("rotate_left", "rotate_right", "zoom_in")
    }
    x = {name: box["x"] for name, box in boxes.items() if box}
    assert x["rotate_left"] < x["rotate_right"], "left is drawn left of right"
    assert x["zoom_in"] < x["rotate_left"], "the row begins on the right"
    front = view(page)["azimuth"]
    left.click()
    assert view(page)["azimuth"] > front
    assert "سم" in call(page, "return relic.shadowRoot.querySelector('.measure bdi').textContent")


@pytest.mark.parametrize(("more", "least"), [("", 44), ("kiosk", 64)])
def test_every_button_is_large_enough_for_a_finger(show: Any, more: str, least: int) -> None:
    page = show(options={"width": 390, "height": 844}, more=more)
    page.locator(f"{RELIC} .more").click()
    boxes = call(
        page,
        """return [...relic.shadowRoot.querySelectorAll('button')].map((b) => b.getBoundingClientRect())
        .filter((r) => r.width > 0).map((r) => [r.width, r.height])""",
    )
    assert len(boxes) >= 13
    assert all(width >= least and height >= least for width, height in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_canvas_has_a_name_and_its_state_is_said_politely(show: Any) -> None:
    page = show()
    canvas = page.locator(f"{RELIC} canvas")
    expect(canvas).to_have_accessible_name("A test box")
    expect(page.locator(f"{RELIC} [role=status]")).to_have_text("The model is here")
    unnamed = call(
        page,
        "return [...relic.shadowRoot.querySelectorAll('button')].filter((b) => !b.textContent.trim()).length",
    )
    assert unnamed == 0


def test_a_name_in_another_language_than_the_page_is_marked_as_such(show: Any) -> None:
    page = show(lang="ug", more="alt-lang=en alt-dir=ltr")
    canvas = page.locator(f"{RELIC} canvas")
    expect(canvas).to_have_attribute("lang", "en")
    expect(canvas).to_have_attribute("dir", "ltr")
    own = show(lang="ug")
    assert call(own, "return relic.shadowRoot.querySelector('canvas').hasAttribute('lang')") is False


def test_several_relics_share_a_page(show: Any) -> None:
    page = show(state=None, options={"height": 1200}, count="3")
    until(
        page,
        f"return [...document.querySelectorAll('{RELIC}')].every((one) => one.dataset.state === 'ready')",
    )


def test_a_relic_far_down_the_page_is_not_fetched(show: Any) -> None:
    page = show(options={"height": 360}, count="4")
    states = page.evaluate(f"[...document.querySelectorAll('{RELIC}')].map((one) => one.dataset.state)")
    assert states[0] == "ready" and states[-1] == "poster"


def test_labels_that_are_not_json_leave_the_english_words(show: Any) -> None:
    page = show(labels="{oops")
    expect(page.locator(f'{RELIC} [data-action="zoom_in"]')).to_contain_text("Closer")


def test_the_full_screen_button_fills_the_screen_and_leads_back(show: Any) -> None:
    page = show(options={"width": 900})
    button = page.locator(f'{RELIC} [data-action="full_screen"]')
    button.click()
    until(page, "return document.fullscreenElement === relic")
    expect(button).to_contain_text("Leave full screen")
    assert call(page, "return relic.getBoundingClientRect().height === innerHeight")
    button.click()
    until(page, "return document.fullscreenElement === null")
    expect(button).to_have_text("Full screen")


def test_where_an_element_may_not_have_the_screen_it_fills_the_window_and_escape_leads_back(
    show: Any,
) -> None:
    page = show(options={"width": 900})
    call(page, "Object.defineProperty(document, 'fullscreenEnabled', { value: false });")
    page.locator(f'{RELIC} [data-action="full_screen"]').click()
    assert call(page, "return relic.getBoundingClientRect().height === innerHeight")
    page.keyboard.press("Escape")
    assert call(page, "return relic.classList.contains('fills')") is False


def filling(show: Any, **options: Any) -> Page:
    """Opens a page where the element may not have the screen and fills the window instead."""
    page: Page = show(options={"width": 900, **options})
    call(page, "Object.defineProperty(document, 'fullscreenEnabled', { value: false });")
    page.locator(f'{RELIC} [data-action="full_screen"]').click()
    assert call(page, "return relic.classList.contains('fills')")
    return page


def test_a_filled_window_can_be_left_while_there_is_no_model(show: Any) -> None:
    page = filling(show)
    call(page, "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));")
    expect(page.locator(f'{RELIC} [data-action="zoom_in"]')).to_be_disabled()
    page.locator(f'{RELIC} [data-action="full_screen"]').click()
    assert call(page, "return relic.classList.contains('fills')") is False
    expect(page.locator(f'{RELIC} [data-action="full_screen"]')).to_be_disabled()


def test_escape_leaves_a_filled_window_also_where_the_focus_went_with_the_model(show: Any) -> None:
    page = filling(show)
    page.locator(f"{RELIC} canvas").focus()
    call(page, "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));")
    page.keyboard.press("Escape")
    assert call(page, "return relic.classList.contains('fills')") is False


def test_a_model_that_fails_to_come_gives_the_window_back(show: Any) -> None:
    page = filling(show, expect_errors=True)
    call(
        page,
        """relic.setAttribute('src', '/nowhere/manifest.json');
        for (const type of ['pagehide', 'pageshow']) {
          dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
        }""",
    )
    page.wait_for_selector(f'{RELIC}[data-state="failed"]', timeout=READY_MS)
    assert call(page, "return relic.classList.contains('fills')") is False
    expect(page.locator("#after")).to_be_visible()


def touch(page: Page, *gestures: tuple[str, list[tuple[float, float]]]) -> None:
    """Puts fingers on the screen: (touchStart | touchMove | touchEnd, places)."""
    session = page.context.new_cdp_session(page)
    for kind, places in gestures:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_two_fingers_that_part_come_closer(show: Any) -> None:
    page = show(options={"has_touch": True})
    front = view(page)
    touch(
        page,
        ("touchStart", [(200, 120), (240, 120)]),
        ("touchMove", [(180, 120), (260, 120)]),
        ("touchMove", [(150, 120), (290, 120)]),
        ("touchEnd", []),
    )
    after = view(page)
    assert after["distance"] < 0.8 * front["distance"]
    assert after["azimuth"] == front["azimuth"]


@pytest.mark.parametrize(("more", "action"), [("", "pan-y"), ("kiosk", "none")])
def test_a_finger_scrolls_the_page_but_on_a_kiosk_every_touch_is_the_models(
    show: Any, more: str, action: str
) -> None:
    page = show(more=more, options={"has_touch": True})
    assert (
        call(page, "return getComputedStyle(relic.shadowRoot.querySelector('canvas')).touchAction") == action
    )


def test_who_saves_data_is_asked_first_and_gets_the_small_level(show: Any) -> None:
    page = show(state=None)
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } });")
    page.goto(page.url.split("?")[0] + "?src=/fine/manifest.json")
    load = page.locator(f'{RELIC} [data-action="load"]')
    expect(load).to_be_visible()
    assert call(page, "return relic.dataset.state") == "poster"
    load.click()
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    page.wait_for_timeout(400)
    assert call(page, "return relic.dataset.level") == "small"


def test_a_page_that_is_put_away_frees_the_gpu_and_comes_back_with_its_model(show: Any) -> None:
    page = show()
    freed = call(
        page,
        "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));"
        "return [relic.gpuBytes, relic.shadowRoot.querySelector('canvas') === null, relic.dataset.state];",
    )
    assert freed == [0, True, "poster"]
    call(page, "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));")
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    assert red_and_green(hall_picture(page))[0] > 1000


def test_a_page_that_comes_back_shows_the_object_as_it_was_left(show: Any) -> None:
    page = show()
    call(page, "relic.view = { azimuth: 77 }; await relic.settled();")
    for event in ("pagehide", "pageshow"):
        call(page, f"dispatchEvent(new PageTransitionEvent('{event}', {{ persisted: true }}));")
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    assert view(page)["azimuth"] == 77


def test_a_page_that_comes_back_asks_again_who_saves_data(show: Any) -> None:
    page = show(state=None)
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } });")
    page.goto(page.url)
    load = page.locator(f'{RELIC} [data-action="load"]')
    load.click()
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    for event in ("pagehide", "pageshow"):
        call(page, f"dispatchEvent(new PageTransitionEvent('{event}', {{ persisted: true }}));")
    assert call(page, "return relic.dataset.state") == "poster"
    expect(load).to_be_visible()


def test_an_element_that_left_the_page_listens_to_nothing_there(show: Any) -> None:
    page = show(state=None)
    page.add_init_script(
        """window.heard = [];
        const add = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (type, listener, options) {
          if (this === document || this === window) window.heard.push({ type, signal: options?.signal });
          return add.call(this, type, listener, options);
        };"""
    )
    page.goto(page.url)
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    wanted = ["fullscreenchange", "keydown", "pagehide", "pageshow", "visibilitychange"]
    still = f"""window.heard.filter((one) => {json.dumps(wanted)}.includes(one.type) && !one.signal?.aborted)
        .map((one) => one.type).sort()"""
    assert page.evaluate(still) == wanted
    call(page, "window.relic = relic; relic.remove();")
    assert page.evaluate(still) == []
    page.evaluate("document.body.prepend(window.relic)")
    page.wait_for_selector(f'{RELIC}[data-state="ready"]', timeout=READY_MS)
    assert page.evaluate(still) == wanted


def test_a_relic_far_out_of_view_frees_the_gpu_and_stands_as_it_was_left_on_return(show: Any) -> None:
    page = show(options={"height": 360}, count="8")
    call(page, "relic.view = { azimuth: 77 }; await relic.settled();")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    until(page, "return relic.dataset.state === 'poster' && relic.gpuBytes === 0")
    page.evaluate("scrollTo(0, 0)")
    until(page, "return relic.dataset.state === 'ready'")
    assert view(page)["azimuth"] == 77
