from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from tracker.views.accounts import admin_sign_in

handler400 = "tracker.views.errors.bad_request"
handler500 = "tracker.views.errors.server_error"
urlpatterns = [
    path("admin/login/", admin_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),  # what guards ours guards it
    path("admin/", admin.site.urls),
    path("", include("tracker.urls")),
]
