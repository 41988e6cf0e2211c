"""The addresses of the pages, domain by domain."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("youwo.web.home.urls")),
    path("", include("youwo.web.people.urls")),
    path("", include("youwo.web.maps.urls")),
    path("", include("youwo.web.needs.urls")),
    path("", include("youwo.web.near.urls")),
    path("", include("youwo.web.service.urls")),
    path("", include("youwo.web.problems.urls")),
    path("", include("youwo.web.hearings.urls")),
    path("", include("youwo.web.work.urls")),
    path("", include("youwo.web.evaluation.urls")),
    path("", include("youwo.web.insight.urls")),
    path("", include("youwo.web.notices.urls")),
    path("", include("youwo.web.organizations.urls")),
    path("", include("youwo.web.keeping.urls")),
    path("", include("youwo.web.dispatch.urls")),
    path("", include("youwo.web.compounds.urls")),
    path("", include("youwo.web.pairings.urls")),
    path("", include("youwo.web.assets.urls")),
]
