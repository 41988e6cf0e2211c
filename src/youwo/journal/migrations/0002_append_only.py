"""Let the database refuse to change or remove journal lines and seals."""

from django.db import migrations

from youwo.core.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_begin")]

    operations = [refuse_changes("journal_line"), refuse_changes("journal_seal")]
