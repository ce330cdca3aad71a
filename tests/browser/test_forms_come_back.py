"""What was typed comes back: after a session that was over, a sign-in of somebody else, a lost network, a page left.

Every form of the site and of the administration; to who typed it, and to nobody else.
"""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests import make
from tests.browser.report_page import BREST, PHONE, SEND, set_the_pin
from tests.live_site import PASSWORD
from tests.web.addresses import ROLES, ROWS
from tests.web.one_of_each import OneOfEach
from tracker.models import AreaOfInterest, Incident, Job

pytestmark = pytest.mark.once

CREATE = "/tracker/incident/create/"
AREA = "/tracker/area_of_interest/create/"
IMPORT = "/tracker/job/import/"
ADMIN = ROLES.index("admin")
# Nobody types there anything but passwords, which are not kept; or is asked yes or no.
NOT_TYPED = ("/delete/", "/password_change/", "/password/", "/password_reset/", "/report/", "/login/")
FORMS = [
    address
    for address, answers in ROWS.items()
    if (answers.get[ADMIN], answers.post[ADMIN]) == ("200", "302") and not any(part in address for part in NOT_TYPED)
]

FORM = "form[method=post]:has(textarea[name], input[type=text][name], input[type=file][name])"
TYPE_EVERYWHERE = """(form) => {
  const shapes = {
    polygon: '{"type":"Polygon","coordinates":[[[10,50],[11,50],[11,51],[10,50]]]}',
    location: '{"type":"Point","coordinates":[10.5,50.5]}', latitude: "50.5", longitude: "10.5", accuracy_m: "12",
  };
  for (const field of form.elements) {
    if (!field.name || /^(csrf|initial-|submission|version|draft|_)/.test(field.name)) continue;
    const chosen = document.getElementById(field.id.replace(/_from$/, "_to"));
    if (field.id.endsWith("_from")) {
      for (const option of [...field.options].slice(0, 3)) option.selected = true;
      SelectBox.move(field.id, chosen.id);
    }
    else if (field.matches("select[multiple]")) for (const option of field.options) option.selected = true;
    else if (field.matches("select")) field.selectedIndex = field.options.length - 1;
    else if (field.type === "checkbox") field.checked = !field.checked;
    else if (field.type === "radio") field.checked = true;
    else if (field.name in shapes) field.value = shapes[field.name];
    else if (field.matches("textarea, input[type=text], input[type=email], input:not([type])"))
      field.value = field.value || `Typed ${field.name}`;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}"""
VALUES = """(form) => Object.fromEntries([...form.elements]
  .filter(({ name, type }) => name && !/^(csrf|draft|_)|_old$/.test(name)
    && !/^(password|file|submit|button)$/.test(type))
  .map((field) => [`${field.name} ${/radio|checkbox/.test(field.type) ? field.value : ""}`,
    /radio|checkbox/.test(field.type) ? field.checked
      : field.matches("select[multiple]") ? [...field.options].filter((o) => field.id.endsWith("_to") || o.selected)
          .map(({ value }) => value).sort()
      : field.value]))"""


@pytest.fixture(autouse=True)
def _pages_without_a_session(watch):
    """What a page asks for whose session is over, or ends while it is asking, is refused."""
    watch.excused += ["401", "403", "400"]


def end_session() -> None:
    Session.objects.all().delete()


def sign_in(page, name: str) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def fill_in(page, name: str = "Burst pipe") -> None:
    page.locator("#id_name").fill(name)
    page.locator("#id_description").fill("Two cellars.\nThe road is ice.")
    page.locator("#id_latitude").fill("50.25")
    page.locator("#id_longitude").fill("10.5")
    page.get_by_role("radio", name="Urgent").check(force=True)


def expect_filled_in(page, name: str = "Burst pipe") -> None:
    expect(page.locator("#id_name")).to_have_value(name)
    expect(page.locator("#id_description")).to_have_value("Two cellars.\nThe road is ice.")
    expect(page.locator("#id_latitude")).to_have_value("50.25")
    expect(page.locator("#id_longitude")).to_have_value("10.5")
    expect(page.get_by_role("radio", name="Urgent")).to_be_checked()


def save(page) -> None:
    page.get_by_role("button", name=re.compile("(Report|Save) the incident")).first.click()


def note(page):
    return page.locator(".draft-note")


# --- every form ---


@pytest.mark.parametrize("address", FORMS)
def test_every_form_comes_back_after_signing_in_again(live_site, open_page, address):
    here = OneOfEach("127.0.0.1")
    path = here.path(address)
    page = open_page(path, live_site.make_user("adam", "admin"))
    form = page.locator(FORM)
    page.wait_for_load_state("networkidle")
    form.evaluate(TYPE_EVERYWHERE)
    typed = form.evaluate(VALUES)
    end_session()
    form.evaluate("(form) => form.requestSubmit()")
    expect(page.locator("[data-kept]")).to_be_visible()
    sign_in(page, "adam")
    page.wait_for_url(lambda url: url.endswith(path))
    expect(note(page)).to_contain_text("What you typed before is still here")
    assert form.evaluate(VALUES) == typed


