"""Reading the journal: what happened, told in sentences, each thing in them shown through the viewer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import is_aware
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from governance import access, links
from governance.events import EVENTS
from governance.hours import format_minutes
from governance.models import Button, JournalEntry, JournalMention, Person, Seat, Subject, SubjectKind, TenureRole
from governance.money import format_minor
from governance.quoting import inside

FORMER_WORDS = ("file", "problem")
"""Facts in which entries of before kept the free words that their sentences tell; words now stand beside the entry."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry, told. ``path`` and ``reference`` are empty where the viewer may not see the subject."""

    entry_id: int
    at: datetime
    event: str
    by_id: int | None
    by: str
    text: str
    """The sentence, with every thing in it as the viewer may know it."""
    words: str
    """Free words beside it, where there are some that were not erased."""
    by_people: bool
    subject_id: int
    reference: str
    path: str


def entries(viewer: Person, now: datetime, *, subject: Subject | None = None) -> QuerySet[JournalEntry]:
    """What happened to things that ``viewer`` may see *now*, newest first; about one subject, also what mentions it."""
    found = JournalEntry.objects.filter(access.visibility(viewer, now))
    if subject is not None:
        mentioning = JournalMention.objects.filter(subject=subject).values("entry_id")
        found = found.filter(Q(subject=subject) | Q(pk__in=mentioning))
    return found.select_related("by", "subject", "text").prefetch_related("mentions__subject").order_by("-pk")


def counted(viewer: Person, now: datetime, events: Iterable[str], since: datetime) -> QuerySet[JournalEntry]:
    """Entries of some events after a moment, of what ``viewer`` may see now, to be counted: in no order."""
    wanted = JournalEntry.objects.filter(event__in=sorted(events), at__gt=since)
    return wanted.filter(access.visibility_in_passing(viewer, now))


def sentences(rows: Iterable[JournalEntry], viewer: Person, now: datetime) -> list[Sentence]:
    """The sentences of these entries, in their order. Six statements at most, whatever the number of entries.

    Entries come best from :func:`entries`; others are told as well, with what the viewer may not see left unnamed.
    """
    listed = list(rows)
    _fetch(listed)
    subjects = {entry.subject_id for entry in listed}
    subjects |= {mention.subject_id for entry in listed for mention in entry.mentions.all()}
    seen = access.visible_ids(viewer, subjects, now) if subjects else set()
    names, sent_to = _names(listed), _sent_to(listed, viewer)
    return [_told(entry, seen, names, sent_to) for entry in listed]


def timeline(told: Sequence[Sentence], zone: Any) -> list[dict[str, Any]]:
    """Sentences by day, as ui/timeline.html shows them: people speak in the column, the system murmurs beside it."""
    days: dict[date, dict[str, Any]] = {}
    for one in told:
        local = one.at.astimezone(zone)
        day = days.setdefault(
            local.date(), {"label": date_format(local.date(), _("D j M Y")), "said": [], "system": []}
        )
        clock = f"{local:%H:%M}"
        if one.words or one.by_people:
            day["said"].append({"who": one.by, "at": clock, "did": one.text, "text": one.words, "url": one.path})
        else:
            day["system"].append({"text": one.text, "at": clock, "url": one.path})
    return list(days.values())


def _fetch(listed: list[JournalEntry]) -> None:
    """Join what the entries need, where whoever asked for them did not."""
    missing = [entry for entry in listed if "mentions" not in getattr(entry, "_prefetched_objects_cache", {})]
    if missing:
        full = JournalEntry.objects.select_related("by", "subject", "text").prefetch_related("mentions__subject")
        rows = full.in_bulk([entry.pk for entry in missing])
        listed[:] = [rows.get(entry.pk, entry) for entry in listed]


def _names(listed: list[JournalEntry]) -> dict[int, str]:
    """Names of the people that facts speak of (``person``), in one statement."""
    wanted = {entry.facts["person"] for entry in listed if isinstance(entry.facts.get("person"), int)}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _sent_to(listed: list[JournalEntry], viewer: Person) -> dict[int, str]:
    """Where the link was sent by which something was done, in one statement.

    An address is told as everybody reads it in the directory; one that its person has no more only to that person.
    """
    wanted = {entry.facts["button"] for entry in listed if isinstance(entry.facts.get("button"), int)}
    if not wanted:
        return {}
    rows = Button.objects.filter(pk__in=wanted).values_list("pk", "sent_to", "person_id", "person__email")
    return {
        key: address if person == viewer.pk or address == current else masked(address)
        for key, address, person, current in rows
    }


