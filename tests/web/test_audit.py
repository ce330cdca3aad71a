"""The audit record as people make it, by the site's own pages; and as administrators read it."""

import json
from datetime import datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.conftest import signed_in
from tests.web.odd_input import MARKUP, no_markup
from tests.web.page import Page
from tests.web.test_accounts import LOGIN, LOGOUT, NEW, link_in, sign_in
from tracker.models import AuditEntry, Job
from tracker.web.admin.read_only import BoundedPaginator

LIST = "/admin/tracker/auditentry/"
JOBS = "/tracker/job/"
HERE = '{"type":"Point","coordinates":[10,50]}'


class Record:
    """What is added to the audit record from here on."""

    def __init__(self):
        self.since = AuditEntry.objects.values_list("pk", flat=True).first() or 0

    @property
    def entries(self) -> list[AuditEntry]:
        return list(AuditEntry.objects.filter(pk__gt=self.since).order_by("pk"))

    @property
    def told(self) -> list[tuple]:
        """Each entry in short: what, by whom, and of what by its name."""
        return [(entry.action, entry.who, entry.name) for entry in self.entries]


@pytest.fixture
def record(viewer, operator, admin, alert) -> Record:
    """With people, and an alert about the incident “Oil spill” in the area “Harbour”."""
    return Record()


# --- signing in and out --------------------------------------------------------------------------------------------


def test_signing_in_and_out(record, reporter, fresh_address, viewer):
    responses = [sign_in(reporter, "vera", "vera"), reporter.post(LOGOUT)]
    assert record.told == [("signed_in", "vera", ""), ("signed_out", "vera", "")]
    for entry, response in zip(record.entries, responses, strict=True):
        assert (entry.by, entry.address) == (viewer.pk, fresh_address)
        assert entry.request == response["X-Request-ID"] != ""
        assert abs(entry.at - timezone.now()) < timedelta(minutes=1)
    reporter.post(LOGOUT)  # nobody is signed in
    assert len(record.entries) == 2


def test_failures_and_the_lock_out_and_nothing_of_what_comes_after_it(record, reporter, fresh_address):
    for _n in range(20):
        sign_in(reporter, "vera", "wrong")
    assert record.told == [("sign_in_failed", "", "vera")] * 5 + [("locked_out", "", "vera")]
    assert {entry.address for entry in record.entries} == {fresh_address}
    assert record.entries[-1].details == {"locked": "name"}


def test_an_address_that_has_to_wait(record, reporter, settings):
    settings.SIGN_IN_RATE = "3/hour"
    for n in range(9):
        sign_in(reporter, f"name-{n}", "wrong")
    assert [action for action, *_rest in record.told] == ["sign_in_failed"] * 3 + ["locked_out"]
    assert record.entries[-1].details == {"locked": "address"}


def test_what_is_no_name_at_all_is_no_failure(record, reporter):
    for name in ("", "x" * 151, "a\0b"):
        sign_in(reporter, name, "wrong")
    assert record.entries == []


def test_the_address_is_the_proxys_word_behind_one_and_else_the_connections(record, settings):
    client = Client(REMOTE_ADDR="10.1.1.1", headers={"X-Forwarded-For": "198.51.100.1, 2001:db8::7"})
    sign_in(client, "nobody", "wrong")
    settings.BEHIND_PROXY = True
    sign_in(client, "nobody", "wrong")
    assert [entry.address for entry in record.entries] == ["10.1.1.1", "2001:db8::7"]


# --- accounts ------------------------------------------------------------------------------------------------------


def test_a_new_password(record, viewer, viewer_client):
    fields = {"old_password": "vera", "new_password1": NEW, "new_password2": NEW}
    assert viewer_client.post("/accounts/password_change/", fields).status_code == 302
    assert [(e.action, e.who, e.name, e.details) for e in record.entries] == [
        ("signed_in", "vera", "", {}),  # of the fixture
        ("password_changed", "vera", "vera", {}),
    ]


