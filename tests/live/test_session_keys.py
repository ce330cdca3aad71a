"""Handshakes with a cookie that can be no session's key are refused, and disturb nobody who comes at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus

from tests.web.test_session_keys import ODD


@pytest.mark.parametrize("cookie", ODD.values(), ids=ODD)
def test_it_is_refused_as_a_stranger_is(cookie, live_site):
    with pytest.raises(InvalidStatus) as refused:
        live_site.socket(cookie=cookie)
    assert refused.value.response.status_code == 403


def test_others_who_come_together_with_many_of_them_get_in(live_site, vera):
    def come(cookie: str) -> int:
        try:
            return 101 if live_site.socket(cookie=cookie).next()["type"] == "hello" else 0
        except InvalidStatus as refused:
            return refused.response.status_code

    key = live_site.session_key(vera)
    cookies = [key if n % 12 == 0 else ODD["a NUL"].replace("aaaaaaa", f"aaaa{n:03}") for n in range(120)]
    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(come, cookies)) == [101 if cookie == key else 403 for cookie in cookies]
