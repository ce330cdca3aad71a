from django.contrib import admin
from django.http import Http404
from django.urls import include, path
from django.views.defaults import page_not_found
from django.views.generic import RedirectView

from tracker.web.views.accounts import admin_sign_in

handler400 = "tracker.web.views.errors.bad_request"
handler403 = "tracker.web.views.errors.not_permitted"
handler404 = "tracker.web.views.errors.not_found"
handler500 = "tracker.web.views.errors.server_error"
urlpatterns = [
    path("admin/login/", admin_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),  # what guards ours guards it
    # No form of the administration asks here, and Django's view fails of input that lists take (any_input.py).
    path("admin/autocomplete/", page_not_found, {"exception": Http404()}),
    path("admin/", admin.site.urls),
    path("", include("tracker.web.urls")),
]
