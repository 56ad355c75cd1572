"""The journal's one door for writing."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from governance.buttons import is_never_pressed
from governance.chain import words_digest
from governance.errors import Refused
from governance.events import EVENTS, Event
from governance.models import Button, JournalEntry, JournalMention, JournalText, Person, Subject, Unheard, Unsealed

_pressed: ContextVar[int | None] = ContextVar("pressed", default=None)


@contextmanager
def pressed(button: Button) -> Iterator[None]:
    """What is recorded inside was done by a link in a mail, and says so."""
    token = _pressed.set(button.pk)
    try:
        yield
    finally:
        _pressed.reset(token)


def record(
    event: Event,
    *,
    subject: Subject | int,
    by: Person | None,
    now: datetime,
    text: str = "",
    mentions: Iterable[tuple[str, Subject | int]] = (),
    **facts: Any,
) -> JournalEntry:
    """Record one intention. Leaves it in the queues of the listener and the sealer, in the caller's transaction.

    ``text`` is free text and can later be erased; ``facts`` are JSON values without personal data; ``mentions`` are
    ``(role, subject)`` pairs.
    """
    if event.name not in EVENTS:
        raise ValueError(f"undeclared event: {event.name}")
    if _pressed.get() is not None:
        if is_never_pressed(event.name):
            raise Refused(_("This is never done by a link in a mail. Sign in, and do it in the programme."))
        facts["button"] = _pressed.get()
    salt = secrets.token_hex(16) if text else ""
    entry = JournalEntry.objects.create(
        at=now,
        event=event.name,
        subject_id=_key(subject),
        by=by,
        facts=facts,
        text_digest=words_digest(salt, text) if text else "",
    )
    if text:
        JournalText.objects.create(entry=entry, salt=salt, body=text)
    pairs = {(role, _key(mentioned)) for role, mentioned in mentions}
    if pairs:
        JournalMention.objects.bulk_create(
            [JournalMention(entry=entry, role=role, subject_id=key) for role, key in sorted(pairs)]
        )
    Unheard.objects.create(entry=entry)
    Unsealed.objects.create(entry=entry)
    return entry


def _key(subject: Subject | int) -> int:
    return subject if isinstance(subject, int) else subject.pk
