"""Several rows of another table as one list, in one column of a query."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, JSONField


class Gathered(Func):
    """All values of a subquery's rows as one list; empty or None where there are no rows."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Say it in PostgreSQL's words."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra)
