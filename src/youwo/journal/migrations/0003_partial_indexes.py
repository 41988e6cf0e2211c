"""Leave what the system did by itself out of the index by actor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_append_only"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="line",
            name="journal_line_actor",
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(
                condition=models.Q(("actor_key", ""), _negated=True),
                fields=["actor_label", "actor_key", "id"],
                name="journal_line_actor",
            ),
        ),
    ]
