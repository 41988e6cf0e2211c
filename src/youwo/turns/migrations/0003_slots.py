"""Give each turn a slot of its own within its case; the release before writes turns without one."""

from django.db import migrations, models

import youwo.turns.models


class Migration(migrations.Migration):
    dependencies = [("turns", "0002_partial_indexes")]

    operations = [
        migrations.AddField(
            model_name="turn",
            name="slot",
            field=models.PositiveIntegerField(db_default=youwo.turns.models.AnySlot()),
        ),
    ]
