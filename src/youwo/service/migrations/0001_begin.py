"""Joint meetings and service items."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import youwo.core.sealing


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("areas", "0001_begin"),
        ("needs", "0007_search_problems"),
        ("organizations", "0003_pairings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="JointMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=9, unique=True)),
                ("nonce", models.UUIDField(unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("called", "has been called"),
                            ("held", "being held"),
                            ("closed", "closed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="called",
                        max_length=10,
                    ),
                ),
                ("month", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="reason")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("place", models.CharField(max_length=60, verbose_name="place")),
                ("search_terms", models.TextField(blank=True, default="", editable=False)),
                ("called_at", models.DateTimeField()),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_why", models.CharField(blank=True, max_length=200)),
                (
                    "called_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="areas.area",
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=80)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "not talked about yet"),
                            ("item", "became a service item"),
                            ("reason", "not taken up, with a reason"),
                            ("rolled", "goes to the next meeting"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
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
                    "problem",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agenda_items",
                        to="needs.problem",
                    ),
                ),
                (
                    "rolled_from",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rolled_to",
                        to="service.agendaitem",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="service.jointmeeting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MeetingSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day_of_month", models.PositiveSmallIntegerField(verbose_name="day of the month")),
                ("begins", models.TimeField(verbose_name="time")),
                ("place", models.CharField(max_length=60, verbose_name="place")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("set_at", models.DateTimeField()),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting_series",
                        to="areas.area",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="jointmeeting",
            name="series",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="service.meetingseries",
            ),
        ),
        migrations.CreateModel(
            name="ServiceItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=9, unique=True)),
                ("nonce", models.UUIDField(unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("agreed", "agreed"),
                            ("started", "under way"),
                            ("delivered", "done, to be confirmed"),
                            ("closed", "closed"),
                            ("dropped", "dropped"),
                        ],
                        default="agreed",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="what is to be done")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("visits", "visits and help"),
                            ("lectures", "policy lectures"),
                            ("clean_ups", "clean-ups"),
                            ("troubles", "urgent daily troubles"),
                            ("health", "health and care"),
                            ("learning", "teaching and learning"),
                            ("culture", "culture and sport"),
                            ("safety", "safety"),
                            ("mediation", "mediation"),
                            ("other", "other service"),
                        ],
                        max_length=12,
                    ),
                ),
                ("due_on", models.DateField(verbose_name="until")),
                ("search_terms", models.TextField(blank=True, default="", editable=False)),
                ("agreed_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "accepted_by",
                    youwo.core.sealing.SealedTextField(
                        blank=True, default="", verbose_name="accepted by"
                    ),
                ),
                ("asked", models.CharField(blank=True, max_length=300)),
                (
                    "agenda_item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item",
                        to="service.agendaitem",
                    ),
                ),
                (
                    "agreed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_items",
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
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_items",
                        to="organizations.organization",
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_items",
                        to="needs.problem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="thing")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="quantity"),
                ),
                ("unit", models.CharField(max_length=12, verbose_name="unit")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resources",
                        to="service.serviceitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ItemHelper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="helped_items",
                        to="organizations.organization",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="helpers",
                        to="service.serviceitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nonce", models.UUIDField(unique=True)),
                ("occurred_on", models.DateField(verbose_name="day")),
                ("minutes", models.PositiveIntegerField(verbose_name="minutes")),
                ("people", models.PositiveIntegerField(verbose_name="number of people")),
                ("what", models.CharField(max_length=300, verbose_name="what was done")),
                ("recorded_at", models.DateTimeField()),
                ("source", models.CharField(blank=True, max_length=60)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_deliveries",
                        to="organizations.organization",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="service.serviceitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeliveryGoods",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=60, verbose_name="thing")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="quantity"),
                ),
                ("unit", models.CharField(max_length=12, verbose_name="unit")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goods",
                        to="service.delivery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="service_deliverygoods_some"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryHand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes", models.PositiveIntegerField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hands",
                        to="service.delivery",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_hands",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery", "person"), name="service_deliveryhand_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0)), name="service_deliveryhand_some"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "seat",
                    models.CharField(
                        choices=[
                            ("unit", "paired or enrolled unit"),
                            ("committee", "residents' committee"),
                            ("property", "property company"),
                            ("owners", "owners' committee"),
                            ("guest", "guest"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("none", "no answer yet"),
                            ("yes", "will come"),
                            ("no", "cannot come"),
                            ("deputy", "sends somebody else"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                (
                    "who",
                    youwo.core.sealing.SealedTextField(blank=True, default="", verbose_name="name"),
                ),
                ("words", models.CharField(blank=True, max_length=200)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("on_behalf", models.BooleanField(default=False)),
                ("came", models.BooleanField(null=True)),
                (
                    "answered_by",
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
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="organizations.organization",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="service.jointmeeting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "organization"), name="service_invitation_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organization__isnull", True), ("seat", "guest")),
                            models.Q(
                                models.Q(("seat", "guest"), _negated=True),
                                ("organization__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="service_invitation_guest_or_organization",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "none"), ("answered_at__isnull", True)),
                            models.Q(
                                models.Q(("answer", "none"), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="service_invitation_answered_at",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                fields=("meeting", "problem"), name="service_agendaitem_problem_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", "open"), ("decided_at__isnull", False), _connector="OR"
                ),
                name="service_agendaitem_decided_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "reason"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_agendaitem_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingseries",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("community",),
                name="service_meetingseries_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingseries",
            constraint=models.CheckConstraint(
                condition=models.Q(("day_of_month__gte", 1), ("day_of_month__lte", 31)),
                name="service_meetingseries_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="meetingseries",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="service_meetingseries_dates",
            ),
        ),
        migrations.AddIndex(
            model_name="jointmeeting",
            index=models.Index(fields=["-starts_at", "-id"], name="service_meeting_list"),
        ),
        migrations.AddIndex(
            model_name="jointmeeting",
            index=models.Index(
                fields=["community", "-starts_at", "-id"], name="service_meeting_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="jointmeeting",
            constraint=models.UniqueConstraint(
                fields=("series", "month"), name="service_jointmeeting_month_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="jointmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("month__isnull", False), ("series__isnull", False)),
                    models.Q(
                        ("month__isnull", True),
                        ("series__isnull", True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="service_jointmeeting_series_or_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["held", "closed"]), _negated=True),
                    ("held_at__isnull", False),
                    _connector="OR",
                ),
                name="service_jointmeeting_held_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(
                        models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="service_jointmeeting_closed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True),
                    models.Q(("cancelled_why", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_jointmeeting_cancelled_why",
            ),
        ),
        migrations.AddIndex(
            model_name="serviceitem",
            index=models.Index(fields=["-agreed_at", "-id"], name="service_item_list"),
        ),
        migrations.AddIndex(
            model_name="serviceitem",
            index=models.Index(
                fields=["community", "-agreed_at", "-id"], name="service_item_place"
            ),
        ),
        migrations.AddIndex(
            model_name="serviceitem",
            index=models.Index(
                fields=["organization", "-agreed_at", "-id"], name="service_item_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(
                        models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="service_serviceitem_closed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "delivered"), _negated=True),
                    ("delivered_at__isnull", False),
                    _connector="OR",
                ),
                name="service_serviceitem_delivered_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "dropped"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="service_serviceitem_dropped",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["agreed", "started", "delivered"])),
                fields=("problem",),
                name="service_serviceitem_carries_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="service_resource_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="itemhelper",
            constraint=models.UniqueConstraint(
                fields=("item", "organization"), name="service_itemhelper_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gt", 0), ("people__gt", 0)),
                name="service_delivery_some",
            ),
        ),
    ]
