"""A real Chromium on a real site. Whatever a test does, no page may break the Content Security Policy, log an error, or
send a request off this machine."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, expect, sync_playwright

from tests.amount import ALL
from tests.browser.report_page import PHONE
from tests.conftest import need
from tests.live_site import Site
from tests.processes import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


def executable(*which: str) -> str:
    found = subprocess.run([ROOT / "scripts/find_browser.sh", *which], capture_output=True, text=True, check=False)
    return found.stdout.strip()


@pytest.fixture(scope="package")  # and not longer: playwright's event loop would be in the way of other tests' loops
def launch() -> Iterator[Callable[..., Browser]]:
    """``launch("whole")``: a browser, started when it is first asked for."""
    browsers: dict[tuple[str, ...], Browser] = {}
    with sync_playwright() as playwright:
        # Database calls of the test thread are meant: playwright's loop sleeps while they run.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        expect.set_options(timeout=15_000)

        def launch_it(*which: str) -> Browser:
            if which not in browsers:
                path = executable(*which)
                need(path, "A Chromium")
                browsers[which] = playwright.chromium.launch(executable_path=path, args=FLAGS)
            return browsers[which]

        yield launch_it
        for browser in browsers.values():
            browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def chromium(launch) -> Browser:
    return launch()


class Contexts:
    """Browsers of people. One that a test has left as it was is given to the next test, empty but for the site's
    scripts and styles, which need not come again; in ``make prove`` everybody has a new one."""

    PLAIN = {"base_url", "color_scheme", "device_scale_factor", "has_touch", "is_mobile", "service_workers", "viewport"}

    def __init__(self) -> None:
        self.free: dict[tuple[Any, ...], list[BrowserContext]] = {}
        self.keys: dict[BrowserContext, tuple[Any, ...] | None] = {}
        self.asked_for: set[BrowserContext] = set()  # by a test, which may have changed anything there

    def note_who_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("context", "clock"):
            monkeypatch.setattr(Page, name, self.noting(getattr(Page, name)))

    def noting(self, own: property) -> property:
        context = Page.context.fget  # type: ignore[attr-defined]

        def get(page: Page) -> Any:
            self.asked_for.add(context(page))
            return own.fget(page)  # type: ignore[misc]

        return property(get)

    def take(self, browser: Browser, fresh: bool, options: dict[str, Any]) -> BrowserContext:
        key = None
        if not fresh and not ALL and set(options) <= self.PLAIN:
            key = (browser, *(f"{name}={options[name]}" for name in sorted(options)))
            if free := self.free.get(key):
                return free.pop()
        context = browser.new_context(**options)
        context.add_init_script(NOTE_VIOLATIONS)
        self.keys[context] = key
        return context

    def give_back(self, context: BrowserContext, origin: str) -> None:
        key = self.keys[context]
        if key is None or context in self.asked_for or not context.pages:
            del self.keys[context]
            self.asked_for.discard(context)
            context.close()
            return
        stored = {"origin": origin, "storageTypes": "cookies,indexeddb,local_storage,cache_storage"}
        context.new_cdp_session(context.pages[0]).send("Storage.clearDataForOrigin", stored)
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self.free.setdefault(key, []).append(context)


@pytest.fixture(scope="package")
def contexts(launch) -> Iterator[Contexts]:
    contexts = Contexts()
    with pytest.MonkeyPatch.context() as monkeypatch:
        contexts.note_who_is_asked_for(monkeypatch)
        yield contexts


@dataclass
class Watch:
    """What went wrong in the pages of a test."""

    host: str
    wrong: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)  # patterns of messages that the test means to cause

    def follow(self, context: BrowserContext) -> None:
        context.on("page", self.follow_page)

    def leave(self, context: BrowserContext) -> None:
        context.remove_listener("page", self.follow_page)

    def follow_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.wrong.append(f"error in {page.url}: {error}"))
        page.on("console", self.note_message)
        page.on("request", lambda request: self.note_request(request.url))
        page.on("websocket", lambda socket: self.note_request(socket.url))
        page.on("dialog", self.dismiss)

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def dismiss(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def note_request(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")) and f"//{self.host}/" not in url:
            self.wrong.append(f"a request left the machine: {url}")

    def left(self) -> list[str]:
        return [text for text in self.wrong if not any(re.search(pattern, text) for pattern in self.excused)]


def requests_for(page: Page, part: str) -> list[str]:
    """The addresses with this in them that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if part in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


@pytest.fixture
def watch(live_site: Site) -> Iterator[Watch]:
    watch = Watch(live_site.host)
    yield watch
    assert watch.left() == []


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(live_site: Site, launch: Callable[..., Browser], contexts: Contexts, watch: Watch) -> Iterator[OpenPage]:
    """``open_page("/", user)``: a page in a browser of its own, signed in as that user (or nobody).

    *whole*: with what only browsers with windows have, such as system notifications.
    *fresh*: in a browser that has no files of the site yet.
    """
    opened: list[BrowserContext] = []

    def open_it(
        path: str,
        user=None,
        *,
        width: int = 1280,
        height: int = 800,
        whole: bool = False,
        fresh: bool = False,
        **options: Any,
    ) -> Page:
        browser = launch("whole") if whole else launch()
        options |= {"base_url": live_site.url, "viewport": {"width": width, "height": height}}
        context = contexts.take(browser, fresh, {"service_workers": "block"} | options)
        opened.append(context)
        context.set_default_timeout(30_000)  # on a busy machine a page may take its time
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": live_site.session_key(user), "url": live_site.url}])
        watch.follow(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_it
    for context in opened:
        watch.leave(context)
        contexts.give_back(context, live_site.url)


@pytest.fixture
def vera(live_site: Site) -> User:
    """Watches; a test of fewer words has a Vera of its own."""
    return live_site.make_user("vera", first_name="Vera", last_name="Vega")


@pytest.fixture
def olga(live_site: Site) -> User:
    """Reports incidents and draws areas."""
    return live_site.make_user("olga", "Operator", first_name="Olga", last_name="Ortega")


@pytest.fixture
def report_page(open_page: OpenPage) -> OpenPage:
    """``report_page(geolocation=BREST)``: the public report page on a phone."""
    return lambda **options: open_page("/tracker/incident/report/", **PHONE, **options)


@pytest.fixture
def pictures() -> Path | None:
    """Where to leave screenshots to look at (``PICTURES``), if anywhere."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
