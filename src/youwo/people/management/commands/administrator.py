"""`youwo administrator USERNAME`: appoint somebody who keeps the roles of an area."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from youwo.areas.models import Area
from youwo.core.clock import local_day
from youwo.core.refused import Refused
from youwo.people import actions
from youwo.people.models import Person, Role


class Command(BaseCommand):
    help = "Make an account that keeps the roles of an area: the first of a new installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="Name; by default the user name.")
        parser.add_argument("--area", default=settings.CITY, help="Code; by default the city.")

    def handle(self, *args: Any, username: str, name: str, area: str, **options: Any) -> None:
        at = timezone.now()
        place = Area.objects.filter(pk=area).first()
        if place is None:
            raise CommandError(
                _("There is no place with the code %(code)s yet. Load the areas first.")
                % {"code": area}
            )
        password = getpass(_("Password for %(username)s: ") % {"username": username})
        try:
            validate_password(password, Person(username=username))
            with transaction.atomic():
                person = actions.create(
                    name=name or username, username=username, password=password, by=None, at=at
                )
                actions.grant(
                    person,
                    role=Role.ADMINISTRATOR,
                    area=place,
                    starts_on=local_day(at),
                    by=None,
                    at=at,
                )
        except (Refused, ValidationError) as refused:
            sentences = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            raise CommandError(" ".join(sentences)) from refused
        self.stdout.write(
            _("%(username)s is an administrator of %(area)s.")
            % {"username": username, "area": place.name}
        )
