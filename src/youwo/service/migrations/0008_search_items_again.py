"""Index the words of service items again: on SQLite the new columns made a new table of theirs."""

from django.db import migrations

from youwo.core.search import index_terms_again


class Migration(migrations.Migration):
    dependencies = [("service", "0007_follow_soon")]

    operations = [index_terms_again("service_serviceitem")]
