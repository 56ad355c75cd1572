"""Redacting a person: name, address and, where asked, everything they wrote, wherever Keep holds it.

Keys to the person stay, because what was decided, promised and verified stays; they lead to "Former member 17". The
journal's words about the person are erased beside their digests, so the chain still fits. What stands under a guard
(motions, rules in force, postings) is redacted in one transaction in which that one guard stands aside. Mails that were
sent cannot be recalled, and backups keep what they hold until they are thrown away.
"""

import mmap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Department, DepartmentAlias, JournalText, Organisation, Person, Subject, SubjectKind
from governance.naming import REDACTED, mask, pattern, without
from governance.personal import HOLDS, Holding
from governance.queries import personal as queries
from governance.services import journal
from governance.services.people import root_subject
from governance.sql import guards

PERSON_REDACTED = events.declare(
    "governance.person.redacted", says=gettext_lazy("{by} redacted what was kept about {person}")
)
WORDS_REDACTED = events.declare(
    "governance.words.redacted", says=gettext_lazy("{by} redacted what was kept about somebody who gave feedback")
)
LEAST = 4
"""Signs of another name: a shorter one is part of too many names that are not meant."""
BODIES = (SubjectKind.DEPARTMENT, SubjectKind.COUNCIL, SubjectKind.SEAT, SubjectKind.CHARTER)
_ELSE = gettext_lazy(
    "A colleague, a department, a council, a seat or a charter is called so, and would lose its name. Write words that"
    " mean this person alone. A colleague is redacted on their own page."
)
HEAD = 1_000_000
"""Bytes by which plain text is told from pictures, PDF and spreadsheets, in which nothing can be overdrawn."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """How many rows were changed; which files were overdrawn, and into which nobody could look."""

    rows: int
    files: int
    unread: tuple[str, ...]


def redact(
    *, person: Person, by: Person | None, now: datetime, also: Sequence[str] = (), own_words: bool = False
) -> Redacted:
    """Redact a person who has left. ``also``: other names; ``own_words``: erase what they wrote as well.

    Raises :class:`Conflict` while the person can sign in or has a seat, :class:`Invalid` for another name that is too
    short to find, or that is what somebody or something else is called.
    """
    if by is not None:
        queries.require_leading(by, now)
    person = Person.objects.get(pk=person.pk)
    if queries.still_sits(person, now):
        raise Conflict(
            _("%(person)s still has access or a seat. End their access first: their seats are then handed over.")
            % {"person": person}
        )
    also = [word.strip() for word in also if word.strip()]
    for word in also:
        if len(word) < LEAST:
            raise Invalid(_("“%(word)s” is too short to look for.") % {"word": word}, field="also")
    if is_called_so(also, apart=person):
        raise Invalid(str(_ELSE), field="also")
    words = queries.words_of(person, also)
    with transaction.atomic():
        rows = out_of_tables(words)
        if own_words:
            rows += _own_words(person)
        forget_person(person)
        journal.record(PERSON_REDACTED, subject=root_subject(), by=by, now=now, person=person.pk, own_words=own_words)
    files, unread = out_of_files(words)
    return Redacted(rows + 1, files, unread)


def redact_words(*, words: Sequence[str], by: Person | None, now: datetime) -> Redacted:
    """Redact somebody who is no colleague, such as a customer who gave feedback, by name and address.

    Raises :class:`Conflict` where a colleague is called so, who is redacted as a person, or a body or a seat.
    """
    if by is not None:
        queries.require_leading(by, now)
    words = [word.strip() for word in words if word.strip()]
    if not words:
        raise Invalid(_("Write the name or the e-mail address to look for."), field="words")
    if is_called_so(words):
        raise Conflict(str(_ELSE))
    with transaction.atomic():
        rows = out_of_tables(words)
        journal.record(WORDS_REDACTED, subject=root_subject(), by=by, now=now)
    files, unread = out_of_files(words)
    return Redacted(rows, files, unread)


def is_called_so(words: Sequence[str], apart: Person | None = None) -> bool:
    """Whether a colleague, a body, a seat or a charter is called one of these: its name would be erased everywhere.

    Asked of everything, seen or not, and answered without saying which, so that nothing hidden is named.
    """
    asked = {_folded(word) for word in words}
    if not asked:
        return False
    people = Person.objects.exclude(pk=apart.pk) if apart is not None else Person.objects.all()
    called = chain(
        people.values_list("name", flat=True),
        people.values_list("email", flat=True),
        Subject.objects.filter(kind__in=BODIES).values_list("title", flat=True),
        Department.objects.values_list("name", flat=True),
        DepartmentAlias.objects.values_list("name", flat=True),
        Organisation.objects.values_list("name", flat=True),
    )
    return any(_folded(name) in asked for name in called)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def out_of_tables(words: Sequence[str]) -> int:
    """Replace these words in every free text that we hold. Returns how many rows were changed."""
    try:
        what = pattern(words)
    except ValueError as error:
        raise Invalid(str(error), field="also") from error
    changed = 0
    for label, holding in HOLDS.items():
        model = apps.get_model(label)
        if model is Person or not holding.words:
            continue
        found = list(queries.matching(model._base_manager.all(), holding.words, words, what))
        if not found:
            continue
        changed += len(found)
        if model is JournalText:
            JournalText.objects.filter(pk__in=[row.pk for row, _fields in found]).delete()
            continue
        with guards.aside(model._meta.db_table):
            for row, fields in found:
                for name in fields:
                    setattr(row, name, _fitting(row, name, without(getattr(row, name), what)))
                model._base_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in fields})
    return changed


def _fitting(row: Any, name: str, value: Any) -> Any:
    """The value as its field takes it: no longer than allowed, and different from others where it must be."""
    field = row._meta.get_field(name)
    if isinstance(value, str):
        if field.unique or any(name in group.fields for group in row._meta.total_unique_constraints):
            value = f"{value} {row.pk}"
        if field.max_length:
            value = value[: field.max_length]
    return value


def _own_words(person: Person) -> int:
    """Erase what the person wrote, and leave that they wrote something."""
    changed = 0
    for label, holding in HOLDS.items():
        if not holding.author:
            continue
        model = apps.get_model(label)
        rows = model._base_manager.filter(**{holding.author: person.pk})
        if model is JournalText:
            changed += rows.delete()[0]
            continue
        theirs = dict.fromkeys(holding.words, holding.author) | dict(holding.answers)
        with guards.aside(model._meta.db_table):
            for name, author in theirs.items():
                if isinstance(model._meta.get_field(name), models.JSONField):
                    continue
                is_link = isinstance(model._meta.get_field(name), models.URLField)
                said = model._base_manager.filter(**{author: person.pk}).exclude(**{name: ""})
                changed += said.update(**{name: "https://redacted.invalid/" if is_link else REDACTED})
    return changed


def forget_person(person: Person) -> None:
    """The person themself: a number in place of a name, no way in, no habits."""
    for label, holding in HOLDS.items():
        if holding.goes:
            _rows_of(label, holding, person).delete()
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.name = _("Former member %(number)d") % {"number": person.pk}
    person.email = f"redacted-{person.pk}@invalid"
    person.mail_refused, person.mail_refused_at = "", None
    person.zone, person.away_until, person.last_login, person.is_active = "UTC", None, None, False
    person.set_unusable_password()
    person.save()
    for session in Session.objects.iterator():
        if str(session.get_decoded().get("_auth_user_id", "")) == str(person.pk):
            session.delete()


def _rows_of(label: str, holding: Holding, person: Person) -> "models.QuerySet[Any]":
    mine = models.Q()
    for name in holding.people:
        mine |= models.Q(**{name: person.pk})
    model: type[models.Model] = apps.get_model(label)
    return model._base_manager.filter(mine)


def kept_files() -> list[Path]:
    """Uploads, logs, printed mails: every file of ours that may name somebody, keys and database apart."""
    folders = [Path(settings.MEDIA_ROOT), Path(settings.UPLOADS_ROOT), Path(settings.DATA_DIR) / "log"]
    return sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file())


def out_of_files(words: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """Overdraw the words in files, in place. Returns how many were changed, and names of those nobody can look into."""
    listed = list(words)
    changed, unread = 0, []
    for path in kept_files():
        try:
            looked = _overdraw(path, listed)
        except OSError:  # gone meanwhile, or not ours to write: said, and the others are looked into
            looked = None
        if looked is None:
            unread.append(path.name)
        changed += bool(looked)
    return changed, tuple(unread)


def _overdraw(path: Path, listed: Sequence[str]) -> bool | None:
    """Whether the file was changed; None where nobody can look into it."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as read:
        if b"\0" in read.read(HEAD):
            return None
    with path.open("r+b") as writable, mmap.mmap(writable.fileno(), 0) as content:
        before = content[:]
        after = mask(before, listed)
        if after != before:
            content[:] = after
        return after != before
