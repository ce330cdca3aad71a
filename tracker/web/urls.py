from django.contrib.auth import views as auth
from django.urls import include, path

from tracker.web.views import (
    accounts,
    alerts,
    also_reported,
    areas,
    back_test,
    closing,
    collections,
    followed,
    incidents,
    jobs,
    live_map,
    nearby,
    places,
    reports,
    watch,
)

incident_patterns = [
    path("", incidents.IncidentListView.as_view(), name="incident_list"),
    path("<int:pk>/", incidents.IncidentDetailView.as_view(), name="incident_detail"),
    path("create/", incidents.IncidentCreateView.as_view(), name="incident_create"),
    path("update/<int:pk>/", incidents.IncidentUpdateView.as_view(), name="incident_update"),
    path("delete/<int:pk>/", incidents.IncidentDeleteView.as_view(), name="incident_delete"),
    path("close/", closing.CloseView.as_view(), name="incident_close"),
    path("reopen/", closing.ReopenView.as_view(), name="incident_reopen"),
    path("undo_close/", closing.UndoCloseView.as_view(), name="incident_undo_close"),
    path("feature_collection/", collections.incident_feature_collection, name="incident_feature_collection"),
    path("report/", reports.ReportView.as_view(), name="incident_report"),
    path("report_success/", reports.ReportSuccessView.as_view(), name="incident_report_success"),
    path("nearby/", nearby.nearby_incidents, name="incidents_nearby"),
    path("also_reported/", also_reported.also_reported, name="incident_also_reported"),
]
area_patterns = [
    path("", areas.AreaListView.as_view(), name="area_list"),
    path("<int:pk>/", areas.AreaDetailView.as_view(), name="area_detail"),
    path("create/", areas.AreaCreateView.as_view(), name="area_create"),
    path("update/<int:pk>/", areas.AreaUpdateView.as_view(), name="area_update"),
    path("delete/<int:pk>/", areas.AreaDeleteView.as_view(), name="area_delete"),
    path("delete_chosen/", areas.AreaDeleteChosenView.as_view(), name="area_delete_chosen"),
    path("feature_collection/", collections.area_feature_collection, name="area_feature_collection"),
    path("back_test/", back_test.area_back_test, name="area_back_test"),
]
alert_patterns = [
    path("", alerts.AlertListView.as_view(), name="alert_list"),
    path("<int:pk>/", alerts.AlertDetailView.as_view(), name="alert_detail"),
    path("collection/", collections.alert_collection, name="alert_collection"),
    path("acknowledge/", alerts.acknowledge, name="alert_acknowledge"),
    path("take_back/", alerts.take_back, name="alert_take_back"),
]
job_patterns = [
    path("", jobs.JobListView.as_view(), name="job_list"),
    path("<int:pk>/", jobs.JobDetailView.as_view(), name="job_detail"),
    path("<int:pk>/cancel/", jobs.cancel, name="job_cancel"),
    path("<int:pk>/again/", jobs.run_again, name="job_run_again"),
    path("<int:pk>/carry_out/", jobs.carry_out, name="job_carry_out"),
    path("<int:pk>/undo/", jobs.undo, name="job_undo"),
    path("<int:pk>/result/", jobs.ResultView.as_view(), name="job_result"),
    path("rows/", jobs.rows, name="job_rows"),
    path("start/", jobs.start, name="job_start"),
    path("export/", jobs.export, name="job_export"),
    path("export_areas/", jobs.export_areas, name="job_export_areas"),
    path("import/", jobs.ImportView.as_view(), name="job_import"),
]
account_patterns = [
    path("login/", accounts.SignInView.as_view(), name="login"),
    path("logout/", accounts.sign_out),
    path("password_change/", accounts.ChangePasswordView.as_view(), name="password_change"),
    path("password_change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password_reset/", accounts.ResetPasswordView.as_view(), name="password_reset"),
    path("password_reset/done/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("reset/<uidb64>/<token>/", accounts.SetPasswordView.as_view(), name="password_reset_confirm"),
    path("reset/done/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
urlpatterns = [
    path("", live_map.LiveMapView.as_view(), name="live_map"),
    path("tracker/watch/read/", live_map.gaps_read, name="watch_gaps_read"),
    path("tracker/watch/session/", watch.session, name="watch_session"),
    path("tracker/watch/waiting/", watch.waiting, name="watch_waiting"),
    path("tracker/watch/changes/", followed.changes, name="watch_changes"),
    path("tracker/incident/", include(incident_patterns)),
    path("tracker/area_of_interest/", include(area_patterns)),
    path("tracker/alert/", include(alert_patterns)),
    path("tracker/job/", include(job_patterns)),
    path("tracker/place/nearest/", places.nearest_place, name="nearest_place"),
    path("tracker/place/search/", places.search, name="place_search"),
    path("tracker/place/labels/", places.labels, name="place_labels"),
    path("accounts/", include(account_patterns)),
    path("logout/", accounts.sign_out, name="logout"),
]
