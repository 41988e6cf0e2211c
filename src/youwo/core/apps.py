"""Django's entry for this package."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "youwo.core"
    label = "core"
