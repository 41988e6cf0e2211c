"""Index the words of whistles."""

from django.db import migrations

from youwo.core.search import index_terms


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_about")]

    operations = [index_terms("dispatch_whistle")]
