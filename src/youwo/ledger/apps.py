"""Django's entry for this package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "youwo.ledger"
    label = "ledger"
