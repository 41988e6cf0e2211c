"""Collect the static files where they changed."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, call_command

from youwo.config import collected


class Command(BaseCommand):
    help = "Collect the static files, hashed and compressed, if they changed since the last time."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def handle(self, *args: Any, **options: Any) -> None:
        if collected.are_stale():
            call_command("collectstatic", interactive=False, verbosity=0)
            collected.note_collected()