def test_a_password_set_by_mail_is_by_nobody(mails, record, viewer, reporter, fresh_address):
    viewer.email = "vera@example.org"
    viewer.save()
    reporter.post(reverse("password_reset"), {"email": viewer.email})
    form = reporter.get(link_in(mails()[0]).partition("8000")[2], follow=True)
    reporter.post(form.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    entry = record.entries[-1]
    assert (entry.action, entry.who, entry.name) == ("password_changed", "", "vera")
    assert (entry.number, entry.address) == (viewer.pk, fresh_address)


def test_an_account_in_the_administration(record, admin_client):
    add = reverse("admin:auth_user_add")
    admin_client.post(add, {"username": "nora", "password1": NEW, "password2": NEW, "usable_password": "true"})
    nora = record.entries[-1].number
    change = reverse("admin:auth_user_change", args=[nora])
    fields = Page(admin_client.get(change)).fields | {"email": "n@example.org", "is_staff": "on"}
    group, permission = Group.objects.get(name="Operator"), Permission.objects.get(codename="add_alert")
    fields |= {"groups": str(group.pk), "user_permissions": str(permission.pk)}
    fields.pop("is_active")
    assert admin_client.post(change, fields).status_code == 302
    admin_client.post(
        reverse("admin:auth_user_password_change", args=[nora]), {"password1": NEW + "!", "password2": NEW + "!"}
    )
    admin_client.post(reverse("admin:auth_user_delete", args=[nora]), {"post": "yes"})
    about_nora = [entry for entry in record.entries if entry.subject == "user"]
    assert {(entry.who, entry.name, entry.number) for entry in about_nora} == {("admin", "nora", nora)}
    assert all(entry.address == "127.0.0.1" and entry.request for entry in about_nora)
    assert [(entry.action, entry.details) for entry in about_nora] == [
        ("user_created", {}),
        ("permissions_changed", {"groups added": ["Viewer"]}),
        ("user_changed", {"changed": {"email": ["", "n@example.org"]}}),
        ("permissions_changed", {"changed": {"is_staff": [False, True]}}),
        ("user_disabled", {}),
        ("permissions_changed", {"groups removed": ["Viewer"]}),
        ("permissions_changed", {"groups added": ["Operator"]}),
        ("permissions_changed", {"permissions added": ["tracker.add_alert"]}),
        ("password_changed", {}),
        ("user_deleted", {}),
    ]


def test_the_permissions_of_a_group_in_the_administration(record, admin_client):
    group = Group.objects.get(name="Viewer")
    one = Permission.objects.get(codename="view_incident")
    admin_client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "Viewer", "permissions": one.pk})
    entry = record.entries[-1]
    assert (entry.action, entry.who, entry.subject, entry.name) == ("permissions_changed", "admin", "group", "Viewer")
    assert sorted(entry.details["permissions removed"]) == [
        "tracker.acknowledge_alert",
        "tracker.view_alert",
        "tracker.view_areaofinterest",
    ]


# --- incidents, areas, alerts --------------------------------------------------------------------------------------


def test_incidents_and_areas_by_the_pages(record, alert, operator_client, reporter, fresh_address):
    incident, area = alert.incident, alert.area
    typed = {"name": "Fire", "severity": "HI", "description": "", "location": HERE, "place": ""}
    reporter.post("/tracker/incident/report/", typed)
    operator_client.post(reverse("incident_create"), typed | {"name": "Flood"})
    form = reverse("incident_update", args=[incident.pk])
    assert operator_client.post(form, Page(operator_client.get(form)).fields | {"name": "Oil"}).status_code == 302
    operator_client.post(reverse("incident_close"), {"incident": incident.pk})
    operator_client.post(reverse("incident_reopen"), {"incident": incident.pk})
    operator_client.post(reverse("incident_delete", args=[incident.pk]))
    shape = make.around(make.HOME).geojson
    operator_client.post(reverse("area_create"), {"name": "Town", "severity": "HI", "polygon": shape})
    form = reverse("area_update", args=[area.pk])
    assert operator_client.post(form, Page(operator_client.get(form)).fields | {"severity": "LO"}).status_code == 302
    operator_client.post(reverse("area_delete", args=[area.pk]))
    assert record.told[1:] == [
        ("incident_created", "", "Fire"),
        ("incident_created", "olga", "Flood"),
        ("incident_changed", "olga", "Oil"),
        ("incident_closed", "olga", "Oil"),
        ("incident_reopened", "olga", "Oil"),
        ("incident_deleted", "olga", "Oil"),
        ("area_created", "olga", "Town"),
        ("area_changed", "olga", "Harbour"),
        ("area_deleted", "olga", "Harbour"),
    ]
    assert record.entries[1].address == fresh_address
    assert all(entry.request for entry in record.entries[1:])


