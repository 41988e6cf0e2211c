"""What is to be told is written down before it is known who reads it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_name_matters")]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audience", models.CharField(max_length=12)),
                ("keys", models.JSONField()),
                ("but", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=12)),
                ("texts", models.JSONField()),
                ("link", models.CharField(blank=True, max_length=200)),
                ("cause", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField()),
                ("urgent", models.BooleanField(default=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
