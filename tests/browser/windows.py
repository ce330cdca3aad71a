"""The windows in which every scenario is played, and what eyes find in them: sentences, contrast, geometry, pixels."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page

from tests import amount

SIZES = {360: 640, 1280: 800, 1920: 1080}  # a phone, a desk, a wall
AA_TEXT = 4.5
AA_SHAPE = 3.0
PHONE_UP_TO = 768


class Window:
    """One of the six: a size, light or dark."""

    def __init__(self, width: int, theme: str):
        self.width, self.height, self.theme = width, SIZES[width], theme

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"

    @property
    def options(self) -> dict[str, Any]:
        """For ``open_page``."""
        return {"width": self.width, "height": self.height, "color_scheme": self.theme}

    @property
    def is_phone(self) -> bool:
        return self.width <= PHONE_UP_TO

    @property
    def is_dark(self) -> bool:
        return self.theme == "dark"


ALL = [Window(width, theme) for width in SIZES for theme in ("light", "dark")]
# `make windows` and `make prove` play all six; `make test` two that differ in everything.
WINDOWS = ALL if os.environ.get("WINDOWS") == "all" or amount.ALL else [Window(360, "dark"), Window(1280, "light")]
in_every_window = pytest.mark.parametrize("window", WINDOWS, ids=str)


@contextmanager
def sentence(text: str) -> Iterator[None]:
    """What is asserted here is this sentence of the description of the screens; a failure names it."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"The sentence that is not true here: {text}")
        raise


def settled(page: Page) -> str:
    """Wait until the map has come to rest; returns what the address says of its view."""
    page.wait_for_function("() => !document.querySelector('.leaflet-pan-anim, .leaflet-zoom-anim')")
    return page.evaluate("location.hash")


def choose_severity(page: Page, name: str) -> None:
    """In a form: one of five that are all seen, or a list of them."""
    radio = page.get_by_role("radio", name=name)
    if radio.count():
        radio.check(force=True)  # it lies under its own label
    else:
        page.get_by_label("Severity").select_option(name)


def box_of(what: Locator) -> FloatRect:
    """Where it is in the window; it must be seen."""
    box = what.bounding_box()
    assert box is not None, f"{what} is not seen"
    return box


def assert_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{page.url} is {wide[0]} px wide in a window of {wide[1]}"


WORDS = re.compile(r"just now|now|\d+ (min|h|d)( ago)?|\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?")
FULL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC")


def wrong_times(page: Page) -> list[str]:
    """The times of a page in other words than all others, or that tell their zone neither beside them nor on hover."""
    read = "(nodes) => nodes.map((node) => [node.innerText.trim(), node.title]).filter(([words]) => words)"
    return [
        f"{words} ({title})"
        for words, title in page.locator("time").evaluate_all(read)
        if not (WORDS.fullmatch(words) and FULL.fullmatch(title or words))
    ]


def assert_theme(page: Page, window: Window) -> None:
    """The page is as light or dark as the system."""
    brightness = page.evaluate(f"() => {{ {COLOURS} return luminance(background(document.body)); }}")
    assert (brightness < 0.1) if window.is_dark else (brightness > 0.8), f"{page.url} is not {window.theme}"


# Colours of WCAG 2: relative luminance, and backgrounds as they lie over each other.
COLOURS = """
    const parts = (text) => {
        const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
        return { rgb: text.startsWith("color(") ? [r, g, b].map((v) => v * 255) : [r, g, b], a };
    };
    const over = (top, under) => top.rgb.map((v, i) => v * top.a + under[i] * (1 - top.a));
    const background = (node) => {
        const layers = [];
        for (let up = node; up; up = up.parentElement) {
            const layer = parts(getComputedStyle(up).backgroundColor);
            layers.push(layer);
            if (layer.a === 1) break;
        }
        return layers.reduceRight((under, layer) => over(layer, under), [255, 255, 255]);
    };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a, b) => {
        const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
        return (high + 0.05) / (low + 0.05);
    };
"""


def contrast(node: Locator) -> float:
    """Of a text with what lies behind it."""
    return node.evaluate(
        f"""(node) => {{ {COLOURS}
            const under = background(node);
            return ratio(over(parts(getComputedStyle(node).color), under), under);
        }}"""
    )


def assert_readable(*texts: Locator) -> None:
    for text in texts:
        assert contrast(text) >= AA_TEXT, f"{text} has a contrast of {contrast(text):.2f}"


# Which of the colours of the packaged basemap (map/basemap.js) are on the canvases of a map.
PAINTED = """(map) => {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    const palette = dark
        ? { sea: [18, 32, 43], land: [42, 48, 54], border: [105, 114, 123], name: [179, 187, 194] }
        : { sea: [212, 228, 238], land: [246, 243, 236], border: [165, 155, 140], name: [93, 86, 75] };
    const under = getComputedStyle(map).backgroundColor.match(/\\d+/g).map(Number);
    const found = new Set();
    const near = (a, b) => a.every((v, i) => Math.abs(v - b[i]) <= 6);
    if (near(under, palette.sea)) found.add("sea");
    for (const canvas of map.querySelectorAll("canvas.basemap-tile")) {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] < 200) continue;
            for (const [what, colour] of Object.entries(palette)) {
                if (!found.has(what) && near([data[i], data[i + 1], data[i + 2]], colour)) found.add(what);
            }
        }
        if (found.size === 4) break;
    }
    return [...found].sort();
}"""


def painted(page: Page, what: set[str], selector: str = ".leaflet-container") -> None:
    """Wait until the map shows these of sea, land, border and name, in the colours of the theme."""
    page.wait_for_function(
        f"([map, what]) => {{ const found = ({PAINTED})(map); return what.every((each) => found.includes(each)); }}",
        arg=[page.locator(selector).first.element_handle(), sorted(what)],
    )
