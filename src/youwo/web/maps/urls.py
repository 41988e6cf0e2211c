"""Addresses of what maps are drawn from."""

from django.urls import path

from youwo.web.maps import views

app_name = "maps"

urlpatterns = [
    path("maps/outlines.json", views.outlines, name="outlines"),
    path("maps/places.json", views.places, name="places"),
]
