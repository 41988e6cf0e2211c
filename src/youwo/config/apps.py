"""Django's entry for this package."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "youwo.config"
    label = "config"