# --- the session is over ---


def test_an_incident_is_saved_once_after_signing_in_again(live_site, open_page, olga):
    page = open_page(CREATE, olga)
    fill_in(page)
    end_session()
    save(page)
    sign_in(page, "olga")
    expect_filled_in(page)
    expect(page.locator(".pin")).to_be_visible()
    save(page)
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    incident = Incident.objects.get()
    assert (incident.name, incident.severity, incident.location.coords) == ("Burst pipe", "UR", (10.5, 50.25))
    assert incident.reported_by == olga
    page.goto(CREATE)
    expect(page.locator("#id_name")).to_have_value("")
    expect(note(page)).to_have_count(0)


def test_an_area_comes_back_with_its_shape_on_the_map(live_site, open_page, olga):
    page = open_page(AREA, olga)
    page.get_by_label("Name").fill("Quay")
    page.locator("#id_polygon").fill(make.box(10, 50, 10.5, 50.5).geojson)
    page.get_by_label("Severity threshold").select_option("UR")
    expect(page.locator("#back-test")).to_contain_text("This shape at Urgent")
    end_session()
    page.get_by_role("button", name="Save the area").click()
    sign_in(page, "olga")
    expect(page.get_by_label("Name")).to_have_value("Quay")
    expect(page.get_by_label("Severity threshold")).to_have_value("UR")
    expect(page.locator("#back-test")).to_contain_text("This shape at Urgent")  # so it is on the map
    page.get_by_role("button", name="Save the area").click()
    page.wait_for_url(re.compile(r"/tracker/area_of_interest/\d+/$"))
    assert AreaOfInterest.objects.get().polygon.extent == (10, 50, 10.5, 50.5)


def test_an_incident_in_the_administration(live_site, open_page):
    adam = live_site.make_user("adam", "admin")
    page = open_page("/admin/tracker/incident/add/", adam)
    page.locator("#id_name").fill("Burst pipe")
    page.locator("#id_location").fill('{"type":"Point","coordinates":[10.5,50.25]}')
    end_session()
    page.get_by_role("button", name="Save", exact=True).click()
    sign_in(page, "adam")
    expect(page.locator("#id_name")).to_have_value("Burst pipe")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("/admin/tracker/incident/$"))
    assert Incident.objects.get().location.coords == (10.5, 50.25)
    page.goto("/admin/tracker/incident/add/")
    expect(page.locator("#id_name")).to_have_value("")


def test_a_file_has_to_be_chosen_again_and_its_name_is_said(live_site, open_page, olga):
    page = open_page(IMPORT, olga)
    file = {"name": "areas of the harbour.geojson", "mimeType": "text/plain", "buffer": b"{}"}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("#id_name").fill("title")
    end_session()
    page.get_by_role("button", name="Import").click()
    sign_in(page, "olga")
    expect(note(page)).to_contain_text("Choose the file again")
    expect(note(page)).to_contain_text("“areas of the harbour.geojson”")
    expect(page.locator("#id_name")).to_have_value("title")
    assert not Job.objects.exists()


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(live_site, open_page, olga, watch):
    watch.excused.append("409")
    incident = make.incident("Pipe")
    page = open_page(f"/tracker/incident/update/{incident.pk}/", olga)
    fill_in(page)
    end_session()
    incident.severity = "LO"
    incident.save()
    save(page)
    sign_in(page, "olga")
    expect_filled_in(page)
    save(page)
    expect(page.get_by_role("heading", name="Somebody else was quicker")).to_be_visible()
    expect_filled_in(page)


def test_words_for_a_row_that_is_gone_come_back_in_the_form_of_a_new_one(live_site, open_page, olga, watch):
    watch.excused.append("404")
    incident = make.incident("Pipe")
    page = open_page(f"/tracker/incident/update/{incident.pk}/", olga)
    fill_in(page)
    incident.delete()
    save(page)
    end_session()
    page.get_by_role("button", name="Save it as a new incident").click()
    sign_in(page, "olga")
    expect_filled_in(page)


# --- somebody else has signed in meanwhile ---


