"""Do what is due and what is in the queue."""

from __future__ import annotations

import logging
import signal
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from youwo.config.worker import Worker


class Command(BaseCommand):
    help = "Do periodic and queued work until told to stop. Several at once share the work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what is due now, then end (for cron)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # The queue's own loop greets each time it is entered.
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        worker = Worker(now=timezone.now)
        if options["once"]:
            if not worker.run_once():
                raise CommandError("Some jobs failed; the log says which.")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
