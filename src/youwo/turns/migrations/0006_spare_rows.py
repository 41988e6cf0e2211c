"""Allow rows that are nobody's turn and say nothing: a case may need them again."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("turns", "0005_one_turn_in_a_slot")]

    operations = [
        migrations.RemoveConstraint(model_name="turn", name="turns_turn_of_somebody"),
        migrations.AddConstraint(
            model_name="turn",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(
                        ("organization__isnull", True),
                        ("person__isnull", True),
                        ("role", ""),
                        ("barred", ""),
                        ("detail", ""),
                        ("kind", ""),
                        ("reference", ""),
                        ("title", ""),
                    ),
                    Q(
                        ("organization__isnull", True),
                        ("person__isnull", False),
                        ("role", ""),
                    ),
                    Q(
                        ("organization__isnull", False),
                        ("person__isnull", True),
                        ("role", ""),
                    ),
                    Q(
                        Q(("role", ""), _negated=True),
                        ("organization__isnull", True),
                        ("person__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="turns_turn_of_somebody",
            ),
        ),
    ]
