"""Django's entry for this package."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "youwo.web"
    label = "web"
