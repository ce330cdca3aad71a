"""Severities of a file that are called otherwise: known by another name, or said by a person, and never guessed."""

import pytest

from tests import make
from tests.jobs.conftest import carried_out
from tests.jobs.importing import SQUARE, feature
from tracker.models import AreaOfInterest, Incident

pytestmark = pytest.mark.django_db(transaction=True)


def severities() -> list[str]:
    return list(Incident.objects.order_by("pk").values_list("severity", flat=True))


def test_words_of_others_are_known_and_named(given):
    features = [feature(severity=word) for word in ("Extreme", "Severe", "Moderate", "Minor", "critical", "P2", "Low")]
    job = carried_out(given("incidents", features, severity="severity", default=""))
    assert (job.state, severities()) == ("done", ["UR", "HI", "ME", "LO", "UR", "HI", "LO"])
    assert job.message.startswith(
        "7 features: 7 imported, 0 refused. Severities in the file: “Extreme” = Urgent (1 time)"
    )
    assert "“Low”" not in job.message


@pytest.mark.parametrize("default", ["", None])
def test_a_word_that_is_not_known_ends_it_before_anything_is_written(given, default):
    make.area(severity="HI")
    before = make.newest_id()
    features = [feature(severity="High"), feature(severity="Unknown"), feature(severity=1), feature()]
    job = carried_out(given("incidents", features, severity="severity", default=default))
    assert (job.state, job.may_run_again, job.problems) == ("failed", False, [])
    assert job.message == (
        "The file has severities that are not known here: “Unknown” (1 time), “1” (1 time)."
        " 1 feature tells no severity. Choose in the form what shall count there, or change the file, and import it"
        " again. Nothing was imported."
    )
    assert not Incident.objects.exists()
    assert not make.recorded(before)


def test_what_shall_count_for_them_is_said_and_told(given):
    features = [feature(severity="Unknown"), feature(severity="Unknown"), feature()]
    job = carried_out(given("incidents", features, severity="severity", default="HI"))
    assert (job.state, severities()) == ("done", ["HI", "HI", "HI"])
    assert job.message == (
        "3 features: 3 imported (3 with the default severity), 0 refused."
        " Severities in the file: “Unknown” (not known) = High (2 times)."
    )


def test_numbers_may_be_divided(given):
    features = [feature(mag=number) for number in (7, 5.5, "4", 3, 0)]
    job = carried_out(given("incidents", features, severity="mag", breaks=[6, 5, 4, 2.5], default=""))
    assert (job.state, severities()) == ("done", ["UR", "HI", "ME", "LO", "IN"])


def test_thresholds_of_areas_as_well(given):
    job = carried_out(given("areas", [feature("A", SQUARE, level="rot")], severity="level", default=""))
    assert (job.state, "“rot” (1 time)" in job.message) == ("failed", True)
    assert not AreaOfInterest.objects.exists()


def test_odd_words_are_quoted_without_what_no_database_stores(given):
    features = [feature(severity=odd) for odd in ("\0", "a\x1b[31m", "\ud800", "x" * 3_000_000)]
    job = carried_out(given("incidents", features, severity="severity", default=""))
    assert (job.state, "“a[31m” (1 time)" in job.message) == ("failed", True)
    assert len(job.message) < 1_500
