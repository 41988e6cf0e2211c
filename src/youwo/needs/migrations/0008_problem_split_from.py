"""Where a problem was split off from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("needs", "0007_search_problems"),
    ]

    operations = [
        migrations.AddField(
            model_name="problem",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="split_off",
                to="needs.problem",
            ),
        ),
    ]