def test_an_alert_is_acknowledged(record, alert, viewer_client):
    for _time in range(2):
        viewer_client.post(reverse("alert_acknowledge"), {"alert": alert.pk})
    assert record.told[1:] == [("alert_acknowledged", "vera", "Oil spill – Harbour")]


def test_what_is_refused_leaves_no_entry(record, alert, viewer_client, stranger_client):
    viewer_client.post(reverse("incident_close"), {"incident": alert.incident_id})
    viewer_client.post(reverse("incident_delete", args=[alert.incident_id]))
    stranger_client.post(reverse("alert_acknowledge"), {"alert": alert.pk})
    stranger_client.post("/tracker/incident/report/", {"name": ""})
    assert len(record.entries) == 1  # the fixture's sign-in


# --- imports and exports -------------------------------------------------------------------------------------------


def test_an_export_is_told_when_it_is_started_and_each_time_it_is_taken(record, viewer_client):
    viewer_client.post(f"{JOBS}export/", {"format": "csv"})
    job = Job.objects.get()
    assert viewer_client.get(f"{JOBS}{job.pk}/result/").status_code == 404  # there is none yet
    job.result_name = "incidents.csv"
    job.result.save("x", SimpleUploadedFile("x", b"1,2"))
    for _time in range(2):
        response = viewer_client.get(f"{JOBS}{job.pk}/result/")
        assert async_to_sync(whole)(response) == b"1,2"
    assert (
        record.told[1:]
        == [("export_started", "vera", "Export incidents")] + [("export_downloaded", "vera", "incidents.csv")] * 2
    )
    assert {entry.number for entry in record.entries[1:]} == {job.pk}


def test_an_import_is_told_when_it_is_given(record, operator_client):
    file = SimpleUploadedFile("it.geojson", b"{}")
    fields = {"what": "import_areas", "name": "n", "default": "HI", "file": file}
    assert operator_client.post(f"{JOBS}import/", fields).status_code == 302
    assert operator_client.post(f"{JOBS}import/", fields | {"name": ""}).status_code == 200
    assert record.told[1:] == [("import_started", "olga", "Import areas: it.geojson")]


async def whole(response) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


# --- the administration --------------------------------------------------------------------------------------------


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(LIST + query)
    assert response.status_code == 200, query
    return [entry.action for entry in response.context["cl"].result_list]


def test_it_is_read_only_for_administrators_too(record, admin_client):
    entry = make.first(AuditEntry.objects.all())
    own = reverse("admin:tracker_auditentry_change", args=[entry.pk])
    delete = reverse("admin:tracker_auditentry_delete", args=[entry.pk])
    before = list(AuditEntry.objects.values())
    page = Page(admin_client.get(own))
    assert not page.all("input", name="_save")
    assert not page.all("input", name="action")
    assert not Page(admin_client.get(LIST)).all("select", name="action")
    assert admin_client.get(f"{LIST}add/").status_code == 403
    for address, fields in ((f"{LIST}add/", {}), (own, {"who": "other"}), (delete, {"post": "yes"})):
        assert admin_client.post(address, fields).status_code == 403
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert list(AuditEntry.objects.values()) == before


def test_only_who_has_the_permission_reads_it(record):
    staff = make.person("stella", "none", "view_incident", "view_alert", is_staff=True)
    client = signed_in(staff)
    assert client.get(LIST).status_code == 403
    assert "audit" not in Page(client.get("/admin/")).text.lower()
    make.grant(staff, "view_auditentry")
    assert shown(client)
    assert signed_in(make.person("oskar", "Operator", is_staff=True)).get(LIST).status_code == 403


