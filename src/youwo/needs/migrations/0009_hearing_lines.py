"""Let hearings be searched, and know of each line how often it was changed and what it became."""

from django.db import migrations, models
from django.db.models import Q

from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_begin"),
        ("needs", "0008_problem_split_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="hearing",
            name="search_terms",
            field=models.TextField(blank=True, default="", editable=False, db_default=""),
        ),
        migrations.AddField(
            model_name="hearingline",
            name="revision",
            field=models.PositiveIntegerField(default=1, db_default=1),
        ),
        migrations.AddConstraint(
            model_name="hearingline",
            constraint=models.CheckConstraint(
                condition=(Q(state="taken") & (Q(wish__isnull=False) | Q(report__isnull=False)))
                | (~Q(state="taken") & Q(wish__isnull=True, report__isnull=True)),
                name="needs_hearingline_taken_is_a_case",
            ),
        ),
        index_terms("needs_hearing"),
    ]
