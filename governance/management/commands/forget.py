"""Forget what has had its time, or say how long each kind of data is kept and how much is due."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from governance import retention


class Command(BaseCommand):
    help = "Forgets personal data that has had its time, as the sweep does once a day. With --dry-run only counts it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="change nothing; say how long what is kept, and what is due"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            due = {name: term.rows(now) for name, term in retention.TERMS.items()}
            done = {name: rows.count() if rows is not None else 0 for name, rows in due.items()}
        else:
            done = retention.forget(now)
        if options["json"]:
            days = {name: term.kept_days for name, term in retention.TERMS.items()}
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], "days": days, "rows": done}))
            return
        for name, term in retention.TERMS.items():
            kept = f"{term.kept_days} days" if term.kept_days else "for ever"
            self.stdout.write(f"{done.get(name, 0):>8}  {name} ({kept}): {term.says}")
