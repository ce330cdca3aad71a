"""Who gets what at every address of the site, by GET and by POST: what test_every_address.py holds the site to.

A column for each of ``ROLES``; addresses that answer alike stand together. ``in``: sent to the sign-in page; 302: sent
on to another page of the site. Where one of a row is answered 401 it is JSON that refuses. What is asked and posted
stands in one_of_each.py: a form that is taken from whoever may send it. Without a CSRF token every POST is refused.
"""

from typing import NamedTuple

ROLES = ("stranger", "outsider", "viewer", "operator", "staff", "officer", "admin")
# An outsider and staff are signed in, and have no permission; an officer is an operator and staff.


class Answers(NamedTuple):
    get: tuple[str, ...]
    post: tuple[str, ...]


#     stranger outsider viewer operator staff officer admin
TABLE = """
GET     in      403     200     200     403     200     200
POST    in      403     405     405     403     405     405
    /
    /tracker/incident/
    /tracker/incident/<int:pk>/
    /tracker/area_of_interest/
    /tracker/area_of_interest/<int:pk>/
    /tracker/alert/
    /tracker/alert/<int:pk>/
    /tracker/job/

GET     in      403     403     200     403     200     200
POST    in      403     403     302     403     302     302
    /tracker/incident/create/
    /tracker/incident/update/<int:pk>/
    /tracker/incident/delete/<int:pk>/
    /tracker/area_of_interest/create/
    /tracker/area_of_interest/update/<int:pk>/
    /tracker/area_of_interest/delete/<int:pk>/
    /tracker/job/import/

GET     in      403     403     302     403     302     302
POST    in      403     403     302     403     302     302
    /tracker/incident/close/
    /tracker/incident/reopen/
    /tracker/incident/undo_close/
    /tracker/area_of_interest/delete_chosen/

GET     401     403     200     200     403     200     200
POST    405     405     405     405     405     405     405
    /tracker/watch/waiting/
    /tracker/watch/changes/
    /tracker/incident/feature_collection/
    /tracker/area_of_interest/feature_collection/
    /tracker/alert/collection/

GET     401     403     200     200     403     200     200
POST    401     403     200     200     403     200     200
    /tracker/job/rows/

GET     405     405     405     405     405     405     405
POST    401     403     200     200     403     200     200
    /tracker/alert/acknowledge/
    /tracker/alert/take_back/
    /tracker/watch/read/
    /tracker/watch/session/

GET     405     405     405     405     405     405     405
POST    401     403     403     200     403     200     200
    /tracker/area_of_interest/back_test/

GET     405     405     405     405     405     405     405
POST    in      403     302     302     403     302     302
    /tracker/job/start/
    /tracker/job/export/
    /tracker/job/export_areas/

# The job is the viewer's; administrators see all jobs.
GET     in      403     200     404     403     404     200
POST    in      403     405     405     403     405     405
    /tracker/job/<int:pk>/
    /tracker/job/<int:pk>/result/

GET     405     405     405     405     405     405     405
POST    in      403     302     404     403     404     302
    /tracker/job/<int:pk>/cancel/
    /tracker/job/<int:pk>/again/

# For imports only, and this one is none.
GET     405     405     405     405     405     405     405
POST    in      403     404     404     403     404     404
    /tracker/job/<int:pk>/carry_out/
    /tracker/job/<int:pk>/undo/

# For anybody.
GET     200     200     200     200     200     200     200
POST    302     302     302     302     302     302     302
    /tracker/incident/report/
    /accounts/password_reset/

GET     200     200     200     200     200     200     200
POST    405     405     405     405     405     405     405
    /tracker/incident/report_success/
    /tracker/incident/nearby/
    /tracker/place/nearest/
    /tracker/place/search/
    /tracker/place/labels/
    /accounts/password_reset/done/
    /accounts/reset/done/
    /static/<path>
    /healthz

GET     405     405     405     405     405     405     405
POST    200     200     200     200     200     200     200
    /tracker/incident/also_reported/

GET     200     200     200     200     200     200     200
POST    200     200     200     200     200     200     200
    /accounts/reset/<uidb64>/<token>/

# Accounts.
GET     200     302     302     302     302     302     302
POST    302     302     302     302     302     302     302
    /accounts/login/

GET     in      200     200     200     200     200     200
POST    in      in      in      in      in      in      in
    /accounts/logout/
    /logout/

GET     in      200     200     200     200     200     200
POST    in      302     302     302     302     302     302
    /accounts/password_change/

GET     in      200     200     200     200     200     200
POST    in      405     405     405     405     405     405
    /accounts/password_change/done/

# The administration.
GET     in      in      in      in      200     200     200
POST    in      in      in      in      200     200     200
    /admin/

GET     in      403     403     403     in      in      in
POST    in      403     403     403     in      in      in
    /admin/login/

GET     302     302     302     302     405     405     405
POST    302     302     302     302     in      in      in
    /admin/logout/

GET     302     302     302     302     302     302     302
POST    302     302     302     302     302     302     302
    /admin/password_change/

GET     in      in      in      in      200     200     200
POST    in      in      in      in      405     405     405
    /admin/password_change/done/
    /admin/jsi18n/

GET     404     404     404     404     404     404     404
POST    404     404     404     404     404     404     404
    /admin/autocomplete/

GET     in      in      in      in      302     302     302
POST    in      in      in      in      302     302     302
    /admin/r/<path:content_type_id>/<path:object_id>/

GET     in      in      in      in      404     200     200
POST    in      in      in      in      404     200     200
    /admin/<app_label>/

GET     in      in      in      in      404     404     404
POST    in      in      in      in      404     404     404
    /admin/<url>

GET     in      in      in      in      403     200     200
POST    in      in      in      in      403     200     200
    /admin/tracker/incident/
    /admin/tracker/incident/<path:object_id>/history/
    /admin/tracker/areaofinterest/
    /admin/tracker/areaofinterest/<path:object_id>/history/
    /admin/tracker/alert/
    /admin/tracker/alert/<path:object_id>/history/

GET     in      in      in      in      403     200     200
POST    in      in      in      in      403     302     302
    /admin/tracker/incident/add/
    /admin/tracker/incident/<path:object_id>/change/
    /admin/tracker/incident/<path:object_id>/delete/
    /admin/tracker/areaofinterest/add/
    /admin/tracker/areaofinterest/<path:object_id>/change/
    /admin/tracker/areaofinterest/<path:object_id>/delete/

GET     in      in      in      in      403     200     200
POST    in      in      in      in      403     403     403
    /admin/tracker/alert/<path:object_id>/change/

GET     in      in      in      in      403     403     200
POST    in      in      in      in      403     403     200
    /admin/auth/group/
    /admin/auth/group/<path:object_id>/history/
    /admin/auth/user/
    /admin/auth/user/<path:object_id>/history/
    /admin/axes/accessattempt/
    /admin/axes/accessattempt/<path:object_id>/history/
    /admin/tracker/auditentry/
    /admin/tracker/auditentry/<path:object_id>/history/
    /admin/tracker/change/
    /admin/tracker/change/<path:object_id>/history/
    /admin/tracker/notification/
    /admin/tracker/notification/<path:object_id>/history/
    /admin/tracker/logstate/
    /admin/tracker/watchgap/
    /admin/tracker/logstate/<path:object_id>/history/
    /admin/tracker/watchgap/<path:object_id>/history/

GET     in      in      in      in      403     403     200
POST    in      in      in      in      403     403     302
    /admin/auth/group/add/
    /admin/auth/group/<path:object_id>/change/
    /admin/auth/group/<path:object_id>/delete/
    /admin/auth/user/add/
    /admin/auth/user/<path:object_id>/change/
    /admin/auth/user/<path:object_id>/delete/
    /admin/auth/user/<id>/password/
    /admin/axes/accessattempt/<path:object_id>/delete/

GET     in      in      in      in      403     403     200
POST    in      in      in      in      403     403     403
    /admin/axes/accessattempt/<path:object_id>/change/
    /admin/tracker/auditentry/<path:object_id>/change/
    /admin/tracker/change/<path:object_id>/change/
    /admin/tracker/notification/<path:object_id>/change/
    /admin/tracker/logstate/<path:object_id>/change/
    /admin/tracker/watchgap/<path:object_id>/change/

GET     in      in      in      in      403     403     403
POST    in      in      in      in      403     403     403
    /admin/axes/accessattempt/add/
    /admin/tracker/alert/add/
    /admin/tracker/alert/<path:object_id>/delete/
    /admin/tracker/auditentry/add/
    /admin/tracker/auditentry/<path:object_id>/delete/
    /admin/tracker/change/add/
    /admin/tracker/change/<path:object_id>/delete/
    /admin/tracker/notification/add/
    /admin/tracker/notification/<path:object_id>/delete/
    /admin/tracker/logstate/add/
    /admin/tracker/watchgap/add/
    /admin/tracker/logstate/<path:object_id>/delete/
    /admin/tracker/watchgap/<path:object_id>/delete/

# An address that leads on to the same with change/ behind it.
GET     in      in      in      in      302     302     302
POST    in      in      in      in      302     302     302
    /admin/auth/group/<path:object_id>/
    /admin/auth/user/<path:object_id>/
    /admin/axes/accessattempt/<path:object_id>/
    /admin/tracker/alert/<path:object_id>/
    /admin/tracker/areaofinterest/<path:object_id>/
    /admin/tracker/auditentry/<path:object_id>/
    /admin/tracker/change/<path:object_id>/
    /admin/tracker/incident/<path:object_id>/
    /admin/tracker/logstate/<path:object_id>/
    /admin/tracker/watchgap/<path:object_id>/
    /admin/tracker/notification/<path:object_id>/

# For who has METRICS_TOKEN; and what answers only to a WebSocket.
GET     401     401     401     401     401     401     401
POST    405     405     405     405     405     405     405
    /metrics

GET     404     404     404     404     404     404     404
POST    404     404     404     404     404     404     404
    /notifications/
"""


def read(table: str) -> dict[str, Answers]:
    rows: dict[str, Answers] = {}
    get: tuple[str, ...] = ()
    post: tuple[str, ...] = ()
    for line in table.splitlines():
        words = tuple(line.partition("#")[0].split())
        if words[:1] == ("GET",):
            get = words[1:]
        elif words[:1] == ("POST",):
            post = words[1:]
        elif words:
            (address,) = words
            assert address not in rows, f"{address} stands in the table twice."
            assert len(get) == len(post) == len(ROLES), f"Before {address} somebody's answer is missing."
            rows[address] = Answers(get, post)
    return rows


ROWS = read(TABLE)
