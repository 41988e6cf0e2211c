"""Checking and importing uploaded tables, and working plans out, in the background."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from youwo.organizations import imports
from youwo.organizations.models import Import, Plan
from youwo.organizations.planning import working


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


@task()
def work_out_plan(key: int) -> None:
    """Work out who looks after which place."""
    working.work_out(Plan.objects.get(pk=key), at=timezone.now())
