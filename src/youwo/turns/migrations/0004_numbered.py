"""Number the turns of each case from nought, as an act does that writes them.

There is a row for each thing that waits, so one statement of a second or two does for all.
"""

from django.db import migrations

NUMBER = """
UPDATE turns_turn SET slot = numbered.slot
FROM (
    SELECT id,
        ROW_NUMBER() OVER (PARTITION BY subject_label, subject_key ORDER BY id) - 1 AS slot
    FROM turns_turn
) AS numbered
WHERE numbered.id = turns_turn.id AND numbered.slot <> turns_turn.slot
"""


class Migration(migrations.Migration):
    dependencies = [("turns", "0003_slots")]

    operations = [migrations.RunSQL(NUMBER, migrations.RunSQL.noop)]
