"""Problems with the voices behind them, their catalogue, and hearings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import youwo.core.sealing


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_begin"),
        ("needs", "0005_board_in_order"),
        ("organizations", "0002_search"),
        ("people", "0002_index_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="handover",
            name="channel",
            field=models.CharField(
                choices=[
                    ("own", "online, by themselves"),
                    ("visit", "home visit"),
                    ("telephone", "telephone"),
                    ("box", "wish box"),
                    ("paper", "paper form"),
                    ("hearing", "hearing"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="photo",
            name="wish",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="needs.wish",
            ),
        ),
        migrations.AlterField(
            model_name="wish",
            name="channel",
            field=models.CharField(
                choices=[
                    ("own", "online, by themselves"),
                    ("visit", "home visit"),
                    ("telephone", "telephone"),
                    ("box", "wish box"),
                    ("paper", "paper form"),
                    ("hearing", "hearing"),
                ],
                default="own",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=9, unique=True)),
                ("nonce", models.UUIDField(unique=True)),
                ("held_on", models.DateField(verbose_name="day")),
                ("place", models.CharField(max_length=60, verbose_name="place")),
                ("topic", models.CharField(max_length=80, verbose_name="topic")),
                (
                    "consent_given_by",
                    models.CharField(
                        choices=[
                            ("self", "given by the person"),
                            ("spoken", "given in words to the worker"),
                            ("guardian", "given by the guardian"),
                        ],
                        default="spoken",
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "being taken down"), ("closed", "closed")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearings",
                        to="areas.area",
                    ),
                ),
                (
                    "consent_text",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.consenttext",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearings",
                        to="organizations.organization",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attendee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    youwo.core.sealing.SealedTextField(blank=True, default="", verbose_name="name"),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("resident", "resident"),
                            ("committee", "residents' committee"),
                            ("unit", "unit"),
                            ("property", "property company"),
                            ("owners", "owners' committee"),
                            ("other", "other"),
                        ],
                        default="resident",
                        max_length=10,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hearing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendees",
                        to="needs.hearing",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=9, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "waiting for review"),
                            ("open", "waiting for somebody to take it on"),
                            ("in_hand", "in hand"),
                            ("done", "waiting for the residents' word"),
                            ("closed", "closed"),
                            ("declined", "not possible"),
                            ("handed_over", "handed over outside"),
                            ("merged", "joined with another"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                (
                    "mover",
                    models.CharField(
                        choices=[
                            ("worker", "the community"),
                            ("carrier", "who took it on"),
                            ("resident", "the residents"),
                            ("nobody", "nobody"),
                        ],
                        default="worker",
                        max_length=10,
                    ),
                ),
                ("building", models.CharField(blank=True, max_length=60)),
                (
                    "longitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True),
                ),
                (
                    "latitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True),
                ),
                ("title", models.CharField(max_length=60)),
                ("public_title", models.CharField(blank=True, max_length=60)),
                ("public_text", models.TextField(blank=True, max_length=500)),
                ("search_terms", models.TextField(blank=True, default="", editable=False)),
                ("public_terms", models.TextField(blank=True, default="", editable=False)),
                ("received_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("asked", models.CharField(blank=True, max_length=300)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="areas.area",
                    ),
                ),
                (
                    "compound",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
                    ),
                ),
                (
                    "hearing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="needs.hearing",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="needs.problem",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="handover",
            name="problem",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hand_overs",
                to="needs.problem",
            ),
        ),
        migrations.CreateModel(
            name="ProblemKind",
            fields=[
                ("code", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("group", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=40, unique=True)),
                ("words", models.TextField(blank=True)),
                ("record", models.CharField(max_length=200)),
                ("opens", models.CharField(max_length=200)),
                ("hours", models.PositiveSmallIntegerField()),
                ("closes", models.CharField(max_length=200)),
                ("responsible", models.CharField(max_length=60)),
                (
                    "responsible_kind",
                    models.CharField(
                        choices=[
                            ("committee", "the residents' or village committee"),
                            ("property", "the property company"),
                            ("owners", "the owners' committee"),
                            ("town", "the town or sub-district"),
                            ("department", "a department of the county"),
                            ("utility", "a utility"),
                        ],
                        max_length=12,
                    ),
                ),
                ("duty", models.BooleanField(default=True)),
                ("urban", models.BooleanField(default=True)),
                ("rural", models.BooleanField(default=True)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["place", "code"], name="needs_problemkind_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hours__gt", 0)), name="needs_problemkind_takes_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("urban", True), ("rural", True), _connector="OR"),
                        name="needs_problemkind_is_somewhere",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="problem",
            name="kind",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="needs.problemkind",
            ),
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=9, unique=True)),
                ("nonce", models.UUIDField(unique=True)),
                ("said", models.TextField(max_length=1000)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("own", "online, by themselves"),
                            ("visit", "home visit"),
                            ("telephone", "telephone"),
                            ("box", "wish box"),
                            ("paper", "paper form"),
                            ("hearing", "hearing"),
                        ],
                        default="own",
                        max_length=10,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("satisfied", models.BooleanField(blank=True, null=True)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="needs.problem",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "voice",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report",
                        to="needs.voice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "waiting for review"),
                            ("open", "waiting for somebody to take it on"),
                            ("in_hand", "in hand"),
                            ("done", "waiting for the residents' word"),
                            ("closed", "closed"),
                            ("declined", "not possible"),
                            ("handed_over", "handed over outside"),
                            ("merged", "joined with another"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "mover",
                    models.CharField(
                        choices=[
                            ("worker", "the community"),
                            ("carrier", "who took it on"),
                            ("resident", "the residents"),
                            ("nobody", "nobody"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("into_since", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges_into",
                        to="needs.problem",
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="needs.problem",
                    ),
                ),
                ("reports", models.ManyToManyField(related_name="merges", to="needs.report")),
            ],
        ),
        migrations.CreateModel(
            name="HearingLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("nonce", models.UUIDField(unique=True)),
                (
                    "what",
                    models.CharField(
                        choices=[("wish", "wish"), ("problem", "problem"), ("note", "note")],
                        max_length=8,
                    ),
                ),
                ("said", models.TextField(max_length=1000)),
                (
                    "name",
                    youwo.core.sealing.SealedTextField(blank=True, default="", verbose_name="name"),
                ),
                (
                    "phone",
                    youwo.core.sealing.SealedTextField(
                        blank=True, default="", verbose_name="phone number"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=30)),
                ("building", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("typed", "typed"),
                            ("taken", "taken up"),
                            ("dropped", "left out"),
                        ],
                        default="typed",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "compound",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="areas.area",
                    ),
                ),
                (
                    "hearing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="needs.hearing",
                    ),
                ),
                (
                    "wish",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearing_line",
                        to="needs.wish",
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearing_line",
                        to="needs.report",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="photo",
            name="report",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="needs.report",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("report__isnull", False), ("wish__isnull", True)),
                    models.Q(("report__isnull", True), ("wish__isnull", False)),
                    _connector="OR",
                ),
                name="needs_photo_of_one_case",
            ),
        ),
        migrations.AddIndex(
            model_name="hearing",
            index=models.Index(fields=["-held_on", "-id"], name="needs_hearing_latest"),
        ),
        migrations.AddIndex(
            model_name="hearing",
            index=models.Index(fields=["community", "-held_on", "-id"], name="needs_hearing_place"),
        ),
        migrations.AddConstraint(
            model_name="hearing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(("closed_at__isnull", True), ("status", "open")),
                    _connector="OR",
                ),
                name="needs_hearing_closed_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendee",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)),
                fields=("hearing", "person"),
                name="needs_attendee_once",
            ),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(fields=["mover", "due_at", "id"], name="needs_problem_due_first"),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                fields=["community", "status", "-accepted_at", "-id"], name="needs_problem_place"
            ),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                condition=models.Q(("compound__isnull", False)),
                fields=["compound", "status"],
                name="needs_problem_compound",
            ),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                condition=models.Q(("accepted_at__isnull", False)),
                fields=["-accepted_at", "-id"],
                name="needs_problem_accepted",
            ),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(fields=["-received_at", "-id"], name="needs_problem_received"),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                fields=["community", "-received_at", "-id"], name="needs_problem_received_in"
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("status", "merged")),
                    models.Q(
                        models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="needs_problem_merged_into_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="needs_problem_not_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["open", "in_hand", "done", "closed"]), _negated=True),
                    models.Q(
                        ("accepted_at__isnull", False),
                        models.Q(("public_title", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="needs_problem_public_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["declined", "handed_over"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="needs_problem_end_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("status__in", ["closed", "declined", "handed_over"]),
                    ),
                    models.Q(
                        models.Q(
                            ("status__in", ["closed", "declined", "handed_over"]), _negated=True
                        ),
                        ("closed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="needs_problem_end_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(("mover", "nobody"), ("due_at__isnull", False), _connector="OR"),
                name="needs_problem_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                    _connector="OR",
                ),
                name="needs_problem_point_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("satisfied__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("satisfied__isnull", False)),
                    _connector="OR",
                ),
                name="needs_report_answer_has_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("problem",),
                name="needs_merge_stands_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("problem", models.F("into")), _negated=True),
                name="needs_merge_not_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["received", "open"])),
                name="needs_merge_of_what_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="hearingline",
            constraint=models.UniqueConstraint(
                fields=("hearing", "number"), name="needs_hearingline_one_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="hearingline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("wish__isnull", True), ("what", "wish"), _connector="OR"),
                    models.Q(("report__isnull", True), ("what", "problem"), _connector="OR"),
                ),
                name="needs_hearingline_becomes_what_it_is",
            ),
        ),
    ]
