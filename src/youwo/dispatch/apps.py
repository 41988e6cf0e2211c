"""Django's entry for this package."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "youwo.dispatch"
    label = "dispatch"
