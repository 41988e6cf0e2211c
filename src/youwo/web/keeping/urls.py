"""Addresses of the pages about the city's tables."""

from django.urls import path

from youwo.web.keeping import catalogue, consents, days, hours, index, outside, places

app_name = "keeping"

urlpatterns = [
    path("work/keep/", index.index, name="index"),
    path("work/keep/calendar/", days.calendar, name="calendar"),
    path("work/keep/calendar/set/", days.set_days, name="set-days"),
    path("work/keep/calendar/clear/", days.clear_days, name="clear-days"),
    path("work/keep/hours/", hours.index, name="hours"),
    path("work/keep/hours/<int:key>/clear/", hours.clear, name="clear-hours"),
    path("work/keep/areas/", places.index, name="areas"),
    path("work/keep/areas/<str:code>/", places.area, name="area"),
    path("work/keep/areas/<str:code>/hours/", hours.set_hours, name="set-hours"),
    path("work/keep/areas/<str:code>/add/", places.add_compound, name="add-compound"),
    path("work/keep/areas/<str:code>/rename/", places.rename, name="rename"),
    path("work/keep/areas/<str:code>/end/", places.end, name="end"),
    path("work/keep/outside/", outside.index, name="outside"),
    path("work/keep/outside/add/", outside.add, name="add-matter"),
    path("work/keep/outside/<str:code>/", outside.change, name="matter"),
    path("work/keep/outside/<str:code>/switch/", outside.switch, name="switch-matter"),
    path("work/keep/catalogue/", catalogue.index, name="kinds"),
    path("work/keep/catalogue/add/", catalogue.add, name="add-kind"),
    path("work/keep/catalogue/<str:code>/", catalogue.change, name="kind"),
    path("work/keep/catalogue/<str:code>/switch/", catalogue.switch, name="switch-kind"),
    path("work/keep/consents/", consents.index, name="consents"),
    path("work/keep/consents/<str:purpose>/", consents.publish, name="publish"),
]
