"""Django's entry for this package."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "youwo.needs"
    label = "needs"

    def ready(self) -> None:
        """Say who reads what is told to the voices behind a problem."""
        from youwo.needs import telling
        from youwo.notices import audiences

        audiences.register(telling.VOICES, telling.voices_behind)
