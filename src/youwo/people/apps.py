"""Django's entry for this package."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "youwo.people"
    label = "people"
