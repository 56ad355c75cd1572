"""Who is here, and where they sit."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from django.conf import settings
from django.db.models import Q, QuerySet

from governance import access
from governance.errors import Absent
from governance.languages import offered
from governance.models import Organisation, Person, Seat, Tenure

MOST_WORDS = 8
"""Words of a search that are asked for; a database refuses a condition of a thousand parts."""


def directory(viewer: Person, now: datetime, *, search: str = "", left: bool = False) -> QuerySet[Person]:
    """The people of the organisation; every active person may look them up. ``left`` lists those whose access ended."""
    if not viewer.is_active:
        return Person.objects.none()
    people = Person.objects.filter(is_active=not left)
    for word in search.split()[:MOST_WORDS]:
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return people.order_by("name", "pk")


def one(viewer: Person, now: datetime, pk: int) -> Person:
    """One person, here or gone. Raises :class:`Absent`."""
    found = Person.objects.filter(pk=pk).first() if viewer.is_active else None
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def may_place(viewer: Person, now: datetime) -> bool:
    """Whether ``viewer`` adds people and ends their access: the CX lead, an administrator, the head of it all."""
    root = Organisation.objects.select_related("root").get().root
    return root is not None and access.may(viewer, access.LEAD, root, now)


def sits(person_ids: Iterable[int], viewer: Person, now: datetime) -> dict[int, list[Tenure]]:
    """The tenures that people have now, in seats that ``viewer`` may see: two statements for all of them.

    Which seats may be seen is asked of the few that are shown: joined in, the condition is put to every seat there is.
    """
    rows = list(
        Tenure.objects.at(now)
        .filter(person_id__in=list(person_ids))
        .select_related("seat__subject", "seat__department")
        .order_by("-role", "seat__kind", "pk")
    )
    seen = access.visible_ids(viewer, {tenure.seat_id for tenure in rows}, now)
    found: dict[int, list[Tenure]] = defaultdict(list)
    for tenure in rows:
        if tenure.seat_id in seen:
            found[tenure.person_id].append(tenure)
    return dict(found)


def history(person: Person, viewer: Person, now: datetime) -> list[Tenure]:
    """Every seat that a person has had, newest first: history keeps who held it then."""
    return list(
        Tenure.objects.filter(person=person, seat__in=Seat.objects.visible_to(viewer, now).values("pk"))
        .select_related("seat__subject", "seat__department")
        .order_by("-from_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's language and time zone, and the languages that they may choose: ``(code, name)``."""

    language: str
    zone: str
    spoken: list[tuple[str, str]]
    """Languages that Keep speaks here, as ``(code, name)``; one's own is kept even where it does not."""

    @property
    def languages(self) -> list[tuple[str, str]]:
        """What may be chosen."""
        return self.spoken if self.is_spoken else [*self.spoken, (self.language, self.name)]

    @property
    def is_spoken(self) -> bool:
        return self.language in dict(self.spoken)

    @property
    def name(self) -> str:
        """The name of their language."""
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    @property
    def version(self) -> int:
        """Another number once either is another: people count no versions."""
        return crc32(f"{self.language} {self.zone}".encode())


def choice_of(person: Person) -> Choice:
    """What a person chose, and may choose."""
    return Choice(person.language, person.zone, offered())
