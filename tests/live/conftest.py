"""The people of the live site."""

from collections.abc import Callable, Iterator

import pytest

from tests.listener import Listener
from tests.live_site import Daphne


@pytest.fixture
def vera(live_site):
    """Watches; what every new account may."""
    return live_site.make_user("vera")


@pytest.fixture
def olga(live_site):
    return live_site.make_user("olga", "Operator")


@pytest.fixture
def watch(live_site, vera):
    return live_site.on_watch(vera)


@pytest.fixture
def process(live_site) -> Iterator[Callable[..., Daphne]]:
    """``process()``: one more server process of the site, in the site's environment changed by what is given."""
    started: list[Daphne] = []

    def start(**env: str) -> Daphne:
        daphne = live_site.another(**env)
        daphne.start()
        started.append(daphne)
        return daphne

    yield start
    live_site.close_sockets()
    for daphne in started:
        daphne.stop()


@pytest.fixture
def console(live_site, monkeypatch) -> Callable[..., Listener]:
    """``console(vera, at=second)``: an open live map of a person, at a process of the site."""

    def open_at(user, at: Daphne | None = None, **how) -> Listener:
        with monkeypatch.context() as there:
            there.setattr(live_site, "ws_url", (at or live_site).ws_url)
            return live_site.on_watch(user, **how)

    return open_at
