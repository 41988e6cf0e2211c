"""Index the words of problems: the staff's, and separately those that everybody may read."""

from django.db import migrations

from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [("needs", "0006_problems_and_hearings")]

    operations = [
        index_terms("needs_problem", "search_terms"),
        index_terms("needs_problem", "public_terms"),
    ]
