"""Only of units that have answered at most one is responsible; so an answer changes all at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0005_intervals_that_meet"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="call",
            name="dispatch_call_one_is_responsible",
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(("responsible", True), ("status", "answered")),
                fields=("whistle",),
                name="dispatch_call_one_is_responsible",
            ),
        ),
    ]
