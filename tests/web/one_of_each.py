"""A site with one row of each kind, the people who may ask for it, and a form for every address that takes one."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from tests import make
from tests.conftest import signed_in
from tracker.audit import record
from tracker.models import Alert, AreaOfInterest, AuditEntry, Change, Incident, Job, LogState, Notification, WatchGap

PASSWORD = "a long enough passphrase"
HERE = '{"type":"Point","coordinates":[10,50]}'


GIVEN = {
    "outsider": ["none"],
    "viewer": [],
    "operator": ["Operator"],
    "staff": ["none"],
    "officer": ["Operator"],
    "admin": ["admin"],
}
STAFF = {"staff", "officer"}


class OneOfEach:
    """The rows are nobody's who asks, but for the job, which is the viewer's."""

    def __init__(self, sender: str):
        """*sender*: the address from which all of them ask."""
        self.sender = sender
        self.people = {role: self.person(role) for role in GIVEN}
        self.sessions: dict[str, str] = {}
        self.rows: dict[type[Model], Any] = {}
        self.make_rows()

    @staticmethod
    def person(role: str):
        more = {"is_staff": True} if role in STAFF else {}
        return make.person(role, *GIVEN[role], **more)

    def make_rows(self) -> None:
        """Make those that are not there, or not any more."""
        for model, new in ROWS_OF.items():
            if model not in self.rows or not model._base_manager.filter(pk=self.rows[model].pk).exists():
                self.rows[model] = new(self)

    @property
    def alert(self) -> Alert:
        return self.rows[Alert]

    def client(self, role: str, **options: Any) -> Client:
        """A browser of somebody of this role, as it is after signing in."""
        client = Client(REMOTE_ADDR=self.sender, **options)
        if role != "stranger":
            if role not in self.sessions:
                self.sessions[role] = signed_in(self.people[role]).cookies["sessionid"].value
            client.cookies["sessionid"] = self.sessions[role]
        return client

    def path(self, address: str) -> str:
        """The address with the row, and the question, that it is about."""
        model = next((model for start, model in OF.items() if address.startswith(start)), None)
        if address.startswith("/admin/") and address.split("/")[2] in apps.app_configs:
            app, name = address.split("/")[2:4]
            model = apps.get_model(app, name)
        number = str(self.rows[model].pk) if model else ""
        for parameter in ("<int:pk>", "<path:object_id>", "<id>"):
            address = address.replace(parameter, number)
        for parameter, value in {
            "<path:content_type_id>": str(ContentType.objects.get_for_model(Incident).pk),
            "<app_label>": "tracker",
            "<url>": "no-such-page",
            "<uidb64>/<token>": "MQ/no-such-token",
            "<path>": "one.css",
        }.items():
            address = address.replace(parameter, value)
        return address + QUESTIONS.get(address, "")

    def form(self, address: str, role: str) -> dict[str, Any]:
        """What is posted: a form that would be taken, where there is one; else nothing."""
        form = FORMS[address](self) if address in FORMS else {}
        return form | {"old_password": role} if "new_password1" in form else form


def a_job(here: OneOfEach) -> Job:
    job = make.job(here.people["viewer"], "done", result_name="them.geojson")
    job.result.save("them.geojson", ContentFile(b"{}"), save=False)
    job.result.close()
    Job.objects.filter(pk=job.pk).update(result=job.result.name)
    return job


def an_entry(here: OneOfEach) -> AuditEntry:
    record.record(record.Action.SIGNED_IN, subject="user", number=1, name="somebody")
    return AuditEntry.objects.latest("pk")


def an_attempt(here: OneOfEach) -> AccessAttempt:
    return AccessAttempt.objects.create(
        username="nina", ip_address="10.0.0.1", attempt_time=timezone.now(), failures_since_start=1
    )


ROWS_OF: dict[type[Model], Callable[[OneOfEach], Model]] = {
    AreaOfInterest: lambda here: make.area("Harbour"),
    Incident: lambda here: make.public_incident("Oil spill"),
    Alert: lambda here: make.alerts_of(here.rows[Incident])[0],
    Job: a_job,
    AuditEntry: an_entry,
    AccessAttempt: an_attempt,
    Change: lambda here: Change.objects.latest("pk"),
    Notification: lambda here: Notification.objects.latest("pk"),
    LogState: lambda here: LogState.current(),
    WatchGap: lambda here: WatchGap.objects.create(
        since=timezone.now() - timedelta(hours=2), until=timezone.now() - timedelta(hours=1)
    ),
    Group: lambda here: Group.objects.get_or_create(name="Guests")[0],
    get_user_model(): lambda here: make.person("nina"),
}
OF: dict[str, type[Model]] = {
    "/tracker/incident/": Incident,
    "/tracker/area_of_interest/": AreaOfInterest,
    "/tracker/alert/": Alert,
    "/tracker/job/": Job,
    "/admin/r/": Incident,
}
QUESTIONS = {
    "/tracker/place/nearest/": "?latitude=50&longitude=10",
    "/tracker/incident/nearby/": "?latitude=50&longitude=10",
    "/tracker/place/labels/": "?bbox=9,49,11,51&zoom=8",
    "/tracker/job/rows/": "?newest",
    "/admin/autocomplete/": "?app_label=auth&model_name=user&field_name=groups",
}


def incident(here: OneOfEach) -> dict[str, Any]:
    return {"name": "Typed", "severity": "LO", "latitude": "1", "longitude": "2", "submission": str(uuid.uuid4())}


def area(here: OneOfEach) -> dict[str, Any]:
    return {"name": "Drawn", "severity": "ME", "polygon": make.around(make.HOME).geojson}


def in_admin(here: OneOfEach) -> dict[str, Any]:
    return {"name": "Typed", "severity": "LO", "location": HERE}


def yes(here: OneOfEach) -> dict[str, Any]:
    return {"post": "yes"}


def new_password(here: OneOfEach) -> dict[str, Any]:
    return dict.fromkeys(("new_password1", "new_password2"), PASSWORD)


FORMS: dict[str, Callable[[OneOfEach], dict[str, Any]]] = {
    "/tracker/incident/create/": incident,
    "/tracker/incident/update/<int:pk>/": incident,
    "/tracker/incident/report/": incident,
    "/tracker/incident/close/": lambda here: {"incident": here.alert.incident_id},
    "/tracker/incident/reopen/": lambda here: {"incident": here.alert.incident_id},
    "/tracker/incident/undo_close/": lambda here: {"closed_at": here.alert.raised.isoformat()},
    "/tracker/incident/also_reported/": lambda here: {
        "incident": here.alert.incident_id,
        "latitude": "50",
        "longitude": "10",
    },
    "/tracker/area_of_interest/create/": area,
    "/tracker/area_of_interest/update/<int:pk>/": area,
    "/tracker/area_of_interest/back_test/": lambda here: {"polygon": make.around(make.HOME).geojson},
    "/tracker/alert/acknowledge/": lambda here: {"alert": here.alert.pk},
    "/tracker/alert/take_back/": lambda here: {"alert": here.alert.pk},
    "/tracker/job/start/": lambda here: {"kind": "try_it"},
    "/tracker/job/export/": lambda here: {"format": "geojson"},
    "/tracker/job/import/": lambda here: {
        "what": "import_incidents",
        "file": ContentFile(b'{"type":"FeatureCollection","features":[]}', name="none.geojson"),
        "name": "name",
        "default": "IN",
    },
    "/tracker/watch/read/": lambda here: {"since": here.alert.raised.isoformat()},
    "/accounts/login/": lambda here: {"username": "viewer", "password": "viewer"},
    "/accounts/password_reset/": lambda here: {"email": "nobody@example.org"},
    "/accounts/password_change/": new_password,
    "/admin/password_change/": new_password,
    "/admin/tracker/incident/add/": in_admin,
    "/admin/tracker/incident/<path:object_id>/change/": in_admin,
    "/admin/tracker/areaofinterest/add/": area,
    "/admin/tracker/areaofinterest/<path:object_id>/change/": area,
    "/admin/auth/group/add/": lambda here: {"name": "Drivers"},
    "/admin/auth/group/<path:object_id>/change/": lambda here: {"name": "Drivers"},
    "/admin/auth/user/add/": lambda here: {
        "username": "nora",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    },
    "/admin/auth/user/<path:object_id>/change/": lambda here: {
        "username": "nora",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "12:00",
    },
    "/admin/auth/user/<id>/password/": lambda here: {
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
    },
    **{
        f"/admin/{model}/<path:object_id>/delete/": yes
        for model in (
            "auth/group", "auth/user", "tracker/incident", "tracker/areaofinterest", "tracker/alert",
            "tracker/auditentry", "tracker/change", "tracker/notification", "tracker/logstate", "axes/accessattempt",
            "tracker/watchgap",
        )
    },
}  # fmt: skip
