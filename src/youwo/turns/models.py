"""Turns: what waits for somebody, since when and until when. One row for each thing to be done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from youwo.areas.models import Area
from youwo.organizations.models import Organization
from youwo.people.models import Person, Role


class Turn(models.Model):
    """That it is somebody's turn with a case: a role's in a place, a unit's, or one person's.

    Written with the change of the case and gone with it: a case is true by itself, and its turns
    follow from it. They hold what a line of the queue shows, so that one list serves every kind of
    case.
    """

    # What is to be done: "wish.review". The pages know its words and where it is done.
    kind = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    # What the address of the case's page needs.
    reference = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    detail = models.CharField(max_length=160, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="turns", db_index=False
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="turns", db_index=False
    )
    # Who must leave it to others, because they did what is to be judged: " person.3 unit.12 ".
    barred = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(role="", organization__isnull=True, person__isnull=False)
                | Q(role="", organization__isnull=False, person__isnull=True)
                | (~Q(role="") & Q(organization__isnull=True, person__isnull=True)),
                name="turns_turn_of_somebody",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["subject_label", "subject_key"], name="turns_turn_subject"),
            # The queue of one place, and that of a worker for a whole county.
            models.Index(
                fields=["role", "area", "due_at", "id"],
                condition=~Q(role=""),
                name="turns_turn_place",
            ),
            models.Index(
                fields=["due_at", "id"], condition=Q(role="worker"), name="turns_turn_worker"
            ),
            models.Index(
                fields=["organization", "due_at", "id"],
                condition=Q(organization__isnull=False),
                name="turns_turn_unit",
            ),
            models.Index(
                fields=["person", "due_at", "id"],
                condition=Q(person__isnull=False),
                name="turns_turn_person",
            ),
        ]
