"""Django's entry for this package."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "youwo.demo"
    label = "demo"
