"""What pages load on a deployed site: files with a hash in their names, each once, and of modules just those named."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, Route

from tests import make
from tests.amount import ALL
from tests.browser.every_page import Visit, visits
from tests.live_site import Site, wait_until
from tracker.models import Alert

pytestmark = pytest.mark.once

LINK = re.compile(r'<link rel="modulepreload" href="([^"]+)">')
ENTRY = re.compile(r'<script src="([^"]+)" type="module">')


@pytest.fixture
def everywhere(live_site) -> list[Visit]:
    pages = visits(live_site)
    administration = {
        "": "administration",
        "incident/": "incidents there",
        f"incident/{make.incident('There').pk}/change/": "an incident there",
        f"areaofinterest/{make.area('There').pk}/change/": "an area there",
        f"alert/{Alert.objects.latest('pk').pk}/change/": "an alert there",
    }
    return pages + [Visit(name, f"/admin/tracker/{path}", pages[0].user) for path, name in administration.items()]


class Load:
    """A page that is loaded in a browser that knows nothing yet: its text, and the paths that are asked for."""

    def __init__(self, open_page, visit: Visit):
        self.page: Page = open_page("about:blank", visit.user, fresh=True)
        self.asked: Counter[str] = Counter()
        self.page.on("request", lambda request: self.asked.update([urlsplit(request.url).path]))
        self.text = self.go(visit.path)

    def go(self, path: str) -> str:
        answer = self.page.goto(path)
        assert answer
        return answer.text()

    def files(self) -> Counter[str]:
        return Counter({path: count for path, count in self.asked.items() if path.startswith("/static/")})

    def modules(self) -> set[str]:
        scripts = re.findall(r'<script\b[^>]*\bsrc="([^"]+)"(?! type="module")', self.text)
        return {path for path in self.files() if path.endswith(".js") and path not in scripts}

    def close(self) -> None:
        self.page.context.close()


class WithoutLinks(Load):
    """The browser finds the modules by itself, one import after the other."""

    def go(self, path: str) -> str:
        texts: list[str] = []

        def hand_over(route: Route) -> None:
            answer = route.fetch()
            texts.append(answer.text())
            route.fulfill(response=answer, body=LINK.sub("", texts[0]))

        self.page.route(lambda url: urlsplit(url).path == urlsplit(path).path, hand_over)
        self.page.goto(path)
        return texts[0]


def those_that_differ(site: Site, everywhere: list[Visit]) -> Iterator[Visit]:
    """One of all pages that name the same files."""
    seen: set[tuple[str, ...]] = set()
    for visit in everywhere:
        browser = site.browse(visit.user) if visit.user else requests.Session()
        files = tuple(
            re.findall(r'(?:src|href)="(/static/[^"]+)"', browser.get(site.url + visit.path, timeout=30).text)
        )
        if files not in seen:
            seen.add(files)
            yield visit


def test_every_page_loads_hashed_files_and_just_the_modules_that_it_names(
    live_site, everywhere, open_page, watch, settings
):
    watch.excused += ["404", "LOCAL_NETWORK_ACCESS"]  # a page that is not there; one that was changed on its way
    followed: dict[tuple[str, ...], set[str]] = {}
    named = set()
    for visit in everywhere if ALL else those_that_differ(live_site, everywhere):
        loaded = Load(open_page, visit)
        assert loaded.files(), visit
        plain = [path for path in loaded.files() if not re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, path)]
        assert plain == [], visit
        assert [path for path, count in loaded.files().items() if count > 1] == [], visit
        links, entries = LINK.findall(loaded.text), tuple(ENTRY.findall(loaded.text))
        if not visit.path.startswith("/admin/"):  # where a form's media knows nothing of the page
            assert len(links) == len(set(links)), visit
        assert loaded.modules() == {*links, *entries}, visit
        if entries not in followed:
            bare = WithoutLinks(open_page, visit)
            followed[entries] = bare.modules()
            bare.close()
        assert loaded.modules() == followed[entries], f"{visit}: what nobody imports, or what is imported and not named"
        named |= loaded.modules()
        loaded.close()
    assert len(followed) > 8
    assert len(named) > 70, "nearly all that there are"


def test_the_pin_of_the_administration_is_seen(everywhere, open_page):
    """Leaflet looks for its pictures by their plain names, unless it is told others."""
    (visit,) = [each for each in everywhere if each.name == "an incident there"]
    page = open_page(visit.path, visit.user)
    pin = page.locator("img.leaflet-marker-icon").first
    pin.wait_for()
    wait_until(lambda: pin.evaluate("(image) => image.naturalWidth") > 0, "the pin's picture does not come")
    assert re.search(r"/leaflet/images/marker-icon(-2x)?\.[0-9a-f]{12}\.png$", pin.get_attribute("src"))
    shadow = page.locator("img.leaflet-marker-shadow").first
    assert re.search(r"/leaflet/images/marker-shadow\.[0-9a-f]{12}\.png$", shadow.get_attribute("src"))
