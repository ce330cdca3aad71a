"""The people of the live site."""

import pytest


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
