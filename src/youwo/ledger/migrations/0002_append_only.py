"""Let the database refuse to change or remove what the ledger holds."""

from django.db import migrations

from youwo.core.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_begin")]

    operations = [
        refuse_changes("ledger_entry"),
        refuse_changes("ledger_participation"),
        refuse_changes("ledger_goods"),
    ]
