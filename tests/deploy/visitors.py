"""People at a provisioned site, through its nginx: who watches, who reports; and at the end what the oracle says."""

import contextlib
import html
import re
import threading
import time
import uuid
from collections.abc import Callable

import requests
from django.contrib.auth import get_user_model
from django.db import connections

from tests.faults.crowd import Crowd
from tests.faults.oracle import Oracle
from tests.faults.scenario import Scenario
from tests.faults.stretch import Person
from tracker.models import Incident

PLACE = '{"type":"Point","coordinates":[-2.17,56.98]}'


class Visitor:
    """A browser: it keeps its cookies, and fills in forms. Through whichever door of the site (*url*)."""

    def __init__(self, url: str):
        self.url = self.home = url
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **how) -> requests.Response:
        headers = {"Referer": f"{self.home}/"} | (headers or {})
        address = f"{self.url}{path}"
        answer = requests.request(method, address, cookies=self.cookies, headers=headers, timeout=30, **how)
        for each in [*answer.history, answer]:
            self.cookies.update({name: value or "" for name, value in each.cookies.get_dict().items()})
        return answer

    def get(self, path: str, **how) -> requests.Response:
        return self.ask("GET", path, **how)

    def post(self, path: str, fields: dict[str, str], **how) -> requests.Response:
        if "csrftoken" not in self.cookies:
            self.get(path)
        fields = fields | {"csrfmiddlewaretoken": self.cookies["csrftoken"]}
        return self.ask("POST", path, data=fields, allow_redirects=False, **how)

    def sign_in(self, name: str, password: str) -> "Visitor":
        answer = self.post("/accounts/login/", {"username": name, "password": password})
        assert answer.status_code == 302, f"{answer.status_code} {words(answer)}"
        return self

    @property
    def cookie(self) -> str:
        return self.cookies["sessionid"]

    def report(self, name: str, submission: str = "", severity: str = "UR") -> requests.Response:
        """Report an incident as somebody who is signed in does."""
        form = {"name": name, "severity": severity, "location": PLACE, "submission": submission or str(uuid.uuid4())}
        return self.post("/tracker/incident/create/", form)


def words(answer: requests.Response) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.text).split()))[:1500]


class Reporter(threading.Thread):
    """Somebody who reports one incident after the other, and sends the same form again until it is taken."""

    def __init__(self, visitor: Visitor, name: str, urls: Callable[[], list[str]], pause_s: float):
        super().__init__(daemon=True)
        self.visitor, self.title, self.urls, self.pause_s = visitor, name, urls, pause_s
        self.stopped = threading.Event()
        self.taken: list[str] = []  # the names of what the site has confirmed
        self.again = 0  # how often a form had to be sent again
        self.failed: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            while not self.stopped.wait(self.pause_s):
                self.report(f"{self.title} {len(self.taken) + 1}")
        except BaseException as error:
            self.failed = error

    def report(self, name: str) -> None:
        submission = str(uuid.uuid4())
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(requests.ConnectionError, requests.Timeout):
                urls = self.urls()
                self.visitor.url = urls[(len(self.taken) + self.again) % len(urls)]
                answer = self.visitor.report(name, submission)
                if answer.status_code == 302:
                    self.taken.append(name)
                    return
                assert answer.status_code in {500, 502, 503, 504}, f"{answer.status_code} {words(answer)}"
            assert time.monotonic() < end, f"{name} is not taken"
            self.again += 1
            time.sleep(0.1)

    def stop(self) -> None:
        self.stopped.set()
        self.join(90)
        assert not self.is_alive(), "it does not stop"
        if self.failed:
            raise self.failed


class Watch(Scenario):
    """A play whose people come through nginx. The ORM of the test works on the site's database."""

    def __init__(self, url: str, people: dict[str, str], seed: int, hosts: list[str] | None = None):
        """*people*: their passwords by name; *hosts*: the doors of the site, if it has several."""
        self.url, self.seed = url, seed
        self.doors = hosts or [url.removeprefix("https://")]
        self.oracle = Oracle()
        self.crowd = Crowd(lambda: self.doors, url, seed)
        self.visitors = {name: Visitor(url).sign_in(name, password) for name, password in people.items()}
        numbers = dict(get_user_model().objects.filter(username__in=people).values_list("username", "pk"))
        self.people = [Person(numbers[name], visitor.cookie) for name, visitor in self.visitors.items()]
        self.reporters: list[Reporter] = []
        self.writers, self.confirmed, self.let_go = [], set(), set()

    def watch(self, count: int = 2, **how):
        return [client for person in self.people for client in self.crowd.join(person, count, **how)]

    def report(self, name: str, as_whom: str, pause_s: float = 0.02) -> Reporter:
        visitor = Visitor(self.url)
        visitor.cookies = dict(self.visitors[as_whom].cookies)
        self.reporters.append(Reporter(visitor, name, lambda: [f"https://{door}" for door in self.doors], pause_s))
        return self.reporters[-1]

    def stop_reporting(self) -> int:
        """See that everybody is still told; end it; what was confirmed is there, once. How many."""
        taken: list[str] = []
        self.stop_writing()
        for reporter in self.reporters:
            reporter.stop()
            taken += reporter.taken
        self.reporters = []
        numbers = Incident.objects.filter(name__in=taken).values_list("name", "pk")
        found: dict[str, list[int]] = {name: [] for name in taken}
        for name, number in numbers:
            found[name].append(number)
        wrong = {name: pks for name, pks in found.items() if len(pks) != 1}
        assert not wrong, f"confirmed, and not there exactly once: {wrong}"
        self.confirmed |= {f"Incident:{pks[0]}" for pks in found.values()}
        return len(taken)

    def end(self) -> None:
        for reporter in self.reporters:
            reporter.stopped.set()
        self.crowd.leave()
        connections.close_all()
