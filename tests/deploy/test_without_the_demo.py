"""A site for real use: no demonstration, one administrator whose password is told once, HSTS, a clean check."""

import re
import socket
import ssl

import pytest
import requests

from tests.deploy.machine import OUTSIDE
from tests.deploy.visitors import Visitor

NAME = "own.test"


@pytest.fixture(scope="module")
def own(machines):
    machine = machines.make("own")
    machine.first_run = machine.provision(SITE=NAME)
    machines.call(NAME, machine)
    return machine


def test_djangos_check_is_clean(own):
    said = own.manage("check", "--deploy", "--fail-level", "WARNING")
    assert "no issues" in said


def test_the_administrators_password_is_told_once(own):
    password = re.search(r"as “admin” with the password (\w+)", own.first_run)
    assert password
    admin = Visitor(f"https://{NAME}").sign_in("admin", password[1])
    assert admin.get("/admin/").status_code == 200
    again = own.provision()
    assert again.strip() == "Nothing was changed."
    assert "Stonehaven" not in admin.get("/").text
    for name in ("viewer", "operator"):
        with pytest.raises(AssertionError):
            Visitor(f"https://{NAME}").sign_in(name, name)
    own.manage("axes_reset")


def test_browsers_are_told_to_come_by_https_only(own):
    answer = requests.get(f"https://{NAME}/accounts/login/", timeout=10)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_changed_setting_is_in_use_after_another_run(own):
    own.change_settings(TIME_ZONE="Europe/Berlin", WEB_PROCESSES="2")
    said = own.provision()
    assert "changed: /opt/tracker/settings.env" in said
    assert len(own.web_processes()) == 2
    assert "Europe/Berlin" in own.manage("diffsettings")
    assert own.provision().strip() == "Nothing was changed."


def test_a_setting_that_cannot_be_used_changes_nothing(own):
    before = own.web_processes()
    own.change_settings(TIME_ZONE="Europe/Nowhere")
    said = own.run("/srv/tracker/deploy/provision.sh", check=False)
    assert "there is no time zone “Europe/Nowhere”" in said
    assert "Nothing was changed" not in said
    assert own.web_processes() == before
    assert requests.get(f"https://{NAME}/healthz", timeout=10).status_code == 200
    own.change_settings(TIME_ZONE="Europe/Berlin")


def test_another_password_of_the_database_is_set(own):
    url = own.settings()["DATABASE_URL"]
    old = re.search(r":(\w+)@", url)
    assert old
    own.change_settings(DATABASE_URL=url.replace(old[1], "another-password-5711"))
    assert "PostgreSQL's password of tracker" in own.provision()
    assert requests.get(f"https://{NAME}/healthz", timeout=10).status_code == 200


def through_a_balancer(machine, person: str) -> bytes:
    """Fail to sign in, by a connection that a load balancer passes on for this address."""
    context = ssl.create_default_context()
    with socket.create_connection((machine.address, 443), timeout=10) as plain:
        plain.sendall(f"PROXY TCP4 {person} {machine.address} 5000 443\r\n".encode())
        with context.wrap_socket(plain, server_hostname=NAME) as connection:
            body = b"username=balanced&password=wrong&csrfmiddlewaretoken=" + b"a" * 32
            head = (
                f"POST /accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\nReferer: https://{NAME}/\r\n"
                f"Cookie: csrftoken={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            connection.sendall(head.encode() + body)
            return connection.recv(100)


def test_behind_a_load_balancer_people_are_told_apart(own):
    """It says by the PROXY protocol whose connection it is; who comes without is let in no more."""
    own.change_settings(PROXY_PROTOCOL=f"{OUTSIDE},10.77.0.253")
    own.provision()
    assert own.provision().strip() == "Nothing was changed."
    assert b" 200 " in through_a_balancer(own, "203.0.113.9")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"https://{NAME}/healthz", timeout=10)
    shown = (
        "from tracker.models import AuditEntry; print(AuditEntry.objects.filter(name='balanced').latest('pk').address)"
    )
    assert own.manage("shell", "-v0", "-c", shown).strip() == "203.0.113.9"
    own.change_settings(PROXY_PROTOCOL="")
    own.provision()
    assert requests.get(f"https://{NAME}/healthz", timeout=10).status_code == 200
