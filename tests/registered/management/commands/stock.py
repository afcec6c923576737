"""A command that has every kind of argument, and says what it was given."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Counts the stock\nof shops.\n\nAt length."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop", type=int, help="The number of the shop.")
        parser.add_argument("kind", choices=["fruit", "bread"])
        parser.add_argument("place", nargs="?", metavar="PLACE")
        parser.add_argument("rest", nargs="*")
        parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 1, 31), help="100% of a day")
        parser.add_argument("--ratio", type=float, default=0.5)
        parser.add_argument("--to", dest="target", type=Path, default=Path("out.txt"))
        parser.add_argument("--note", default="none")
        parser.add_argument("--pair", nargs=2, type=int)
        parser.add_argument("--names", nargs="+")
        parser.add_argument("--tag", action="append")
        parser.add_argument("--extra", action="extend", nargs="+", default=["base"])
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--no-input", "--noinput", dest="interactive", action="store_false")
        parser.add_argument("--fast", dest="mode", action="store_const", const="fast")
        parser.add_argument("--mark", dest="marks", action="append_const", const="m")
        parser.add_argument("--deep", action=argparse.BooleanOptionalAction, default=True)
        parser.add_argument("-n", "--loud", action="count", default=0)
        parser.add_argument("--color", nargs="?", const="always", default="never")
        parser.add_argument("--password")
        parser.add_argument("--fail", type=int, choices=range(4), default=0)
        parser.add_argument("--hidden", help=argparse.SUPPRESS)
        formats = parser.add_mutually_exclusive_group()
        formats.add_argument("--json", action="store_true")
        formats.add_argument("--table", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        base = {"settings", "pythonpath", "traceback", "no_color", "force_color", "password"}
        shown = {name: value for name, value in options.items() if name not in base}
        self.stdout.write(self.style.SUCCESS(json.dumps(shown, default=str, sort_keys=True)))
        self.stderr.write(f"password {options['password']}")
        if options["fail"]:
            raise CommandError("the shop\nis closed", returncode=options["fail"])
