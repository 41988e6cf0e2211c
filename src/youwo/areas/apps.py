"""Django's entry for this package."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "youwo.areas"
    label = "areas"
