"""An interval of the clock ends where the next begins: of two without a written end none is wrong."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0004_words"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="span",
            name="dispatch_span_one_is_open",
        ),
    ]
