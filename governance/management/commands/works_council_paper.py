"""Write the tables of docs/works-council.md anew from what the program declares, or say whether they are behind."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from governance import privacy

PAPER = Path(settings.BASE_DIR) / "docs" / "works-council.md"


class Command(BaseCommand):
    help = "Writes the tables of docs/works-council.md from personal.HOLDS, purposes and retention terms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where the paper is behind")

    def handle(self, *args: Any, **options: Any) -> None:
        said = PAPER.read_text(encoding="utf-8")
        with translation.override("en"):
            ought = privacy.filled(said)
        if options["check"] and said != ought:
            raise CommandError("docs/works-council.md is behind. Run: manage.py works_council_paper")
        if not options["check"]:
            PAPER.write_text(ought, encoding="utf-8")
