"""Addresses of the figures."""

from django.urls import path

from youwo.web.insight import exports, facts, views

app_name = "insight"

urlpatterns = [
    path("figures/", views.here, name="figures"),
    path("figures/definitions/", views.definitions, name="definitions"),
    path("figures/facts/<int:pk>/", facts.fact, name="fact"),
    path("figures/<str:code>/", views.place, name="place"),
    path("figures/<str:code>/figures.xlsx", exports.table, name="table"),
    path("figures/<str:code>/<str:name>/", views.figure, name="figure"),
    path("figures/<str:code>/<str:name>/facts.xlsx", exports.facts, name="facts"),
]
