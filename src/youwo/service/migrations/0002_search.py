"""Index the words of meetings and of service items."""

from django.db import migrations

from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [("service", "0001_begin")]

    operations = [
        index_terms("service_jointmeeting"),
        index_terms("service_serviceitem"),
    ]
