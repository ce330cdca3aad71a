from django.http import HttpResponse
from django.urls import path


def later(request, **kwargs):
    return HttpResponse("")


urlpatterns = [
    path("", later, name="live_map"),
    path("tracker/incident/<int:pk>/", later, name="incident_detail"),
    path("tracker/area_of_interest/<int:pk>/", later, name="area_detail"),
]
