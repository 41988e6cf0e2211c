"""`youwo journal seal|verify|prove LINE`: keep the journal honest."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from youwo.core.refused import Refused
from youwo.journal import actions, queries


class Command(BaseCommand):
    help = "Seal the journal's lines, verify them, or prove that one line is sealed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("seal", help="seal the lines that have settled")
        verify = verbs.add_parser("verify", help="name every line changed since it was sealed")
        verify.add_argument(
            "--head", default="", help="a chain value kept elsewhere that must still be there"
        )
        prove = verbs.add_parser("prove", help="print the path from a line to its seal")
        prove.add_argument("line", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "seal":
                self._seal()
            case "verify":
                self._verify(options["head"])
            case "prove":
                self._prove(options["line"])

    def _seal(self) -> None:
        made = actions.seal(at=timezone.now())
        self.stdout.write(f"{sum(seal.count for seal in made)} lines in {len(made)} seals.")

    def _verify(self, head: str) -> None:
        count = 0
        for finding in queries.findings(head):
            self.stdout.write(str(finding))
            count += 1
        sealed = queries.sealed_so_far()
        self.stdout.write(
            f"{sealed.lines} lines in {sealed.seals} seals, {sealed.waiting} not sealed yet,"
            f" {count} findings."
        )
        if sealed.head:
            self.stdout.write(f"head {sealed.head}")
        if count:
            sys.exit(1)

    def _prove(self, line: int) -> None:
        try:
            proof = queries.prove(line)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(str(proof))
        if not proof.holds:
            self.stderr.write("The line is not as it was sealed.")
            sys.exit(1)
