"""Addresses of the pages about problems. Voices are followed under `/follow/`, as wishes are."""

from django.urls import path

from youwo.web.problems import join, new, public, staff, voices

app_name = "problems"

urlpatterns = [
    path("problems/", public.index, name="index"),
    path("problems/new/", new.new, name="new"),
    path("problems/map/", public.on_map, name="map"),
    path("problems/points.json", public.points, name="points"),
    path("problems/catalogue/", public.catalogue, name="catalogue"),
    path("problems/voices/<str:reference>/photos/<int:pk>/", voices.photo, name="photo"),
    path("problems/<str:reference>/", public.detail, name="detail"),
    path("problems/<str:reference>/join/", join.join, name="join"),
    path("work/problems/", staff.index, name="staff-list"),
    path("work/problems/export/", staff.export, name="staff-export"),
    path("work/problems/new/", staff.enter, name="enter"),
    path("work/problems/voices/<str:reference>/", staff.voice, name="voice"),
    path("work/problems/voices/<str:reference>/reveal/", staff.reveal, name="reveal"),
    path("work/problems/<str:reference>/", staff.detail, name="staff"),
    path("work/problems/<str:reference>/<str:verb>/", staff.act, name="staff-act"),
]