def masked(address: str) -> str:
    """An address of which only its beginning and its house are told."""
    name, at, house = address.rpartition("@")
    return f"{name[:1]}…{at}{house}" if at else ""


def _by_link(told: str, address: str) -> str:
    """That it was answered from a mail; to whom that was sent is forgotten after a while."""
    if not address:
        return _("%(told)s, by a link in a mail") % {"told": told}
    return _("%(told)s, by the link sent to %(address)s") % {"told": told.rstrip("."), "address": address}


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def moment_of(said: str) -> datetime | None:
    """A moment of an address, with its zone; None for what is none."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if is_aware(found) and 1900 < found.year < 2900 else None


def in_general(event: str) -> str:
    """The sentence of an event about nobody and nothing in particular: "… verified …"."""
    return Formatter().vformat(str(EVENTS[event].says), (), _Words())


def _told(entry: JournalEntry, seen: set[int], names: dict[int, str], sent_to: dict[int, str]) -> Sentence:
    event = EVENTS.get(entry.event)
    is_seen = entry.subject_id in seen
    by = entry.by.name if entry.by is not None else _("Keep")
    text = getattr(entry, "text", None)
    words = text.body if text is not None else _former_words(entry)
    words = words if is_seen else ""
    parts = _Words(_facts(entry.facts, names) | (event.values(entry.facts) if event else {}))
    for mention in entry.mentions.all():
        parts[mention.role] = _name(mention.subject, mention.subject_id in seen)
    parts["by"], parts["subject"], parts["text"] = by, _name(entry.subject, is_seen), words or "…"
    says = event.sentence(entry.facts) if event else f"{entry.event}: {{subject}}"
    told = Formatter().vformat(says, (), _nested(says, parts))
    if "button" in entry.facts:
        told = _by_link(told, sent_to.get(entry.facts["button"], ""))
    return Sentence(
        entry_id=entry.pk,
        at=entry.at,
        event=entry.event,
        by_id=entry.by_id,
        by=by,
        text=told,
        words="" if "{text}" in says else words,
        by_people=bool(event and event.by_people),
        subject_id=entry.subject_id,
        reference=entry.subject.reference if is_seen else "",
        path=links.path_of(entry.subject) if is_seen else "",
    )


def _nested(says: str, parts: _Words) -> _Words:
    """The parts as the sentence sets them: those in quotation marks with single ones inside."""
    return _Words({key: inside(said) if f"“{{{key}}}”" in says else said for key, said in parts.items()})


def _former_words(entry: JournalEntry) -> str:
    return next((str(entry.facts[key]) for key in FORMER_WORDS if key in entry.facts), "")


def _name(subject: Subject, is_seen: bool) -> str:
    """A thing as the viewer may know it."""
    if is_seen:
        return subject.title
    bodies = (SubjectKind.COUNCIL, SubjectKind.DEPARTMENT)
    return _("a body that you do not belong to") if subject.kind in bodies else _("something that you may not see")


def _facts(facts: dict[str, Any], names: dict[int, str]) -> dict[str, str]:
    """Facts in the reader's words: people by name, amounts with their currency, days as days."""
    currency = facts.get("currency")
    told: dict[str, str] = {}
    for key, value in facts.items():
        if key == "person" and isinstance(value, int):
            told[key] = names.get(value, _("somebody"))
        elif key == "role" and value in TenureRole.values:
            told[key] = str(TenureRole(value).label)
        elif key in ("amount", "free") and facts.get("unit") == "time" and isinstance(value, int):
            told[key] = format_minutes(value)
        elif isinstance(value, int) and not isinstance(value, bool) and key in ("amount", "free") and currency:
            told[key] = format_minor(value, currency, get_language() or "en", whole=True)
        elif isinstance(value, str) and _DAY.fullmatch(value):
            told[key] = date_format(date.fromisoformat(value), "j M Y")
        else:
            told[key] = str(value)
    return told


def of_seat(seat: Seat, viewer: Person, now: datetime, limit: int = 20) -> list[Sentence]:
    """The last things that happened to a seat."""
    return sentences(entries(viewer, now, subject=seat.subject)[:limit], viewer, now)
