"""Django's entry for this package."""

from django.apps import AppConfig


class AlmanacConfig(AppConfig):
    name = "youwo.almanac"
    label = "almanac"
