"""One box to find anything by: people by name, everything else by its title or reference. Nothing unseen is found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from governance import access
from governance.links import path_of
from governance.models import Department, Person, Seat, Subject, SubjectKind
from governance.queries import people, seats

LEAST = 2
"""Signs to search by; one alone finds everything, but where a sign is a word (Chinese, Japanese, Korean)."""

ORDER = (
    SubjectKind.DEPARTMENT,
    SubjectKind.COUNCIL,
    SubjectKind.SEAT,
    SubjectKind.JOURNEY,
    SubjectKind.JOURNEY_STEP,
    SubjectKind.METRIC,
    SubjectKind.GOAL,
    SubjectKind.CHARTER,
    SubjectKind.THEME,
    SubjectKind.ACTION,
    SubjectKind.REQUEST,
    SubjectKind.PILOT,
    SubjectKind.DECISION,
    SubjectKind.MEETING,
    SubjectKind.AGENDA_ITEM,
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: ``kind`` as a :class:`SubjectKind`, what it is called, where it is, who is there."""

    kind: str
    label: str
    reference: str
    title: str
    path: str
    note: str = ""


class Hits:
    """People first, then the rest; counted and cut like a list, so that a page asks for its own rows alone."""

    def __init__(self, found_people: QuerySet[Person], subjects: QuerySet[Subject], viewer: Person, now: datetime):
        self._people, self._subjects, self._viewer, self._now = found_people, subjects, viewer, now
        self._first = found_people.count()
        self._rest = subjects.count()

    def count(self) -> int:
        return self._first + self._rest

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, cut: slice) -> list[Hit]:
        start, stop = cut.start or 0, self.count() if cut.stop is None else cut.stop
        persons = list(self._people[start:stop]) if start < self._first else []
        rest = self._subjects[max(0, start - self._first) : max(0, stop - self._first)] if stop > self._first else []
        return [*_of_people(persons, self._viewer, self._now), *_of_subjects(list(rest), self._now)]


def search(words: str, viewer: Person, now: datetime, *, kind: str = "") -> Hits:
    """Whatever ``viewer`` may see whose title has each of these words, or that has this reference."""
    said = words.split()[: people.MOST_WORDS]
    if not viewer.is_active or not is_enough(words):
        return Hits(Person.objects.none(), Subject.objects.none(), viewer, now)
    named = people.directory(viewer, now, search=words)
    titled = access.subjects_seen(viewer, now).filter(archived_at=None, kind__in=ORDER)
    matches = Q()
    for word in said:
        matches &= Q(title__icontains=word)
    coded = Department.objects.filter(Q(code__iexact=words.strip()) | Q(aliases__name__iexact=words.strip()))
    titled = titled.filter(matches | Q(reference__iexact=words.strip()) | Q(pk__in=coded.values("pk")))
    if kind == SubjectKind.PERSON:
        titled = titled.none()
    elif kind:
        named, titled = named.none(), titled.filter(kind=kind)
    rank = Case(
        When(reference__iexact=words.strip(), then=Value(-1)),
        *(When(kind=one, then=Value(place)) for place, one in enumerate(ORDER)),
        default=Value(len(ORDER)),
        output_field=IntegerField(),
    )
    return Hits(named, titled.order_by(rank, "title", "pk"), viewer, now)


def is_enough(words: str) -> bool:
    """Whether it is worth asking the database."""
    found = words.strip()
    return len(found) >= LEAST or (bool(found) and ord(found[0]) > 0x2E7F)


def _of_people(found: list[Person], viewer: Person, now: datetime) -> list[Hit]:
    sits = people.sits([person.pk for person in found], viewer, now) if found else {}
    return [
        Hit(
            kind=SubjectKind.PERSON,
            label=str(SubjectKind.PERSON.label),
            reference=str(person.pk),
            title=person.name,
            path=f"/people/{person.pk}/",
            note=", ".join(tenure.seat.title for tenure in sits.get(person.pk, [])[:3]),
        )
        for person in found
    ]


def _of_subjects(found: list[Subject], now: datetime) -> list[Hit]:
    keys = [subject.pk for subject in found if subject.kind == SubjectKind.SEAT]
    standing: dict[int, Any] = {}
    if keys:
        rows = Seat.objects.filter(pk__in=keys).select_related("subject")
        standing = {one.seat.pk: one for one in seats.standings(rows, now)}
    return [
        Hit(
            kind=subject.kind,
            label=str(SubjectKind(subject.kind).label),
            reference=subject.reference,
            title=subject.title,
            path=path_of(subject),
            note=standing[subject.pk].shown if subject.pk in standing else "",
        )
        for subject in found
    ]
