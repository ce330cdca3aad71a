from django.contrib import admin
from django.urls import include, path

from tracker.views.accounts import admin_sign_in

handler400 = "tracker.views.errors.bad_request"
handler403 = "tracker.views.errors.not_permitted"
handler404 = "tracker.views.errors.not_found"
handler500 = "tracker.views.errors.server_error"
urlpatterns = [
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("", include("tracker.urls")),
]
