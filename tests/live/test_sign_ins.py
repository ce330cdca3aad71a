"""Server processes count the failures to sign in together, also those that are under way at the same moment."""

from collections import Counter
from functools import partial

import pytest
import requests
from axes.models import AccessAttempt
from django.db.models import Sum

from tests.web.same_moment import at_the_same_moment
from tests.web.test_sign_in_lockout import LOGIN


@pytest.mark.needs_redis
def test_of_guesses_to_several_processes_no_more_than_allowed_are_looked_at(live_site, process):
    live_site.make_user("vera")
    there = [live_site, process(ALLOWED_ORIGINS=live_site.url), process(ALLOWED_ORIGINS=live_site.url)]
    token = "a" * 32

    def guess(n: int) -> int:
        form = {"username": "vera", "password": f"guess {n}", "csrfmiddlewaretoken": token}
        headers = {"Origin": live_site.url, "Cookie": f"csrftoken={token}"}
        return requests.post(f"{there[n % 3].url}{LOGIN}", form, headers=headers, timeout=60).status_code

    assert Counter(at_the_same_moment(*[partial(guess, n) for n in range(18)])) == {200: 4, 429: 14}
    assert AccessAttempt.objects.aggregate(sum=Sum("failures_since_start"))["sum"] == 5
