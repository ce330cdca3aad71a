"""What every page says to the browser, what a forged request gets, and what production settings switch on."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import pytest
import requests
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from tests import make
from tests.conftest import signed_in
from tests.processes import run_python
from tests.rollback import taken_back
from tests.settings import ENVIRONMENT
from tests.web.addresses import ROLES, ROWS
from tests.web.one_of_each import OneOfEach
from tests.web.page import Page
from tests.web.server import server
from tracker.models import LogState, Notification
from tracker.web.views.incidents import IncidentListView

OPERATOR = ROLES.index("operator")
BEFORE_DJANGO = {"/healthz", "/static/<path>"}
PAGES = [
    address
    for address, answers in ROWS.items()
    if answers.get[OPERATOR] in {"200", "404"} and address not in {*BEFORE_DJANGO, "/notifications/"}
]
FOR_STRANGERS = "/accounts/login/"
WITH_A_MAP = [
    "/", "/tracker/incident/report/", *[f"/tracker/{model}/{page}" for model in ("incident", "area_of_interest")
    for page in ("<int:pk>/", "create/", "update/<int:pk>/")], "/tracker/alert/<int:pk>/",
]  # fmt: skip
ADMIN = [
    "/admin/", "/admin/login/", "/admin/tracker/incident/", "/admin/tracker/incident/add/",
    "/admin/tracker/areaofinterest/",
    "/admin/tracker/areaofinterest/add/", "/admin/tracker/alert/", "/admin/tracker/notification/",
    "/admin/tracker/logstate/",
    "/admin/auth/user/add/", "/admin/auth/user/", "/admin/password_change/",
]  # fmt: skip
ADMIN_WITH_A_MAP = ["incident", "areaofinterest", "alert"]


def policy_of(response) -> dict[str, list[str]]:
    header = response.headers["Content-Security-Policy"]
    parts = [part.split() for part in header.split(";") if part.strip()]
    assert len({name for name, *_ in parts}) == len(parts)
    return {name: sources for name, *sources in parts}


def nonce_of(response) -> str | None:
    found = [s for s in policy_of(response)["script-src"] if s.startswith("'nonce-")]
    assert len(found) <= 1
    return found[0][len("'nonce-") : -1] if found else None


def strict(response) -> None:
    """The policy allows no inline code, no foreign code, no frames; and the page keeps to it."""
    policy = policy_of(response)
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == policy["style-src"] == ["'self'"]
    assert policy["script-src"][0] == "'self'"
    assert len(policy["script-src"]) <= 2
    assert "unsafe" not in str(policy)
    assert policy["img-src"] == ["'self'", "data:"]
    assert "*" not in str(policy)
    if response.status_code != 400:  # refused before that header's turn; frame-ancestors says the same
        assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code != 302:
        keeps_to_the_policy(Page(response), nonce_of(response))


def keeps_to_the_policy(page: Page, nonce: str | None) -> None:
    for element in page.elements:
        assert "style" not in element.attributes, element
        assert not [name for name in element.attributes if name.startswith("on")], element
        assert element.tag not in {"style", "object", "embed", "iframe", "frame", "base", "applet"}, element
        if element.tag == "script" and "src" not in element.attributes:
            is_data = element["type"] == "application/json"
            assert is_data or (nonce and element["nonce"] == nonce), element.text[:200]
            if is_data:
                json.loads(element.text)
        for name in ("src", "href", "action", "formaction"):
            value = element.attributes.get(name, "")
            assert not value.lower().strip().startswith(("javascript:", "data:text", "vbscript:")), element
            loads = name == "src" or element.tag == "link"
            assert not (loads and re.match(r"(?i)(https?:)?//", value)), f"from another site: {element}"


# --- on every page -------------------------------------------------------------------------------------------------


class TestEveryPage:
    @pytest.fixture(scope="class")
    def here_for_all(self, django_db_setup, django_db_blocker) -> Iterator[OneOfEach]:
        with taken_back(django_db_blocker):
            here = OneOfEach("10.20.30.40")
            here.client("operator")  # signs in, once for all tests
            yield here

    @pytest.fixture
    def here(self, here_for_all, db) -> OneOfEach:
        return here_for_all

    @pytest.mark.parametrize("address", [*PAGES, FOR_STRANGERS])
    def test_it_has_a_strict_policy_and_keeps_to_it(self, address, here):
        client, path = here.client("stranger" if address == FOR_STRANGERS else "operator"), here.path(address)
        response = client.get(path)
        strict(response)
        if address in WITH_A_MAP:
            nonce = nonce_of(response)
            assert nonce
            assert [script for script in Page(response).all("script") if script["nonce"] == nonce], "no map on it"
            again = client.get(path)
            assert nonce_of(again) != nonce


def test_the_administration_has_it_too(alert, admin_client):
    addresses = [*ADMIN, *[f"/admin/tracker/{model}/{pk}/change/" for model, pk in zip(
        ADMIN_WITH_A_MAP, (alert.incident_id, alert.area_id, alert.pk), strict=True
    )]]  # fmt: skip
    addresses.append(f"/admin/tracker/incident/{alert.incident_id}/delete/")
    addresses.append(f"/admin/tracker/incident/{alert.incident_id}/history/")
    for path in addresses:
        response = admin_client.get(path)
        assert response.status_code == 200 or path in {"/admin/login/", "/admin/password_change/"}, path
        strict(response)
        if any(f"/{model}/" in path for model in ADMIN_WITH_A_MAP) and path.endswith(("add/", "change/")):
            nonce = nonce_of(response)
            assert [s for s in Page(response).all("script") if nonce and s["nonce"] == nonce], f"no map on {path}"
    strict(Client().get("/admin/login/"))


def test_forms_that_come_back_with_errors_have_it(admin_client, reporter):
    for path in ("/tracker/incident/create/", "/tracker/area_of_interest/create/", "/admin/tracker/incident/add/"):
        response = admin_client.post(path, {"name": "x", "polygon": "x", "location": "x"})
        assert response.status_code == 200
        strict(response)
    strict(reporter.post("/tracker/incident/report/", {}))


def test_errors_and_refusals_have_it(stranger_client, outsider_client, viewer_client, alert, monkeypatch):
    strict(stranger_client.get("/no-such-page"))
    strict(stranger_client.get("/tracker/incident/"))  # 302
    strict(stranger_client.get("/tracker/incident/feature_collection/"))  # 401
    strict(outsider_client.get("/tracker/incident/"))  # 403
    strict(viewer_client.get("/tracker/alert/acknowledge/"))  # 405
    strict(stranger_client.get("/", headers={"host": "evil.example"}))  # 400
    strict(Client(enforce_csrf_checks=True).post("/tracker/incident/report/"))  # 403
    monkeypatch.setattr(IncidentListView, "get_queryset", broken)
    strict(
        Client(raise_request_exception=False, headers={"cookie": cookies_of(viewer_client)}).get("/tracker/incident/")
    )


def cookies_of(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def test_sockets_are_allowed_to_the_configured_origins_only(viewer_client):
    allowed = policy_of(viewer_client.get("/"))["connect-src"]
    assert allowed == ["'self'", *[origin.replace("http", "ws", 1) for origin in settings.ALLOWED_ORIGINS]]


# --- nothing about the inside --------------------------------------------------------------------------------------


def broken(view):
    raise RuntimeError("the password of the database is hunter2")


def test_an_error_of_the_server_shows_no_trace(viewer, monkeypatch):
    monkeypatch.setattr(IncidentListView, "get_queryset", broken)
    client = Client(raise_request_exception=False)
    client.force_login(viewer)
    response = client.get("/tracker/incident/")
    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
    for inside in ("hunter2", "Traceback", "RuntimeError", "tracker/views", "DJANGO"):
        assert inside not in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/no-such-page", "/tracker/incident/999999/", "/tracker/", "/static/no-such.js", "/.env"]
)
def test_a_page_that_is_not_there_shows_no_list_of_pages(path, admin_client):
    response = admin_client.get(path)
    assert response.status_code == 404
    text = response.content.decode()
    assert "There is no such page" in text
    for inside in ("urlpatterns", "URLconf", "Traceback", "DEBUG", "tracker_project"):
        assert inside not in text


def test_a_real_server_shows_no_trace_either(live_site):
    missing = requests.get(f"{live_site.url}/no-such-page", timeout=10)
    assert missing.status_code == 404
    strict(missing)
    assert "There is no such page" in missing.text
    forged = requests.get(f"{live_site.url}/accounts/login/", headers={"Host": "evil.example"}, timeout=10)
    assert forged.status_code == 400
    assert "This request could not be understood" in forged.text
    for text in (missing.text, forged.text):
        assert not re.search(r"Traceback|urlpatterns|DEBUG|evil", text)
    for name in (*missing.headers, *forged.headers):
        assert name.lower() != "x-powered-by"


def test_the_real_server_shows_the_policy_on_a_page_with_a_map(live_site):
    cookies = {"sessionid": live_site.session_key(live_site.make_user("vera", "Operator"))}
    for path in ("/", "/tracker/incident/create/", "/tracker/area_of_interest/create/"):
        response = requests.get(live_site.url + path, cookies=cookies, timeout=20)
        assert response.status_code == 200
        page = Page(response.text)
        keeps_to_the_policy(page, nonce_of(response))
        assert nonce_of(response)


# --- forged hosts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000", "127.0.0.1@evil.example",
     "*", "127.0.0.2", "sub.localhost", "", "[::1]x", "localhost/evil"],
)  # fmt: skip
def test_a_forged_host_is_a_bad_request(host, admin_client):
    with override_settings(ALLOWED_HOSTS=["127.0.0.1", "localhost"]):  # without the test client's own
        for path in ("/", "/accounts/login/", "/tracker/incident/report/", "/admin/"):
            response = admin_client.get(path, headers={"host": host})
            assert response.status_code == 400, path
            assert "evil" not in response.content.decode()
        assert admin_client.get("/accounts/password_reset/", headers={"host": "localhost:1234"}).status_code == 200


def test_a_forwarded_host_is_not_believed(stranger_client, db):
    forged = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "forwarded": "host=evil.example"}
    response = stranger_client.get("/accounts/login/", headers=forged)
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:9999"])
def test_links_in_mail_come_from_the_base_url(host, stranger_client, mails):
    make.person("vera", email="vera@example.org")
    forged = {"host": host, "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    stranger_client.post(reverse("password_reset"), {"email": "vera@example.org"}, headers=forged)
    links = re.findall(r"\w+://\S+", mails()[0].body)
    assert links
    assert {link.split("/accounts/")[0] for link in links} == {settings.BASE_URL}


def test_links_in_mail_of_a_real_server_come_from_its_base_url(live_site, tmp_path):
    live_site.make_user("vera", email="vera@example.org")
    folder = tmp_path / "mail"
    with server(live_site, tmp_path, EMAIL_URL=f"file:///{folder}", BASE_URL="http://127.0.0.1:4711") as url:
        page = f"{url}/accounts/password_reset/"
        forged = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        shown = requests.get(page, headers=forged, timeout=10)
        form = {"email": "vera@example.org", "csrfmiddlewaretoken": Page(shown.text).fields["csrfmiddlewaretoken"]}
        forged["Cookie"] = f"csrftoken={shown.cookies['csrftoken']}"
        answer = requests.post(page, form, headers=forged, allow_redirects=False, timeout=10)
        assert answer.status_code == 302
    [message] = folder.iterdir()  # the server's end has waited for it
    links = re.findall(r"\w+://\S+", message.read_text())
    assert links
    assert all(link.startswith("http://127.0.0.1:4711/accounts/reset/") for link in links)


# --- production settings -------------------------------------------------------------------------------------------

ASK = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
plain, safe = Client(), Client(headers={"host": "tracker.example.org"})
moved = plain.get("/accounts/login/?next=/", headers={"host": "tracker.example.org"})
login = safe.get("/accounts/login/", secure=True)
names = ("DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "BASE_URL",
         "ALLOWED_ORIGINS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER")
print(json.dumps({
    "moved": [moved.status_code, moved.headers.get("Location")],
    "login": login.status_code,
    "hsts": login.headers.get("Strict-Transport-Security"),
    "csrf": str(login.cookies["csrftoken"]),
    "policy": login.headers["Content-Security-Policy"],
    **{name: getattr(settings, name) for name in names},
}))
"""


