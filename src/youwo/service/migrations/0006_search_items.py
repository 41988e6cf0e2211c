"""Index the words of service items again: on SQLite the new column made a new table of theirs."""

from django.db import migrations

from youwo.core.search import index_terms_again


class Migration(migrations.Migration):
    dependencies = [("service", "0005_joined")]

    operations = [index_terms_again("service_serviceitem")]