def test_it_is_searched_and_filtered(record, operator, admin_client, reporter, fresh_address):
    sign_in(reporter, "mallory", "wrong")
    sign_in(reporter, "olga", "olga")
    reporter.post("/tracker/incident/close/", {"incident": record.entries[-1].pk + 10**6})
    AuditEntry.objects.create(action="pruned", at=timezone.now() - timedelta(days=40))
    today, yesterday = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    assert shown(admin_client, "?q=mallory") == ["sign_in_failed"]
    assert shown(admin_client, f"?q={fresh_address}") == ["signed_in", "sign_in_failed"]
    assert shown(admin_client, f"?q={record.entries[1].request}") == ["sign_in_failed"]
    assert shown(admin_client, "?action__exact=pruned") == ["pruned"]
    assert shown(admin_client, f"?by={operator.pk}") == ["signed_in"]
    assert shown(admin_client, "?by=999999999") == []
    assert "pruned" not in shown(admin_client, f"?since={yesterday}")
    assert shown(admin_client, f"?until={yesterday}") == ["pruned"]
    assert shown(admin_client, f"?until={today}&since={today}&action__exact=sign_in_failed") == ["sign_in_failed"]
    page = Page(admin_client.get(f"{LIST}?until={today}&since={today}&action__exact=sign_in_failed"))
    fields = {e["name"]: e["value"] for e in page.all("input") if any("days-filter" in o.classes for o in e.inside)}
    assert fields == {"since": str(today), "until": str(today), "action__exact": "sign_in_failed"}


@pytest.mark.parametrize(
    "query", ["by=x", "by=-1", "by=" + "9" * 40, "since=x", "until=2026-13-45", "since=0001-01-01"]
)
def test_what_is_no_filter_is_left_out(query, record, admin_client):
    response = admin_client.get(f"{LIST}?{query}", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain


def test_the_days_are_the_sites(record, settings, admin_client):
    settings.TIME_ZONE = "Pacific/Auckland"
    late = timezone.make_aware(datetime(2026, 3, 12, 23, 30))
    AuditEntry.objects.create(action="pruned", at=late)
    assert shown(admin_client, "?since=2026-03-12&until=2026-03-12") == ["pruned"]
    assert shown(admin_client, "?since=2026-03-13&until=2026-03-13") == []


def test_a_long_record_is_not_counted(record, admin_client, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "MOST", 250)
    AuditEntry.objects.bulk_create([AuditEntry(action="signed_in", who=f"p{n}") for n in range(300)])
    with CaptureQueriesContext(connection) as captured:
        response = admin_client.get(LIST)
    counts = [q["sql"] for q in captured if "COUNT(" in q["sql"] and "tracker_auditentry" in q["sql"]]
    assert counts
    assert all("LIMIT 250" in sql for sql in counts)
    assert response.context["cl"].result_count == 250
    assert response.context["cl"].paginator.num_pages == 3


def test_the_list_takes_the_same_queries_for_few_and_for_many(record, admin_client, queries):
    few = queries(admin_client, LIST)
    AuditEntry.objects.bulk_create([AuditEntry(action="signed_in", by=n, who=f"p{n}") for n in range(90)])
    assert queries(admin_client, LIST) == few


def test_markup_is_text(record, admin, admin_client, reporter):
    admin.first_name, admin.email = MARKUP[:100], "a@example.org"
    admin.save()
    Group.objects.create(name=MARKUP[:100])
    sign_in(reporter, MARKUP, "wrong")
    make.incident(MARKUP)
    AuditEntry.objects.create(action="signed_in", by=7, who=MARKUP, request="x")
    assert len([entry for entry in record.entries if "xss-probe" in json.dumps([entry.name, entry.who])]) >= 4
    no_markup(Page(admin_client.get(LIST)))
    no_markup(Page(admin_client.get(LIST, {"q": MARKUP, "since": "2020-01-01"})))
    for entry in record.entries:
        page = Page(admin_client.get(reverse("admin:tracker_auditentry_change", args=[entry.pk])))
        no_markup(page)
    assert "xss-probe" in page.text


def test_the_details_are_told_in_words(record, admin_client, viewer):
    viewer.email = "v@example.org"
    viewer.save()
    own = reverse("admin:tracker_auditentry_change", args=[record.entries[-1].pk])
    assert "email: → v@example.org" in Page(admin_client.get(own)).text


def test_signing_in_at_the_sign_in_page_takes_few_queries(record, reporter):
    with CaptureQueriesContext(connection) as captured:
        assert reporter.post(LOGIN, {"username": "vera", "password": "vera"}).status_code == 302
    assert len([q for q in captured if "tracker_auditentry" in q["sql"]]) == 1
