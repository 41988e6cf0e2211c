"""Let a slot of a case hold one turn; the index that keeps it so also finds the turns of a case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("turns", "0004_numbered")]

    operations = [
        migrations.AddConstraint(
            model_name="turn",
            constraint=models.UniqueConstraint(
                fields=("subject_label", "subject_key", "slot"), name="turns_turn_slot"
            ),
        ),
        migrations.RemoveIndex(model_name="turn", name="turns_turn_subject"),
    ]
