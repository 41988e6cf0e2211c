"""Dated facts about compounds, and which definition of a status the city goes by."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_begin"),
    ]

    operations = [
        migrations.CreateModel(
            name="DefinitionChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=30)),
                ("version", models.PositiveSmallIntegerField()),
                ("starts_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "starts_on"), name="areas_definitionchoice_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CompoundFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("managing_body", "managing body"),
                            ("property_company", "property company"),
                            ("owners_committee", "owners' committee"),
                            ("guard", "guard"),
                            ("fence", "fence"),
                            ("cameras", "cameras"),
                            ("fire_equipment", "fire equipment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("present", models.BooleanField()),
                ("detail", models.CharField(blank=True, max_length=80, verbose_name="in words")),
                ("starts_on", models.DateField(verbose_name="since")),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200)),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="areas.area",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["area", "id"], name="areas_compoundfact_place"),
                    models.Index(
                        fields=["kind", "present", "area"], name="areas_compoundfact_kind"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("area", "kind", "starts_on"),
                        name="areas_compoundfact_once_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=("area", "kind"),
                        name="areas_compoundfact_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gt", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="areas_compoundfact_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_reason", "")),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawn_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="areas_compoundfact_withdrawn_why",
                    ),
                ],
            },
        ),
    ]
