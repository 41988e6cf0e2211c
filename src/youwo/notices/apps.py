"""Django's entry for this package."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "youwo.notices"
    label = "notices"
