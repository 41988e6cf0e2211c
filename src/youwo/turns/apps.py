"""Django's entry for this package."""

from django.apps import AppConfig


class TurnsConfig(AppConfig):
    name = "youwo.turns"
    label = "turns"
