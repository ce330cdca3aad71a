"""Every page that people meet, with something on it to see."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from tests import make
from tests.live_site import Site
from tracker.models import Alert, Incident, Job
from tracker.models.severity import Severity


@dataclass
class Visit:
    """A page and who looks at it; None: anybody."""

    name: str
    path: str
    user: User | None


def visits(site: Site) -> list[Visit]:
    """Fill the site with some of everything, and say what there is to look at."""
    admin = site.make_user("anna", "admin", first_name="Anna", last_name="Admin")
    area = make.area("Harbour", severity=Severity.LOW)
    for number, severity in enumerate(Severity):
        incident = make.incident(f"Incident {severity.label}", (10 + number / 100, 50), severity, place="near the quay")
    make.incident("Closed one", closed=True)
    make.area("A place that is far away and has a long name", make.box(-60, -30, -59, -29))
    alert = make.first(Alert.objects.all())
    incident = Incident.objects.get(pk=alert.incident_id)
    incident.description = "Smoke over the roofs.\nTwo streets are closed."
    incident.save()
    ended = {"owner": admin, "finished": timezone.now(), "total": 20, "started": timezone.now()}
    Job.objects.create(kind="try_it", name="Count", state=Job.State.CANCELLED, message="Cancelled.", done=7, **ended)
    job = Job.objects.create(
        kind="import_incidents",
        name="Import incidents: a_file_with_a_name_that_is_as_long_as_one_piece_of_it_can_be_without_a_break.geojson",
        state=Job.State.DONE,
        message="20 features: 18 imported (3 repaired), 2 refused.",
        problems=[[3, "The latitude of 91 is out of range."], [None, "The feature has no geometry."]],
        problem_count=2,
        done=20,
        **ended,
    )
    return [
        Visit("live map", "/", admin),
        Visit("incidents", "/tracker/incident/", admin),
        Visit("incidents, none fits", "/tracker/incident/?q=nothing+like+it", admin),
        Visit("incident", f"/tracker/incident/{incident.pk}/", admin),
        Visit("new incident", "/tracker/incident/create/", admin),
        Visit("edit incident", f"/tracker/incident/update/{incident.pk}/", admin),
        Visit("delete incident", f"/tracker/incident/delete/{incident.pk}/", admin),
        Visit("areas", "/tracker/area_of_interest/", admin),
        Visit("area", f"/tracker/area_of_interest/{area.pk}/", admin),
        Visit("new area", "/tracker/area_of_interest/create/", admin),
        Visit("edit area", f"/tracker/area_of_interest/update/{area.pk}/", admin),
        Visit("alerts", "/tracker/alert/", admin),
        Visit("alert", f"/tracker/alert/{alert.pk}/", admin),
        Visit("jobs", "/tracker/job/", admin),
        Visit("job", f"/tracker/job/{job.pk}/", admin),
        Visit("import", "/tracker/job/import/", admin),
        Visit("change password", "/accounts/password_change/", admin),
        Visit("no such page", "/tracker/incident/999999/", admin),
        Visit("report", "/tracker/incident/report/", None),
        Visit("thank-you", "/tracker/incident/report_success/", None),
        Visit("sign in", "/accounts/login/", None),
        Visit("forgot password", "/accounts/password_reset/", None),
    ]
