"""Checking and importing uploaded tables in the background."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from youwo.organizations import imports
from youwo.organizations.models import Import


@task()
def check_import(key: int) -> None:
    """Make the dry run of an uploaded table."""
    imports.check_row(
        Import.objects.select_related("area", "started_by").get(pk=key), timezone.now()
    )


@task()
def run_import(key: int) -> None:
    """Import the good rows of a checked table."""
    imports.run(Import.objects.select_related("area", "started_by").get(pk=key), timezone.now())
