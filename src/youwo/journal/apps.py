"""Django's entry for this package."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "youwo.journal"
    label = "journal"
