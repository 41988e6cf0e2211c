"""Addresses of compounds."""

from django.urls import path

from youwo.web.compounds import definitions, facts, views

app_name = "compounds"

urlpatterns = [
    path("compounds/", views.index, name="index"),
    path("compounds/export/", views.export, name="export"),
    path("compounds/definitions/", definitions.index, name="definitions"),
    path("compounds/<str:code>/", views.compound, name="compound"),
    path("compounds/<str:code>/facts/", facts.edit, name="facts"),
    path("compounds/<str:code>/facts/<int:key>/", facts.withdraw, name="withdraw"),
]
