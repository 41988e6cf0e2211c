"""Assets, their history and inspections; and the index of their words."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import youwo.core.sealing
from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_compound_facts"),
        ("organizations", "0004_plans"),
        ("service", "0003_clocked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Asset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=9, unique=True)),
                ("nonce", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="thing")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="quantity"),
                ),
                ("unit", models.CharField(max_length=12, verbose_name="unit")),
                (
                    "place",
                    models.CharField(blank=True, max_length=60, verbose_name="where exactly"),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="where it comes from"
                    ),
                ),
                ("handed_over_on", models.DateField(verbose_name="handed over on")),
                ("received_on", models.DateField(blank=True, null=True)),
                (
                    "received_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("signature", "signed on the handover sheet"),
                            ("confirmed", "confirmed by the keeper online"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "receiver",
                    youwo.core.sealing.SealedTextField(
                        blank=True, default="", verbose_name="who received it"
                    ),
                ),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("inspect_every_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("next_inspection_on", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("in_use", "in use"),
                            ("repair", "to be repaired"),
                            ("retired", "taken out of use"),
                        ],
                        default="in_use",
                        max_length=8,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("search_terms", models.TextField(blank=True, default="", editable=False)),
                ("recorded_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="areas.area",
                    ),
                ),
                (
                    "delivery_goods",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="service.deliverygoods",
                    ),
                ),
                (
                    "keeper_organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_assets",
                        to="organizations.organization",
                    ),
                ),
                (
                    "keeper_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_assets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "split_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="service.asset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AssetEvent",
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
                            ("handed_over", "handed over"),
                            ("entered", "entered by hand"),
                            ("received", "received"),
                            ("split", "split"),
                            ("moved", "moved"),
                            ("scheduled", "dates changed"),
                            ("sound", "inspected: in order"),
                            ("broken", "found broken"),
                            ("repaired", "repaired"),
                            ("retired", "taken out of use"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=2, max_digits=10)),
                ("place", models.CharField(blank=True, max_length=60)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="service.asset",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "keeper_organization",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "keeper_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nonce", models.UUIDField(unique=True)),
                ("on", models.DateField(verbose_name="day")),
                ("sound", models.BooleanField(verbose_name="in order")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="in words")),
                ("at", models.DateTimeField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="service.asset",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["area", "-id"], name="service_asset_place"),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("next_inspection_on__isnull", False), ("status", "in_use")),
                fields=["next_inspection_on", "id"],
                name="service_asset_due",
            ),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(
                    ("expires_on__isnull", False), ("status__in", ["in_use", "repair"])
                ),
                fields=["expires_on", "id"],
                name="service_asset_expires",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="service_asset_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("keeper_organization__isnull", True),
                    ("keeper_person__isnull", True),
                    _connector="OR",
                ),
                name="service_asset_one_keeper",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("delivery_goods__isnull", False),
                    models.Q(("source", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_asset_has_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("received_how", ""), ("received_on__isnull", True)),
                    models.Q(
                        ("received_on__isnull", False),
                        models.Q(("received_how", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="service_asset_received_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "in_use"), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="service_asset_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("inspect_every_months__isnull", True),
                    models.Q(("inspect_every_months__gte", 1), ("inspect_every_months__lte", 120)),
                    _connector="OR",
                ),
                name="service_asset_inspected_every",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("next_inspection_on__isnull", True),
                    models.Q(
                        ("inspect_every_months__isnull", False),
                        ("status__in", ["in_use", "repair"]),
                    ),
                    _connector="OR",
                ),
                name="service_asset_inspected_while_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sound", True), models.Q(("note", ""), _negated=True), _connector="OR"
                ),
                name="service_inspection_broken_says_what",
            ),
        ),
        index_terms("service_asset"),
    ]
