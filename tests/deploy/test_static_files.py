"""A page and its modules are of one version, whatever happens between; and no console of a large room is refused."""

import os

import requests

from tests.deploy.conftest import SITE
from tests.deploy.consoles import ENTRY, files_of, follow, modules_of, open_at_once
from tests.deploy.visitors import Visitor

URL = f"https://{SITE}"
CONSOLES = 60
CHANGED = "js/lib/dom"  # a module that most others import, directly or not
FORGOTTEN = "/opt/tracker/static/js/lib/of_a_forgotten_release.0123456789ab.js"
HASHED = "find . -regextype posix-extended -regex '.*\\.[0-9a-f]{12}\\.[a-z0-9]+(\\.gz)?'"


def test_sixty_consoles_at_one_address_open_the_map_at_once(site):
    viewer = Visitor(URL).sign_in("viewer", "viewer")
    opened = open_at_once(URL, os.environ["SSL_CERT_FILE"], viewer.cookie, "/", CONSOLES)
    assert [status for status, _ in opened] == [200] * CONSOLES
    assert min(len(files) for _, files in opened) > 60, "a page names its modules"
    assert {answer for _, files in opened for answer in files} == {"200 2"}, "nothing is refused, and all by HTTP/2"


def test_browsers_keep_what_has_a_hash_in_its_name(site):
    page = Visitor(URL).get("/tracker/incident/report/").text
    assert len(files_of(page)) > 30
    for address in files_of(page):
        answer = requests.get(f"{URL}{address}", timeout=10)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        assert "nginx" in answer.headers["Server"]
        if address.endswith((".js", ".css")) and int(answer.headers["Content-Length"]) > 200:
            assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding"), address


def test_an_upgrade_between_a_page_and_its_modules(site):
    """And the way back. Whoever has a page finds all that it names, and nothing of another version."""
    viewer = Visitor(URL).sign_in("viewer", "viewer")
    site.shell(
        f"cp -a /srv/tracker /srv/tracker-modules && echo '/* next */' >>/srv/tracker-modules/static/{CHANGED}.js"
    )
    site.shell(f"echo 1 >{FORGOTTEN}")
    before = viewer.get("/").text
    assert "/opt/tracker/current is" in site.provision("/srv/tracker-modules")
    after = viewer.get("/").text
    assert must_be_whole(viewer, before) == {False}
    assert must_be_whole(viewer, after) == {True}
    assert set(ENTRY.findall(before)) != set(ENTRY.findall(after)), "what imports it has another name, too"
    assert "/opt/tracker/current is" in site.provision(), "and back"
    assert set(modules_of(viewer.get("/").text)) == set(modules_of(before))
    assert must_be_whole(viewer, after) == {True}
    kept = site.shell(f"for each in /opt/tracker/releases/*/staticfiles; do (cd $each && {HASHED}); done | sort -u")
    assert site.shell(f"cd /opt/tracker/static && {HASHED} | sort") == kept, "and nothing that no release has"
    assert site.provision().strip() == "Nothing was changed."


def must_be_whole(viewer: Visitor, page: str) -> set[bool]:
    """Every module is there and named by the page itself. Has the one that was changed the change in it?"""
    texts = follow(viewer, page)
    assert set(texts) == modules_of(page)
    changed = [text for address, text in texts.items() if address.startswith(f"/static/{CHANGED}.")]
    assert changed, "the page has the module that was changed"
    return {"/* next */" in text for text in changed}
