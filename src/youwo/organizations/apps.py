"""Django's entry for this package."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "youwo.organizations"
    label = "organizations"

    def ready(self) -> None:
        """Say who reads what is told to a unit."""
        from youwo.notices import audiences
        from youwo.organizations import telling

        audiences.register(telling.UNITS, telling.acting_for)
