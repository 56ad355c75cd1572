"""Make the stored grants equal to the facts, or say what differs."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance import access


class Command(BaseCommand):
    help = "Makes grants equal to seats, memberships and departments. With --check only says what differs (exit 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when something differs")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check(as_json=options["json"])
            return
        added, removed = access.sync()
        if options["json"]:
            self.stdout.write(json.dumps({"added": added, "removed": removed}))
        else:
            self.stdout.write(f"{added} grants added, {removed} removed.")

    def _check(self, *, as_json: bool) -> None:
        differences = access.differences()
        if as_json:
            self.stdout.write(json.dumps({"differences": differences}))
        else:
            for line in differences:
                self.stdout.write(line)
        if differences:
            raise CommandError(f"{len(differences)} grants differ from the facts. Run manage.py sync_access.")
        if not as_json:
            self.stdout.write("Grants equal the facts.")
