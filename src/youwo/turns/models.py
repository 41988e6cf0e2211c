"""Turns: what waits for somebody, since when and until when. One row for each thing to be done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Func, Q, QuerySet

from youwo.areas.models import Area
from youwo.organizations.models import Organization
from youwo.people.models import Person, Role

SPARE = Q(role="", organization__isnull=True, person__isnull=True)
_WORDLESS = Q(kind="", reference="", title="", detail="", barred="")


class AnySlot(Func):
    """Some slot far beyond those that acts give: two turns of a case hardly ever get the same.

    For rows that are written without one.
    """

    template = "(1000000 + CAST(floor(random() * 1000000000) AS integer))"
    arity = 0
    output_field = models.PositiveIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Say it in SQLite's way, where random() is any whole number."""
        template = "(1000000 + (random() & 536870911))"
        return self.as_sql(compiler, connection, template=template, **context)


class TurnManager(models.Manager["Turn"]):
    """Leaves out spare rows: they are nobody's turn."""

    def get_queryset(self) -> QuerySet[Turn]:
        return super().get_queryset().filter(~SPARE)


class Turn(models.Model):
    """That it is somebody's turn with a case: a role's in a place, a unit's, or one person's.

    Written with the change of the case and gone with it: a case is true by itself, and its turns
    follow from it. They hold what a line of the queue shows, so that one list serves every kind of
    case.

    A case keeps its rows from act to act. Those that it needs no more are spare: nobody's, and
    without a word, until it needs them again or they are deleted.
    """

    # What is to be done: "wish.review". The pages know its words and where it is done.
    kind = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=40)
    # Which of the turns of its case it is; each act numbers them anew, from nought.
    slot = models.PositiveIntegerField(db_default=AnySlot())
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

    objects = TurnManager()
    with_spare = models.Manager["Turn"]()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["subject_label", "subject_key", "slot"], name="turns_turn_slot"
            ),
            models.CheckConstraint(
                condition=(SPARE & _WORDLESS)
                | Q(role="", organization__isnull=True, person__isnull=False)
                | Q(role="", organization__isnull=False, person__isnull=True)
                | (~Q(role="") & Q(organization__isnull=True, person__isnull=True)),
                name="turns_turn_of_somebody",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
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
