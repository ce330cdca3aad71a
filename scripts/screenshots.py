"""Take the pictures of docs/user-guide.md from a real site with the demonstration town: what `make screenshots` does.

.venv/bin/python scripts/screenshots.py                     the guide's pictures, into docs/images/
.venv/bin/python scripts/screenshots.py FOLDER     every page, at three widths, light and dark, to look at
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Geolocation, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TOWN: Geolocation = {"latitude": 56.975, "longitude": -2.21, "accuracy": 25}  # where the phone of the pictures is
START_S = 60.0
HEIGHTS = {360: 740, 1280: 800, 1920: 1080}
# A page is its address, or how to come to it from another one: the first link that fits.
PAGES = {
    "live-map": "/",
    "incidents": "/tracker/incident/",
    "incident": ("/tracker/incident/?state=open", "tbody a"),
    "new-incident": "/tracker/incident/create/",
    "areas": "/tracker/area_of_interest/",
    "area": ("/tracker/area_of_interest/", "tbody a"),
    "new-area": "/tracker/area_of_interest/create/",
    "alerts": "/tracker/alert/",
    "alert": ("/tracker/alert/", "tbody a"),
    "report": "/tracker/incident/report/",
    "sign-in": "/accounts/login/",
}
FOR_ANYBODY = {"report", "sign-in"}
# What the guide shows: the page, its width, and whether it is dark.
GUIDE = [
    ("live-map", 1280, False),
    ("live-map", 1280, True),
    ("live-map", 360, False),
    ("incidents", 1280, False),
    ("incident", 1280, False),
    ("new-area", 1280, False),
    ("alert", 1280, False),
    ("report", 360, False),
]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def site() -> Iterator[str]:
    """A site of its own, with the demonstration town; gives its address."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        env = os.environ | {
            "DATABASE_URL": f"spatialite:///{home}/tracker.sqlite3",
            "REDIS_URL": "",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DEBUG": "1",
            "PORT": str(port),
            "MAP_CENTER": "56.98,-2.17",
            "MAP_ZOOM": "11",
        }
        server = subprocess.Popen([sys.executable, ROOT / "scripts/serve.py"], env=env, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def wait_for(url: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The site did not start.")


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=username]", "operator")
    page.fill("[name=password]", "operator")
    page.click("main button")
    page.wait_for_url(re.compile(r"/$"))


def take(browser: Browser, address: str, name: str, width: int, dark: bool, file: Path, whole: bool) -> None:
    """One picture. *whole*: of all of the page, and not only of what a screen shows."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if dark else "light",
        geolocation=TOWN,
        permissions=["geolocation"],
        service_workers="block",
    )
    page = context.new_page()
    if name not in FOR_ANYBODY:
        sign_in(page)
    where = PAGES[name]
    if isinstance(where, str):
        page.goto(where)
    else:
        page.goto(where[0])
        page.goto(page.locator(where[1]).first.get_attribute("href") or "/")
    if name == "live-map":
        page.locator("#connection[data-status=live]").wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)  # maps fade in
    page.screenshot(path=file, full_page=whole and name != "live-map", type="jpeg", quality=80)
    context.close()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    browser_path = subprocess.run([ROOT / "scripts/find_browser.sh"], capture_output=True, text=True, check=True)
    with site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path.stdout.strip(), args=["--no-sandbox"])
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            names = sys.argv[2:] or PAGES
            wanted = [(name, width, dark) for name in names for width in HEIGHTS for dark in (False, True)]
        else:
            folder, wanted = ROOT / "docs/images", GUIDE
            folder.mkdir(exist_ok=True)
        for name, width, dark in wanted:
            file = folder / f"{name}-{width}{'-dark' if dark else ''}.jpg"
            take(browser, address, name, width, dark, file, whole=len(sys.argv) > 1)
            print(file.name, flush=True)
        browser.close()


main()
