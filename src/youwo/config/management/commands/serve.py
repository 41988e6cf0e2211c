"""Serve the pages."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Serve the pages with several workers until told to stop."
    # Checked by `youwo check`, and once more here would cost a quarter of the start.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("YOUWO_BIND", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("YOUWO_PORT", "8000")))
        parser.add_argument(
            "--workers",
            type=int,
            default=int(os.environ.get("YOUWO_WORKERS", "0")) or max(2, os.cpu_count() or 1),
            help="processes; as many as there are cores, and at least 2, if not given",
        )
        parser.add_argument(
            "--threads",
            type=int,
            default=int(os.environ.get("YOUWO_THREADS", "4")),
            help="requests that one worker answers at the same time",
        )
        parser.add_argument(
            "--collect",
            action="store_true",
            help="first collect the static files if they changed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.refuse_unapplied_migrations()
        self.refuse_missing_files(collect=options["collect"])

        from granian import Granian
        from granian.constants import HTTPModes, Interfaces, Loops
        from granian.http import HTTP1Settings
        from granian.log import LogLevels

        # The workers begin as copies of this process: everything is loaded once, kept out of the
        # collector's way so that the pages stay shared, and no connection is copied.
        from youwo.config.wsgi import application  # noqa: F401

        close_connections()
        # Ctrl-C reaches every process in the terminal. The workers leave it to this one, which then
        # tells each of them once; told twice, they would not end.
        os.register_at_fork(
            after_in_child=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        )
        gc.collect()
        gc.freeze()

        threads = max(1, options["threads"])
        server = Granian(
            "youwo.config.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            loop=Loops.asyncio,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=15_000),
            websockets=False,
            workers=max(1, options["workers"]),
            blocking_threads=threads,
            # More than the threads can do waits in the kernel's queue, where it costs nothing.
            backpressure=threads * 4,
            backlog=2048,
            respawn_failed_workers=True,
            workers_kill_timeout=20,
            log_level=LogLevels.warning,
        )
        host = options["host"] if ":" not in options["host"] else f"[{options['host']}]"
        self.stdout.write(f"Serving on http://{host}:{options['port']} (Ctrl-C ends it).")
        self.stdout.flush()
        server.serve()

    def refuse_unapplied_migrations(self) -> None:
        """Stop with a sentence where the database is not the one that this release expects."""
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            raise CommandError(
                f"The database lacks {len(plan)} migrations, the first of them {plan[0][0]}."
                " Run `youwo migrate` first."
            )

    def refuse_missing_files(self, *, collect: bool) -> None:
        """Collect the static files if asked to; stop with a sentence where there are none."""
        if collect:
            call_command("collect")
        if not settings.DEBUG and not Path(settings.STATIC_ROOT, "staticfiles.json").exists():
            raise CommandError(
                "The static files have not been collected. Run `youwo collect` first."
            )


def close_connections() -> None:
    """Close every connection and pool of this process."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
