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

# Seconds after which a sleeping process looks whether it was told to end.
WAKE = 1.0


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
        heed_signals()
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


def heed_signals() -> None:
    """Let this process and its workers end when told to, from their first moment.

    Ctrl-C reaches every process in the terminal. The workers leave it to the first one, which then
    tells each of them once; told twice, they would not end.

    A worker that is told to end before it has set its own handler must not answer with the one
    that it was copied with, which only marks the copy: it would serve on until it is killed.

    And a signal that comes while the main thread is going to sleep on a lock is noted, but acted
    upon only when the thread wakes for the next one: a timer wakes it every second.
    """
    told = {signal.SIGINT, signal.SIGTERM}

    def hold() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, told)

    def go_on() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, told)

    def begin() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        wake()

    def wake() -> None:
        signal.setitimer(signal.ITIMER_REAL, WAKE, WAKE)

    os.register_at_fork(before=hold, after_in_parent=go_on, after_in_child=begin)
    signal.signal(signal.SIGALRM, lambda number, frame: None)
    wake()


def close_connections() -> None:
    """Close every connection and pool of this process."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
