"""Django's entry for this package."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "youwo.organizations"
    label = "organizations"
