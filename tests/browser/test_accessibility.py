"""What axe-core finds on every page, light and dark: nothing. And severities told apart by eyes that see no red."""

import itertools
from base64 import b64encode
from pathlib import Path

import pytest

from tests.browser.every_page import visits

pytestmark = pytest.mark.once

AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`));
}"""
NO_SUCH_PAGE = r"status of 404"
# Sets of pixels are compared by their mean difference a channel, 0 to 255.
APART = 12
COMPARE = """async ([first, second]) => {
    const load = async (data) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 52;
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0, 52, 52);
        return context.getImageData(0, 0, 52, 52).data;
    };
    const [a, b] = [await load(first), await load(second)];
    let sum = 0;
    for (let i = 0; i < a.length; i += 1) if (i % 4 < 3) sum += Math.abs(a[i] - b[i]);
    return sum / (a.length * 0.75);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(live_site, open_page, watch, scheme):
    watch.excused.append(NO_SUCH_PAGE)
    found = {}
    pages = {}
    for visit in visits(live_site):
        if visit.user not in pages:
            pages[visit.user] = open_page(visit.path, visit.user, color_scheme=scheme)
        page = pages[visit.user]
        page.goto(visit.path)
        if visit.name == "live map":
            page.locator("#connection[data-status=live]").wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE)
        if problems := page.evaluate(RUN, RULES):
            found[visit.name] = problems
    assert not found, "\n\n".join(f"{name}\n  " + "\n  ".join(problems) for name, problems in found.items())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("eyes", ["deuteranopia", "protanopia", "achromatopsia"])
def test_severities_are_told_apart_without_their_colour(live_site, open_page, pictures, scheme, eyes):
    admin = next(visit.user for visit in visits(live_site) if visit.user)
    page = open_page("/tracker/incident/", admin, color_scheme=scheme, device_scale_factor=2)
    page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": eyes})
    page.wait_for_load_state("networkidle")
    icons = {}
    for code in ("UR", "HI", "ME", "LO", "IN"):
        icon = page.locator(f"tbody .severity-icon.severity-{code}").first
        assert icon.locator("text").text_content() == code[0]
        icons[code] = b64encode(icon.screenshot()).decode()
    if pictures:
        page.screenshot(path=pictures / f"severities-{eyes}-{scheme}.png")
    for first, second in itertools.combinations(icons, 2):
        assert page.evaluate(COMPARE, [icons[first], icons[second]]) > APART, (
            f"{first} and {second} look alike to {eyes}"
        )
