"""The addresses of the pages, domain by domain."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("youwo.web.home.urls")),
]
