"""Items say who moved them last, and whether what keeps their time has still to look."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_compound_facts"),
        ("needs", "0009_hearing_lines"),
        ("organizations", "0006_tables_of_compounds"),
        ("service", "0006_search_items"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="serviceitem",
            name="moved_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="to_follow",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["item"],
                name="service_delivery_revoked",
            ),
        ),
        migrations.AddIndex(
            model_name="serviceitem",
            index=models.Index(
                condition=models.Q(("to_follow", True)),
                fields=["id"],
                name="service_item_to_follow",
            ),
        ),
    ]
