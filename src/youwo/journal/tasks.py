"""Sealing in the background."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from youwo.journal import actions


@task()
def seal_lines() -> int:
    """Seal the lines that have settled, and return how many seals that made."""
    return len(actions.seal(at=timezone.now()))
