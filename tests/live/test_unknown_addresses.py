"""A handshake at an address where nothing listens is refused, and is no error of the program."""

import pytest
from websockets.exceptions import InvalidStatus

from tests.web.server import DAPHNE, UVICORN, server

PATHS = ["", "nothing/", "notifications", "notifications/x/", "admin/", "%00", "%ff", "a" * 2000]


@pytest.mark.parametrize("asgi", [DAPHNE, UVICORN], ids=["daphne", "uvicorn"])
def test_it_is_refused_as_a_stranger_is(asgi, live_site, vera, tmp_path, monkeypatch):
    with server(live_site, tmp_path, asgi, ALLOWED_ORIGINS=live_site.url) as url:
        for path in PATHS:
            monkeypatch.setattr(live_site, "ws_url", f"{url.replace('http', 'ws', 1)}/{path}")
            for user in (None, vera):
                with pytest.raises(InvalidStatus) as refused:
                    live_site.socket(user)
                assert refused.value.response.status_code == 403, path
        assert "Traceback" not in (tmp_path / "daphne.log").read_text()
