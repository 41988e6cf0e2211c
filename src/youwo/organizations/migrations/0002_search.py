"""Index the words in the names of units."""

from django.db import migrations

from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_begin")]

    operations = [index_terms("organizations_organization", "search_terms")]
