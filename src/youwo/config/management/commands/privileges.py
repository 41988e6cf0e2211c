"""Give the database role that serves what it needs, and no way to rewrite what was recorded."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from youwo.core.append_only import AppendOnly


class Command(BaseCommand):
    help = (
        "PostgreSQL: grant the role that serves its rights on every table, withhold UPDATE, DELETE"
        " and TRUNCATE on append-only tables. Run it as the owner after every `youwo migrate`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, help="the role of DATABASE_URL in service")
        parser.add_argument("--print", action="store_true", help="only print the statements")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite needs no privileges: its triggers refuse changes.")
        statements = self.statements(options["role"])
        if options["print"]:
            self.stdout.write("".join(f"{statement};\n" for statement in statements), ending="")
            return
        self.refuse_unfit(options["role"])
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        kept = len(append_only_tables())
        self.stdout.write(f"{options['role']} may serve; {kept} tables are append-only for it.")

    def refuse_unfit(self, role: str) -> None:
        """Stop where a withheld right would change nothing: owners and superusers have them all."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(
                    f"There is no role {role}. Create it first: CREATE ROLE … LOGIN."
                )
            cursor.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
                " AND tablename = ANY(%s) AND pg_has_role(%s, tableowner, 'MEMBER')",
                [append_only_tables(), role],
            )
            (owned,) = cursor.fetchone()
        if found[0] or owned:
            raise CommandError(
                f"{role} is a superuser or belongs to the owner of the tables, so nothing can be"
                " withheld from it. Serve with a role of its own."
            )

    def statements(self, role: str) -> list[str]:
        """Write the grants. New tables get theirs when the command runs again."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            (schema,) = map(quote, cursor.fetchone())
        name = quote(role)
        tables = f"ALL TABLES IN SCHEMA {schema}"
        once = ", ".join(f"{schema}.{quote(table)}" for table in append_only_tables())
        return [
            f"GRANT USAGE ON SCHEMA {schema} TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {name}",
            f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON {tables} FROM {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {once} FROM {name}, PUBLIC",
            # Which migrations have run is the owner's to say.
            f"REVOKE INSERT, UPDATE, DELETE ON {schema}.{quote('django_migrations')} FROM {name}",
        ]


def append_only_tables() -> list[str]:
    """Return the tables whose rows are written once, as the models say."""
    return sorted(
        model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)
    )
