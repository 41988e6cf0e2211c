"""Django's entry for this package."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "youwo.insight"
    label = "insight"
