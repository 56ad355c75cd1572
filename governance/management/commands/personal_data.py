"""Find, export or redact what is kept about somebody: a colleague by address, anybody else by name."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.errors import DomainError
from governance.models import Person
from governance.queries import personal
from governance.services import redaction


class Command(BaseCommand):
    help = (
        "Finds, exports or redacts everything kept about somebody. Sees all councils: for the operator of the server."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("deed", choices=["find", "export", "redact"])
        parser.add_argument("who", help="a colleague's e-mail address; anybody else's name or address")
        parser.add_argument("--also", action="append", default=[], metavar="NAME", help="another name of theirs")
        parser.add_argument("--to", metavar="FILE", help="where the export goes; otherwise it is printed")
        parser.add_argument("--own-words", action="store_true", help="redact what a colleague wrote as well")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["who"]).first()
        try:
            getattr(self, f"_{options['deed']}")(person, options)
        except (DomainError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def _words(self, person: Person | None, options: dict[str, Any]) -> list[str]:
        return personal.words_of(person, options["also"]) if person else [options["who"], *options["also"]]

    def _find(self, person: Person | None, options: dict[str, Any]) -> None:
        found = personal.places(person, self._words(person, options), None, timezone.now())
        if options["json"]:
            rows = [{"model": one.label, "pointing": one.pointing, "named": one.named} for one in found]
            self.stdout.write(json.dumps({"person": person.pk if person else None, "places": rows}))
            return
        for one in found:
            self.stdout.write(f"{one.pointing:>7} about them, {one.named:>5} naming them: {one.title}")
        if not found:
            self.stdout.write("Nothing is kept about them.")

    def _export(self, person: Person | None, options: dict[str, Any]) -> None:
        if person is None:
            raise CommandError("Nobody has this e-mail address. Only a colleague's data can be exported as a whole.")
        told = personal.as_json(personal.export(person, None, timezone.now(), options["also"]))
        if not options["to"]:
            self.stdout.write(told)
            return
        opened = os.open(Path(options["to"]), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as file:
            file.write(told)
        self.stdout.write(f"{options['to']} is written. It holds personal data: give it to nobody else.")

    def _redact(self, person: Person | None, options: dict[str, Any]) -> None:
        now = timezone.now()
        if person is not None:
            done = redaction.redact(
                person=person, by=None, now=now, also=options["also"], own_words=options["own_words"]
            )
        else:
            done = redaction.redact_words(words=self._words(None, options), by=None, now=now)
        if options["json"]:
            self.stdout.write(json.dumps({"rows": done.rows, "files": done.files, "unread": done.unread}))
            return
        self.stdout.write(
            f"{done.rows} rows and {done.files} files were redacted. Mails that were sent cannot be recalled, and"
            " backups keep what they hold until they are thrown away."
        )
        for name in done.unread:
            self.stdout.write(f"Look into this file yourself, it is no plain text: {name}")
