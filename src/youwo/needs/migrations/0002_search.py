"""Index the words of wishes: the staff's, and separately those that everybody may read."""

from django.db import migrations

from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_begin")]

    operations = [
        index_terms("needs_wish", "search_terms"),
        index_terms("needs_wish", "public_terms"),
    ]
