"""Write mails as their readers would get them, to look at. Sends nothing, keeps nothing."""

from argparse import ArgumentParser
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from governance.languages import spoken
from governance.models import Person, SavedView, ViewCadence
from notifications import recheck
from notifications.channels import mail
from notifications.kinds import OF_OWNERS, Kind
from notifications.models import Channel, Delivery, Message
from notifications.queries import told_views
from notifications.queries.handover import Letter, letters_for

MOST = 6
LATEST = 400


class Command(BaseCommand):
    help = "Writes a digest, a reminder, a request for help and a confidential mail as .eml, .txt and .html files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["directory"]
        directory.mkdir(parents=True, exist_ok=True)
        # Answering links are stored where they are made: none of these may stay.
        with transaction.atomic():
            for name, letters in _examples().items():
                _write(directory, name, letters)
                self.stdout.write(f"{directory / name}.html")
            transaction.set_rollback(True)


def _examples() -> dict[str, list[Letter]]:
    """Of what was said lately: several things to one reader, and one of each kind."""
    now = timezone.now()
    keys = Delivery.objects.filter(channel=Channel.INBOX).order_by("-pk").values_list("message_id", flat=True)[:LATEST]
    letters = [
        letter
        for letter in letters_for(keys, now)
        if letter.reader is not None and recheck.why_not(letter.facts) is None
    ]
    if not letters:
        raise CommandError("Nothing was said yet. Start with seed_demo.")
    often = Counter(letter.reader.pk for letter in letters if letter.reader is not None).most_common(1)[0][0]
    alone = {
        "reminder": [letter for letter in letters if letter.message.kind in OF_OWNERS],
        "help": [letter for letter in letters if letter.message.kind in (Kind.HEAD, Kind.SPONSOR)],
        "asked": [letter for letter in letters if letter.message.kind == Kind.ASKED],
        "news": [letter for letter in letters if letter.message.duty_id is None],
    }
    found = {name: some[-1:] for name, some in alone.items() if some}
    found["digest"] = [letter for letter in letters if letter.reader is not None and letter.reader.pk == often][:MOST]
    keeper = SavedView.objects.exclude(cadence=ViewCadence.NEVER).select_related("person").first()
    if keeper is not None:
        theirs = [letter for letter in letters if letter.reader is not None and letter.reader.pk == keeper.person_id]
        found["views"] = [*theirs[:2], _of_views(keeper.person, letters[0], now)]
    found["confidential"] = [replace(letter, is_confidential=True) for letter in (alone["help"] or letters)[:1]]
    return found


def _of_views(person: Person, like: Letter, now: datetime) -> Letter:
    """What a digest would tell of somebody's views this moment."""
    kept = SavedView.objects.filter(person=person).exclude(cadence=ViewCadence.NEVER)
    message = Message(pk=like.message.pk, kind=Kind.VIEWS, person=person, subject=like.message.subject)
    told = tuple(told_views.of(kept, person, now))
    return Letter(message=message, reader=person, facts=like.facts, matter=like.matter, mail_at=now, views=told)


def _write(directory: Path, name: str, letters: list[Letter]) -> None:
    reader = letters[0].reader
    assert reader is not None  # noqa: S101 - only letters with a reader were taken
    with translation.override(spoken(reader.language)):
        written = mail.written(
            letters, reader=reader, mail_id=mail.message_id(letters[0].message.pk), now=timezone.now()
        )
    (directory / f"{name}.eml").write_bytes(written.message().as_bytes())
    (directory / f"{name}.txt").write_text(str(written.body), encoding="utf-8")
    (directory / f"{name}.html").write_text(str(written.alternatives[0][0]), encoding="utf-8")
