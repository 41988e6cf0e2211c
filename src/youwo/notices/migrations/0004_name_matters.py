"""The messages about cases are named for all that they are about."""

from django.db import migrations, models

KINDS = [
    ("case", "Matters I have a part in"),
    ("reminder", "Reminders before a deadline"),
    ("account", "My account and my enrolments"),
    ("digest", "My week at a glance"),
]


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_outgoing")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
        migrations.AlterField(
            model_name="preference",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
    ]