def test_another_person_does_not_see_it_and_who_typed_it_does(live_site, open_page, olga):
    live_site.make_user("otto", "Operator")
    page = open_page(CREATE, olga)
    fill_in(page)
    end_session()
    save(page)
    sign_in(page, "otto")
    page.wait_for_url(re.compile(CREATE))
    expect(note(page)).to_contain_text("Somebody else had typed")
    expect(page.locator("#id_name")).to_have_value("")
    assert "Burst pipe" not in page.content()
    page.locator("#id_name").fill("Otto's own")
    page.locator("#account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(CREATE)
    sign_in(page, "olga")
    expect_filled_in(page)


def test_a_form_of_one_person_is_not_saved_as_another(live_site, open_page, olga):
    live_site.make_user("otto", "Operator")
    page = open_page(CREATE, olga)
    fill_in(page)
    other = page.context.new_page()
    other.goto("/accounts/login/?again")
    sign_in(other, "otto")
    other.wait_for_url("**/")
    save(page)
    expect(page.get_by_text("typed by somebody else than otto")).to_be_visible()
    assert not Incident.objects.exists()
    page.get_by_role("link", name="Sign in as who typed it").click()
    sign_in(page, "olga")
    expect_filled_in(page)


@pytest.mark.parametrize("gone", ["the session", "every cookie"])
def test_a_token_that_is_too_old(live_site, open_page, olga, gone):
    page = open_page(CREATE, olga)
    fill_in(page)
    if gone == "the session":
        end_session()
        other = page.context.new_page()
        other.goto("/accounts/login/")
        sign_in(other, "olga")
        other.wait_for_url("**/")
    else:
        page.context.clear_cookies()
    save(page)
    page.get_by_role("link", name="Back to the form").click()
    if gone == "every cookie":
        sign_in(page, "olga")
    expect_filled_in(page)
    save(page)
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    assert Incident.objects.get().name == "Burst pipe"


def test_a_report_with_a_token_that_is_too_old(open_page):
    page = open_page("/tracker/incident/report/", **PHONE, geolocation=BREST, permissions=[])
    page.locator("#id_name").fill("Burst pipe")
    set_the_pin(page)
    page.context.clear_cookies()
    page.get_by_role("button", name=SEND).tap()
    page.get_by_role("link", name="Back to the form").tap()
    expect(page.locator("#id_name")).to_have_value("Burst pipe")


# --- the network is gone; a page that is left ---


def test_without_a_network_the_page_stays_and_says_so(live_site, open_page, olga, watch):
    watch.excused.append("ERR_INTERNET_DISCONNECTED")
    page = open_page(CREATE, olga)
    fill_in(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    save(page)
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    expect_filled_in(page)
    page.context.set_offline(False)
    save(page)
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    assert Incident.objects.count() == 1


def test_a_server_that_does_not_answer(live_site, open_page, olga, watch):
    watch.excused += ["ERR_FAILED", "ERR_CONNECTION"]
    page = open_page(CREATE, olga)
    fill_in(page)
    page.route(f"**{CREATE}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    save(page)
    page.wait_for_url("chrome-error://**")
    page.goto(CREATE)
    expect_filled_in(page)
    page.unroute(f"**{CREATE}")
    save(page)
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    assert Incident.objects.count() == 1


def test_a_page_that_was_left_can_be_come_back_to(live_site, open_page, olga):
    incident = make.incident("Pipe")
    page = open_page(f"/tracker/incident/update/{incident.pk}/", olga)
    fill_in(page)
    page.get_by_role("link", name="Areas").first.click()
    page.wait_for_url("**/area_of_interest/")
    page.go_back()
    expect_filled_in(page)
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**/tracker/incident/{incident.pk}/")
    page.goto(f"/tracker/incident/update/{incident.pk}/")
    expect(page.locator("#id_name")).to_have_value("Pipe")


def test_start_afresh(live_site, open_page, olga):
    page = open_page(CREATE, olga)
    fill_in(page)
    page.goto("/tracker/incident/")
    page.goto(CREATE)
    expect_filled_in(page)
    page.get_by_role("button", name="Start afresh").click()
    expect(page.locator("#id_name")).to_have_value("")
    page.reload()
    expect(page.locator("#id_name")).to_have_value("")
    expect(note(page)).to_have_count(0)


def test_a_form_that_was_only_looked_at_says_nothing_afterwards(live_site, open_page, olga):
    area = make.area("Quay", make.box(10, 50, 10.5, 50.5))
    page = open_page(f"/tracker/area_of_interest/update/{area.pk}/", olga)
    expect(page.locator("#back-test")).to_contain_text("This shape")
    page.get_by_label("Name").click()
    page.goto("/tracker/area_of_interest/")
    page.goto(f"/tracker/area_of_interest/update/{area.pk}/")
    expect(page.locator("#back-test")).to_contain_text("This shape")
    expect(note(page)).to_have_count(0)


def test_what_was_saved_comes_back_by_going_back_and_makes_no_second_row(live_site, open_page, olga):
    page = open_page(CREATE, olga)
    fill_in(page)
    save(page)
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    page.go_back()
    expect_filled_in(page)
    save(page)
    page.wait_for_url(re.compile(r"/tracker/incident/\d+/$"))
    assert Incident.objects.count() == 1
