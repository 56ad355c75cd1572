"""``manage.py import_feedback FILE --source NAME``: take a file of feedback in."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from actions.services import feedback
from actions.services.feedback import Summary
from governance.errors import DomainError
from governance.models import Person

ERRORS_SHOWN = 20


class Command(BaseCommand):
    help = "Takes a CSV file of feedback in. Taking the same file in again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--source", metavar="NAME", required=True, help="whose feedback it is; made when new")
        parser.add_argument(
            "--mapping", metavar="FILE.json", help="how columns are read; kept with the source and used again"
        )
        parser.add_argument("--by", metavar="EMAIL", help="on whose behalf; without it, the console's")
        parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = self._take_in(options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json(), ensure_ascii=False))
        else:
            self._tell(summary)

    def _take_in(self, options: dict[str, Any]) -> Summary:
        if not options["source"].isprintable():
            raise CommandError("The source's name holds what cannot be read: write it in UTF-8, on one line.")
        by = None
        if options["by"]:
            by = Person.objects.filter(email__iexact=options["by"], is_active=True).first()
            if by is None:
                raise CommandError(f"Nobody here has the e-mail address {options['by']}.")
        # A bar only where somebody is looking; into a file or a pipe it would be noise.
        with tqdm(unit=" lines", disable=not sys.stderr.isatty(), leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            return feedback.take_in(
                path_or_file=options["file"],
                source_name=options["source"],
                mapping=options["mapping"],
                by=by,
                now=timezone.now(),
                progress=progress,
            )

    def _tell(self, summary: Summary) -> None:
        write = self.stdout.write
        write(f"{summary.file} into {summary.source} ({summary.source_reference}), import {summary.import_id}")
        write(
            f"  read {summary.read}: {summary.created} created, {summary.updated} updated, "
            f"{summary.unchanged} unchanged, {summary.rejected} rejected"
        )
        if summary.date_unknown:
            write(f"  date unknown: {summary.date_unknown}")
        if summary.clock_oddities:
            write(f"  times that the clock skipped or showed twice: {summary.clock_oddities}")
        if summary.off_scale:
            write(f"  scores outside the stated scale: {summary.off_scale}")
        if summary.new_departments:
            write(f"  new departments, to be placed: {', '.join(summary.new_departments)}")
        write(f"  answers owed from now on: {summary.new_duties}")
        for fault in summary.errors[:ERRORS_SHOWN]:
            column = f", column “{fault['column']}”" if fault["column"] else ""
            write(self.style.WARNING(f"  line {fault['line']}{column}: {fault['reason']}"))
        more = len(summary.errors) - ERRORS_SHOWN + summary.errors_left_out
        if more > 0:
            write(f"  and {more} more; the source's page lists them, and so does --json")
