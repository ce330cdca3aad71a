"""Checking the alerts as a job: it lists what it has found, each as a problem, and puts it right."""

import pytest

from tests import make
from tests.jobs.conftest import carried_out
from tracker.accounts import roles
from tracker.alerts import check as alert_check
from tracker.jobs import queue
from tracker.jobs.registry import JOB_TYPES
from tracker.jobs.run import Run
from tracker.lib import piece_size
from tracker.models import Alert, AlertEvent, AreaOfInterest, Incident, Job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def olga():
    roles.create_roles()
    return make.person("olga", "Operator", "change_alert")


@pytest.fixture
def check(olga):
    def check() -> Job:
        job = carried_out(queue.start_by_name("check_alerts", "", olga))
        assert job.state == "done", job.message
        return job

    return check


def wrong() -> tuple[Incident, Incident, Incident]:
    """One alert is missing, one should have ended, and one shows an old name."""
    make.area("Town")
    missing, ended, renamed = (make.incident(name) for name in ("Missing", "Ended", "Renamed"))
    alerts = Alert.objects.filter(incident_id=missing.pk)
    AlertEvent.objects.filter(alert__in=alerts).delete()
    alerts.delete()
    Incident.objects.filter(pk=ended.pk).update(closed=True)
    Incident.objects.filter(pk=renamed.pk).update(name="Other")
    return missing, ended, renamed


def test_nothing_to_say_about_an_empty_database(check):
    job = check()
    assert (job.message, job.problems, job.done, job.total) == ("0 incidents checked: no differences.", [], 0, 0)


def test_what_is_right_stays_as_it_is(check):
    make.area()
    make.incident()
    make.incident(at=make.AWAY)
    before = make.newest_id()
    job = check()
    assert (job.message, job.problem_count) == ("2 incidents checked: no differences.", 0)
    assert (job.done, job.total) == (2, 2)
    assert not make.recorded(before)


def test_differences_are_listed_and_repaired(check, olga):
    missing, ended, renamed = wrong()
    job = check()
    assert job.message == ("3 incidents checked, 3 differences repaired: 1 alerts raised, 1 ended, 1 updated.")
    sentences = [sentence for row, sentence in job.problems if row is None]
    assert len(sentences) == job.problem_count == 3
    said = {sentence.split(":")[0]: sentence for sentence in sentences}
    assert f"incident {missing.pk} “Missing” (High) lies in area" in said["Missing"]
    assert "the incident is closed" in said["Should have ended"]
    assert "now incident “Other”" in said["Shows old values"]
    assert [make.alerts_of(each)[-1].state for each in (missing, ended, renamed)] == [
        "unacknowledged",
        "resolved",
        "unacknowledged",
    ]
    assert make.alerts_of(renamed)[0].incident_name == "Other"
    assert job.done <= job.total
    assert check().problem_count == 0


def test_the_bar_does_not_run_past_its_end(check, monkeypatch):
    """Closed incidents that still have an alert are looked at as well."""
    monkeypatch.setattr("tracker.jobs.run.PACE_S", 0)
    seen, write = [], Run.write

    def write_and_see(self) -> None:
        seen.append((self.done, self.total))
        write(self)

    monkeypatch.setattr(Run, "write", write_and_see)
    make.area()
    for number in range(3):
        Incident.objects.filter(pk=make.incident(f"{number}").pk).update(closed=True)
    job = check()
    assert (job.done, job.total) == (3, 3)
    assert all(done <= total for done, total in seen if total is not None)


def test_it_is_cut_off_between_two_pieces_and_the_rest_is_repaired(check, monkeypatch, olga):
    monkeypatch.setattr(alert_check, "CHUNK", 2)
    monkeypatch.setattr(piece_size, "FIRST_OF", 1)
    make.area("Town")
    for number in range(5):
        make.incident(f"Fire {number}")
    AreaOfInterest.objects.update(name="City")
    progress = Run.progress

    def stopped_after_the_first(self, done=None, *rest, **more) -> None:
        if done == 2:
            self.stop.set()
        progress(self, done, *rest, **more)

    with monkeypatch.context() as stopping:
        stopping.setattr(Run, "progress", stopped_after_the_first)
        job = carried_out(queue.start_by_name("check_alerts", "", olga))
    assert (job.state, job.problem_count) == ("cancelled", 2)
    queue.run_again(job)
    job = carried_out(job)
    assert (job.state, job.problem_count, job.done) == ("done", 3, 5)
    assert set(Alert.objects.values_list("area_name", flat=True)) == {"City"}


def test_it_needs_the_permission_to_change_alerts():
    roles.create_roles()
    with pytest.raises(queue.Refused, match="permission"):
        queue.start_by_name("check_alerts", "", make.person("otto", "none"))
    assert JOB_TYPES["check_alerts"].permission == "tracker.change_alert"
