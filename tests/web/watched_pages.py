"""Pages without the map on which people are on watch; of an incident, an area and an alert by their numbers."""

PAGES = [
    "/tracker/incident/",
    "/tracker/incident/{incident}/",
    "/tracker/incident/create/",
    "/tracker/incident/update/{incident}/",
    "/tracker/area_of_interest/",
    "/tracker/area_of_interest/{area}/",
    "/tracker/area_of_interest/create/",
    "/tracker/alert/",
    "/tracker/alert/{alert}/",
    "/tracker/job/",
    "/tracker/incident/report/",
    "/accounts/password_change/",
]
