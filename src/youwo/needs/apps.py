"""Django's entry for this package."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "youwo.needs"
    label = "needs"
