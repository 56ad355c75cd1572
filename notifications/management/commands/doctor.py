"""Say what is wrong with this installation, and how to mend it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import doctor


class Command(BaseCommand):
    help = "Says what is wrong with this installation and how to mend it. Exit 1 when something is bad."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = doctor.examine(timezone.now())
        bad = sum(line.state == doctor.BAD for line in lines)
        if options["json"]:
            self.stdout.write(json.dumps({"bad": bad, "lines": [asdict(line) for line in lines]}, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(f"{line.state:<5} {line.name}: {line.says}")
                if line.remedy and line.state != doctor.OK:
                    self.stdout.write(f"      -> {line.remedy}")
        if bad:
            raise CommandError(f"{bad} things are bad.")
