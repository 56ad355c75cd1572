"""Listening to the journal: what was recorded is told to whom the rules name, each entry once."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction

from governance.errors import DomainError
from governance.models import JournalEntry, JournalMention, Unheard
from notifications import faultpoints
from notifications.models import Message
from notifications.rules.registry import CONSEQUENCES, RULES, Heard, Telling
from notifications.services import outbox
from notifications.sql import claims

log = structlog.get_logger(__name__)

BATCH = 500


def hear(now: datetime) -> int:
    """Empty the queue of entries that nobody has listened to. Returns how many were heard.

    An entry that a rule cannot digest stays in the queue and is named in the log; the others go on.
    """
    heard = 0
    refused: set[int] = set()
    while Unheard.objects.exclude(pk__in=refused).exists():
        try:
            taken = _hear_together(now, refused)
            heard += taken
        except (DomainError, DatabaseError, LookupError, TypeError, ValueError):
            taken = _hear_one_by_one(now, refused)
            heard += taken
        if not taken:
            break
    return heard


@transaction.atomic
def _hear_together(now: datetime, refused: set[int], only: int | None = None) -> int:
    keys = claims.take_unheard(BATCH, apart_from=refused, only=only)
    entries = _entries(keys)
    faultpoints.reach("while_hearing")
    outbox.enqueue(messages_about(entries, now))
    for event in {entry.event for entry in entries} & CONSEQUENCES.keys():
        for follow in CONSEQUENCES[event]:
            follow([entry for entry in entries if entry.event == event], now)
    return len(keys)


def _hear_one_by_one(now: datetime, refused: set[int]) -> int:
    heard = 0
    for key in list(Unheard.objects.exclude(pk__in=refused).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        try:
            heard += _hear_together(now, refused, key)
        except (DomainError, DatabaseError, LookupError, TypeError, ValueError) as error:
            refused.add(key)
            log.error("listening.refused", entry=key, error=type(error).__name__)
    return heard


def _entries(keys: Sequence[int]) -> list[Heard]:
    """The entries that some rule is about, with their mentions: two statements."""
    entries = list(
        JournalEntry.objects.filter(pk__in=keys, event__in=RULES.keys() | CONSEQUENCES.keys()).order_by("pk")
    )
    mentions: dict[int, list[tuple[str, int]]] = {}
    for entry, role, subject in (
        JournalMention.objects.filter(entry__in=entries).order_by("pk").values_list("entry_id", "role", "subject_id")
    ):
        mentions.setdefault(entry, []).append((role, subject))
    return [
        Heard(
            entry_id=entry.pk,
            event=entry.event,
            subject_id=entry.subject_id,
            by_id=entry.by_id,
            facts=entry.facts,
            mentions=tuple(mentions.get(entry.pk, ())),
        )
        for entry in entries
    ]


def messages_about(entries: Sequence[Heard], now: datetime) -> list[Message]:
    """The messages that the rules make of these entries: to one seat at most one an entry."""
    by_event: dict[str, list[Heard]] = {}
    for entry in entries:
        by_event.setdefault(entry.event, []).append(entry)
    told: dict[str, Message] = {}
    for event, alike in by_event.items():
        for rule in RULES.get(event, []):
            for telling in rule(alike):
                message = _message(telling, now)
                told.setdefault(message.occurrence, message)
    return list(told.values())


def _occurrence(telling: Telling) -> str:
    to = f"person:{telling.person_id}" if telling.person_id is not None else f"seat:{telling.seat_id}"
    said = f"entry:{telling.entry_id}:{to}"
    return f"{said}:about:{telling.subject_id}" if telling.is_one_of_many else said


def _message(telling: Telling, now: datetime) -> Message:
    return Message(
        occurrence=_occurrence(telling),
        seat_id=telling.seat_id,
        person_id=telling.person_id,
        kind=telling.kind,
        subject_id=telling.subject_id,
        duty_id=telling.duty_id,
        entry_id=telling.entry_id,
        facts={},
        created_at=now,
        not_before=now,
    )
