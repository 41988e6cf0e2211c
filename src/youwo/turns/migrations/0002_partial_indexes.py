"""Keep in each index of turns only those that it is asked for."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_compound_facts"),
        ("organizations", "0005_former_names"),
        ("turns", "0001_begin"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="turn",
            name="turns_turn_place",
        ),
        migrations.RemoveIndex(
            model_name="turn",
            name="turns_turn_role",
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("role", ""), _negated=True),
                fields=["role", "area", "due_at", "id"],
                name="turns_turn_place",
            ),
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("role", "worker")),
                fields=["due_at", "id"],
                name="turns_turn_worker",
            ),
        ),
    ]
