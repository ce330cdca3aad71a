"""Bounds of jobs: how many of a person wait, what a socket may start, how long jobs and their files are kept."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from tests import make
from tests.jobs.conftest import carried_out, now
from tests.web.same_moment import at_the_same_moment
from tracker.jobs import queue
from tracker.jobs.run import Run
from tracker.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vera():
    return make.person("vera")


class TestBounds:
    def test_a_person_has_so_many_jobs_waiting(self, declare, vera, monkeypatch):
        monkeypatch.setattr(queue, "WAITING_AT_MOST", 2)
        kind = declare(lambda run: None)
        first = queue.enqueue(kind, by=vera)
        queue.enqueue(kind, by=vera)
        with pytest.raises(queue.Refused, match="2 jobs"):
            queue.enqueue(kind, by=vera)
        queue.enqueue(kind, by=make.person("otto"))
        carried_out(first)
        queue.enqueue(kind, by=vera)

    @pytest.mark.needs_postgis
    def test_those_that_are_asked_for_at_one_moment_are_bounded_too(self, vera, monkeypatch):
        vera.is_superuser = True
        vera.save()
        monkeypatch.setattr(queue, "NAMED_AT_MOST", 3)

        def start() -> str:
            try:
                return queue.start_by_name("try_it", None, vera).state
            except queue.Refused:
                return "refused"

        assert Counter(at_the_same_moment(*[start] * 12)) == {"queued": 3, "refused": 9}

    def test_running_again_is_bounded_too(self, declare, vera, monkeypatch):
        failing = carried_out(queue.enqueue(declare(lambda run: 1 / 0), by=vera))
        monkeypatch.setattr(queue, "WAITING_AT_MOST", 1)
        queue.enqueue(declare(lambda run: None), by=vera)
        with pytest.raises(queue.Refused, match="1 jobs"):
            queue.run_again(failing)

    def test_a_thousand_jobs_of_one_person_keep_nobody_else_waiting(self, declare, vera):
        kind = declare(lambda run: None)
        first, second = queue.enqueue(kind, by=vera), queue.enqueue(kind, by=vera)
        theirs = queue.enqueue(kind, by=make.person("otto"))
        assert queue.next_waiting() == (first.pk, 1)
        queue.claim(first.pk, 1, "a worker")
        assert queue.next_waiting() == (theirs.pk, 1)
        queue.claim(theirs.pk, 1, "another")
        assert queue.next_waiting() == (second.pk, 1)

    def test_what_was_given_goes_when_it_is_done_and_of_results_so_many_stay(self, declare, vera, monkeypatch):
        def make_a_file(run: Run):
            with run.result("it.txt") as file:
                file.write(b"made")

        monkeypatch.setattr(queue, "RESULTS_KEPT", 1)
        kind = declare(make_a_file)
        old = queue.enqueue(kind, by=vera, upload=ContentFile(b"given", "g.txt"))
        given, old = Path(old.upload.path), carried_out(old)
        made = Path(old.result.path)
        assert now(old).upload == ""
        assert (given.exists(), made.exists()) == (False, True)
        new = carried_out(queue.enqueue(kind, by=vera))
        assert (now(old).result.name, made.exists()) == ("", False)
        assert Path(new.result.path).exists()

    @pytest.mark.parametrize(
        ("code", "name", "why"),
        [
            ("no such kind", "", "no job of that kind"),
            (["try_it"], "", "no job of that kind"),
            (None, "", "no job of that kind"),
            ("import_incidents", "", "no job of that kind"),
            ("try_it", 7, "is a text"),
            ("try_it", "x" * 151, "at most 150"),
            ("check_alerts", "", "permission"),
        ],
    )
    def test_what_a_socket_may_not_start(self, vera, code, name, why):
        with pytest.raises(queue.Refused, match=why):
            queue.start_by_name(code, name, vera)
        assert not Job.objects.exists()

    def test_old_jobs_go_with_their_files(self, declare, vera):
        def make_a_file(run: Run):
            with run.result("it.txt") as file:
                file.write(b"made")

        kind = declare(make_a_file)
        old, young = (carried_out(queue.enqueue(kind, by=vera)) for _ in range(2))
        failed = queue.enqueue(declare(lambda run: 1 / 0), by=vera, upload=ContentFile(b"given", "g.txt"))
        failed = carried_out(failed)
        files = [Path(file.path) for file in (old.result, failed.upload, young.result)]
        assert [file.read_bytes() for file in files] == [b"made", b"given", b"made"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        long_ago = timezone.now() - timedelta(days=settings.JOB_RETENTION_DAYS + 1)
        Job.objects.exclude(pk=young.pk).update(finished=long_ago)
        assert queue.prune() == 2
        assert [file.exists() for file in files] == [False, False, True]
        assert list(Job.objects.all()) == [young]
