"""With no tiles and no internet every map shows the packaged basemap.

That nothing leaves the machine, and that no page breaks the Content Security Policy, every browser test checks
(conftest.py).
"""

import pytest
from playwright.sync_api import expect

from tests import make
from tracker.models import Alert

SHARE_DRAWN = """(map) => {
    const canvases = [...map.querySelectorAll("canvas")];
    const shares = canvases.map((canvas) => {
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let drawn = 0;
        for (let i = 3; i < pixels.length; i += 4 * 97) drawn += pixels[i] > 200;
        return drawn / (pixels.length / (4 * 97));
    });
    return Math.max(0, ...shares);
}"""


@pytest.fixture
def somewhere(live_site):
    """An area and an incident in France; the paths of all pages with a map."""
    area = make.area("Brest", make.box(-5, 48, -4, 49), "ME")
    incident = make.incident("Flood", (-4.4, 48.4), "UR")
    alert = Alert.objects.get()
    return {
        "live map": "/",
        "incident": f"/tracker/incident/{incident.pk}/",
        "incident form": f"/tracker/incident/update/{incident.pk}/",
        "new incident": "/tracker/incident/create/",
        "area": f"/tracker/area_of_interest/{area.pk}/",
        "area form": f"/tracker/area_of_interest/update/{area.pk}/",
        "new area": "/tracker/area_of_interest/create/",
        "alert": f"/tracker/alert/{alert.pk}/",
        "report": "/tracker/incident/report/",
        "admin incident": f"/admin/tracker/incident/{incident.pk}/change/",
        "admin new incident": "/admin/tracker/incident/add/",
        "admin area": f"/admin/tracker/areaofinterest/{area.pk}/change/",
        "admin new area": "/admin/tracker/areaofinterest/add/",
        "admin alert": f"/admin/tracker/alert/{alert.pk}/change/",
    }


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_every_map_shows_the_basemap(live_site, open_page, somewhere, colour_scheme, pictures):
    page = open_page("/", live_site.make_user("anna", "admin"), color_scheme=colour_scheme)
    for name, path in somewhere.items():
        page.goto(path)
        box = page.locator(".leaflet-container").first
        expect(box).to_be_visible()
        page.wait_for_function(f"(map) => ({SHARE_DRAWN})(map) > 0.1", arg=box.element_handle())
        if pictures:
            page.screenshot(path=pictures / f"{name}-{colour_scheme}.png")
