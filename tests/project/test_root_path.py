"""The site under a path of its host (``ROOT_PATH``): every link, form, file, socket and mail leads there."""

import json
import re
import subprocess
import sys
from urllib.parse import urljoin

import pytest
import requests
from django.contrib.sessions.models import Session
from websockets.sync.client import connect
from websockets.typing import Origin

from tests import make
from tests.live_site import PASSWORD
from tests.processes import ROOT, wait_until
from tests.web.page import Page
from tracker.models import Incident

AT = "/incidents"
PAGES = [
    "/",
    "/tracker/incident/",
    "/tracker/incident/create/",
    "/tracker/area_of_interest/",
    "/tracker/area_of_interest/create/",
    "/tracker/alert/",
    "/tracker/job/",
    "/tracker/job/import/",
    "/tracker/incident/report/",
    "/admin/",
    "/admin/tracker/incident/add/",
    "/accounts/password_change/",
]


@pytest.fixture
def below(live_site):
    """A server process of the site under a path."""
    daphne = live_site.another(ROOT_PATH=AT)
    daphne.env |= {
        "PORT": str(daphne.port),
        "BASE_URL": daphne.url,
        "ALLOWED_ORIGINS": daphne.url,
        "STATIC_ROOT": str(live_site.home / "static below"),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "-v0", "--noinput"]
    subprocess.run(collect, cwd=ROOT, env=daphne.env, check=True, timeout=120)
    daphne.start()
    yield daphne
    daphne.stop()


@pytest.fixture
def session(below, live_site):
    live_site.make_user("ada", "admin")
    session = requests.Session()
    page = f"{below.url}{AT}/accounts/login/"
    session.get(page, timeout=30).raise_for_status()
    form = {"username": "ada", "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    answer = session.post(page, form, headers={"Origin": below.url}, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{AT}/")
    return session


def addresses(text: str) -> set[str]:
    """What a page leads to and loads, and what its scripts are told."""
    page = Page(text)
    found = {element[name] for element in page.all() for name in ("href", "src", "action", "data-url", "data-also-url")}
    for element in page.all("script", type="application/json"):
        found |= set(re.findall(r'"(/[^"]*)"', element.text))
    return {each for each in found if each.startswith("/")}


def test_every_page_leads_to_pages_under_it(below, session):
    make.area()
    incident = make.incident()
    seen: set[str] = set()
    for path in [*PAGES, f"/tracker/incident/{incident.pk}/", f"/tracker/incident/update/{incident.pk}/"]:
        answer = session.get(f"{below.url}{AT}{path}", timeout=30)
        assert answer.status_code == 200, path
        assert f"{AT}/static/" in answer.text
        seen |= addresses(answer.text)
    assert [each for each in seen if not f"{each}/".startswith(f"{AT}/")] == []
    for each in sorted(seen):
        if "logout" in each or "/0/" in each or each == f"{AT}/notifications/":
            continue
        assert session.get(urljoin(below.url, each), timeout=30).status_code in {200, 400, 405}, each


def test_the_socket_of_the_live_map(below, session):
    config = session.get(f"{below.url}{AT}/", timeout=30).text
    (address,) = set(re.findall(r'"socket": "([^"]+)"', config))
    assert address == f"{AT}/notifications/"
    cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    with connect(
        f"ws://{below.host}{address}", origin=Origin(below.url), additional_headers={"Cookie": cookies}
    ) as socket:
        assert json.loads(socket.recv(timeout=30))["type"] == "hello"
        form = {"name": "Fire", "severity": "HI", "latitude": "50", "longitude": "10"}
        token = {"X-CSRFToken": session.cookies["csrftoken"], "Origin": below.url}
        page = f"{below.url}{AT}/tracker/incident/create/"
        answer = session.post(page, form, headers=token, allow_redirects=False, timeout=30)
        incident = Incident.objects.get()
        assert answer.headers["Location"] == f"{AT}/tracker/incident/{incident.pk}/"
        texts = ""
        while "post_save" not in texts:
            texts += str(socket.recv(timeout=30))
        assert f'"url":"{AT}/tracker/incident/{incident.pk}/"' in texts.replace('": "', '":"')


def test_who_is_not_signed_in_is_sent_to_the_door_under_it(below, session):
    Session.objects.all().delete()
    answer = session.get(f"{below.url}{AT}/tracker/incident/", allow_redirects=False, timeout=30)
    assert answer.headers["Location"] == f"{AT}/accounts/login/?next={AT}/tracker/incident/"


def test_its_cookies_are_no_other_sites(below, session):
    assert {cookie.path for cookie in session.cookies} == {AT}


def test_the_mail_that_resets_a_password(below, live_site):
    live_site.make_user("rita", email="rita@example.org")
    session = requests.Session()
    page = f"{below.url}{AT}/accounts/password_reset/"
    session.get(page, timeout=30)
    token = {"X-CSRFToken": session.cookies["csrftoken"], "Origin": below.url}
    session.post(page, {"email": "rita@example.org"}, headers=token, timeout=30)

    def mails() -> list[str]:
        return [text for path in live_site.mails.glob("*") if (text := path.read_text())]

    wait_until(mails, "no mail comes")
    assert f"{below.url}{AT}/accounts/reset/" in mails()[0]


def test_what_a_proxy_has_taken_off_already(below):
    for path in ("", AT):
        assert requests.get(f"{below.url}{path}/healthz", timeout=30).status_code == 200
        answer = requests.get(f"{below.url}{path}/accounts/login/", timeout=30)
        assert f'href="{AT}/accounts/password_reset/"' in answer.text
    assert requests.get(f"{below.url}{AT}elsewhere/", timeout=30).status_code == 404
    header = {"Daphne-Root-Path": "/evil"}
    assert "/evil" not in requests.get(f"{below.url}{AT}/accounts/login/", headers=header, timeout=30).text


@pytest.mark.parametrize("path", ["incidents", "/incidents/", "/", "/a b", "//x", "/é", "https://x.org/a", "/a/../b"])
def test_what_is_no_path_stops_the_start(path):
    code = "import tracker_project.settings"
    env = {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "x.org", "ROOT_PATH": path, "ENV_FILE": "/nonexistent"}
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "ROOT_PATH" in ended.stderr
