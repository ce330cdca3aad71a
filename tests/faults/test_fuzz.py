"""Anything may be sent to any address, by anybody: nothing is an error of the server, and nobody else notices.

Inputs are numbered, and the same for the same seed: ``FAULT_SEED=… FUZZ_INPUT=17,23`` sends these two again. What is
wrong is told by an oracle (fuzz/verdict.py, fuzz/server_log.py, fuzz/open_maps.py); that it would find something is
shown with faults that are put in (fuzz/planted.py).
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.fault_site import FaultSite
from tests.faults.fuzz.open_maps import OpenMaps, use_up_small_numbers
from tests.faults.fuzz.run import AT_ONCE, Fuzzing
from tests.faults.fuzz.world import World
from tests.faults.scenario import Scenario

QUICK, FULL = 300, 100_000  # inputs
TO_FIND_ALL = 400
MUCH = "1000000/hour"
LIFTED = {  # nobody has to wait because of what others have sent
    "REPORT_RATE": MUCH,
    "SIGN_IN_RATE": MUCH,
    "PASSWORD_RESET_RATE": MUCH,
    "PASSWORD_RESET_MAIL_RATE": MUCH,
    "SIGN_IN_FAILURES": "1000",
}

PLANTED = {  # the faults of planted.py, and what is to be said of each
    "an error for a value": "answered …",
    "and its traceback": "logged: ERROR daphne.server: Exception inside application: no such letter",
    "a line in the log": "logged: WARNING tests.faults.fuzz.planted: somebody asks for a range",
    "a redirect to a host that a header names": "the header Location names another host",
    "a link in a page": "a link of the page leads to another host",
    "what was typed as markup": "markup that was typed is an element of the page",
    "others are closed": "an open map was closed with …",
}


@pytest.fixture
def fuzzed(site, request) -> Iterator[FaultSite]:
    """The site with one server process, so that all that it says is in one log."""
    for web in site.webs:
        web.kill()
    sibling = site.sibling(**LIFTED, WEB_PROCESSES="1")
    web = sibling.webs[0]
    web.application = getattr(request, "param", web.application)
    web.env |= {"BASE_URL": web.url, "ALLOWED_ORIGINS": f"{web.url},{site.url}"}
    if not (site.home / "static").exists():
        site.manage("collectstatic", "-v0", "--noinput")
    sibling.bring_up()
    use_up_small_numbers()
    yield sibling
    sibling.send_away()


@pytest.fixture
def scenario(fuzzed, seed) -> Iterator[Scenario]:
    scenario = Scenario(fuzzed, seed)
    yield scenario
    scenario.end()


@pytest.fixture
def fuzz(scenario, fuzzed, seed) -> Callable[..., Fuzzing]:
    """``fuzz(count)``: send so many inputs, while others are at their maps."""

    def run(count: int, seed: int = seed) -> Fuzzing:
        maps = OpenMaps(scenario)
        fuzzing = Fuzzing(fuzzed.webs[0], World(fuzzed, AT_ONCE), seed, count, fuzzed.mails)
        began = time.monotonic()
        fuzzing.run(maps.notice)
        maps.leave()
        assert maps.newcomer.count
        took_s = time.monotonic() - began
        print(f"{fuzzing.sent} inputs in {took_s:.0f} s, {fuzzing.sent / fuzzing.seconds:.0f} a second.")  # noqa: T201
        print(f"Answered: {dict(fuzzing.answers.most_common())}.")  # noqa: T201
        return fuzzing

    return run


def test_anything_from_anybody(fuzz, scenario, rounds, on_postgis):
    fuzzing = fuzz(rounds.count(QUICK if on_postgis else QUICK // 3, FULL))
    assert str(fuzzing.input(17)) == str(fuzzing.input(17)), "it can be sent again"
    if fuzzing.found:
        pytest.fail(fuzzing.report(), pytrace=False)
    scenario.must_be_clean()


@pytest.mark.once
@pytest.mark.prove
@pytest.mark.parametrize("fuzzed", ["tests.faults.fuzz.planted:application"], indirect=True)
def test_faults_that_are_put_in_are_found(fuzz, monkeypatch):
    """Negative control: a server with a fault of each sort, at things that a few inputs in a hundred have."""
    monkeypatch.setattr(Fuzzing, "hunts", 0)
    found = "\n".join(fuzz(TO_FIND_ALL, seed=1).found)
    assert [sort for sort, finding in PLANTED.items() if finding not in found] == [], found