def in_production(script: str = ASK, **environment: str) -> subprocess.CompletedProcess[str]:
    without = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    env = without | {
        "DJANGO_SETTINGS_MODULE": "tracker_project.settings",
        "DEBUG": "0",
        "SECRET_KEY": "production-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
        "ALLOWED_HOSTS": "tracker.example.org",
        "LOG_LEVEL": "ERROR",
    }
    return run_python("-W", "ignore", "-c", script, env=env | environment, timeout=60)


def test_production_settings_are_safe():
    result = in_production()
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["moved"] == [301, "https://tracker.example.org/accounts/login/?next=/"]
    assert said["login"] == 200
    assert said["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert "Secure" in said["csrf"]
    assert said["SESSION_COOKIE_SECURE"] is said["SESSION_COOKIE_HTTPONLY"] is said["CSRF_COOKIE_SECURE"] is True
    assert said["DEBUG"] is False
    assert said["BASE_URL"] == "https://tracker.example.org"
    assert said["ALLOWED_ORIGINS"] == said["CSRF_TRUSTED_ORIGINS"] == ["https://tracker.example.org"]
    assert "connect-src 'self' wss://tracker.example.org" in said["policy"]
    assert said["SECURE_PROXY_SSL_HEADER"] is None  # believed only BEHIND_PROXY


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: “*” is refused"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_ORIGINS": "tracker.example.org"}, "ALLOWED_ORIGINS: “tracker.example.org” is not an origin"),
        ({"BASE_URL": "https://x.org/path"}, "BASE_URL: “https://x.org/path” is not an origin"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_unsafe_production_settings_stop_the_start_in_words(environment, said):
    result = in_production("import django; django.setup()", **environment)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_tiles_are_allowed_from_their_host_only():
    result = in_production(TILES_URL="https://{s}.tiles.example.org/{z}/{x}/{y}.png")
    assert "img-src 'self' data: https://*.tiles.example.org;" in json.loads(result.stdout)["policy"] + ";"


def test_the_log_holds_no_secret_of_a_session(viewer, alert):
    """What everybody on watch is sent names no session, no password, no mail address."""
    client = signed_in(viewer)
    client.post(reverse("alert_acknowledge"), {"alert": alert.pk})
    bodies = " ".join(Notification.objects.values_list("body", flat=True))
    for secret in (client.cookies["sessionid"].value, viewer.password, "@", LogState.current().log_id):
        assert secret not in bodies
