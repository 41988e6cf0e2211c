"""Django's entry for this package."""

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "youwo.capacity"
    label = "capacity"
