"""Django's entry for this package."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "youwo.service"
    label = "service"
