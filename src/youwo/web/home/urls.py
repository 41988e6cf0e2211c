"""Addresses of the front door."""

from django.urls import path

from youwo.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("this-year/", views.this_year, name="this_year"),
    path("place/", views.place, name="place"),
    path("look/", views.look, name="look"),
    path("language/", views.language, name="language"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
