"""What will happen next: each rung that will fall if nothing is done, when, whom it will reach, about what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils.models import Council, Membership
from governance import access
from governance.clauses import COUNCIL, ONTO_AGENDA, OWNER, PARENT, WARNING
from governance.errors import Absent
from governance.models import BESIDE, Duty, Person, Rung, Subject, Tenure
from governance.models.subjects import seen_in_passing
from governance.queries import people
from governance.queries.calendars import local_day
from governance.queries.seats import movers
from notifications import links
from notifications.queries.climbing import Directory, Owed, directory, owed_of
from notifications.sql.rungs import Coming, coming

LOOKED_AHEAD = timedelta(days=60)
"""How far ahead a page or a warning says who is asked next."""

LONGEST = 18
"""Digits of a key: more are beyond any number that the database knows."""
MOST = 500
"""Duties looked ahead at on one page; the nearest first."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One coming rung. ``seat`` and ``who`` are whom it will reach as things stand today; ``onto`` a council's name.

    What its reader may not know of is empty: a seat, and with it whoever answers there; a council.
    """

    duty_id: int
    position: int
    target: str
    at: datetime
    day: date
    reference: str
    title: str
    url: str
    owner: str
    owner_name: str
    what: str
    due_on: date | None
    seat_id: int
    seat: str
    who: str
    onto: str
    council_id: int | None
    owner_id: int = 0
    owner_seat_id: int = 0
    who_id: int = 0

    @property
    def is_for_owner(self) -> bool:
        return self.target in (OWNER, WARNING)

    def sentence(self, zone: str) -> str:
        """Who is asked when, in the reader's language and zone: "Thu 19 Nov 10:00 Joel Brandt (Head of Claims) will be
        asked for help; answer, or ask now yourself."
        """
        # Translators: a day with its weekday and the time, as a date format: Thu 19 Nov 10:00
        when = date_format(self.at.astimezone(ZoneInfo(zone)), _("D j M H:i"))
        whom = f"{self.who} ({self.seat})" if self.who and self.who != self.seat else self.seat or self.who
        words = {"when": when, "whom": whom or _("somebody"), "body": self.onto or _("a council")}
        if self.target in ONTO_AGENDA and (self.council_id is not None or self.target != PARENT):
            return _("%(when)s it goes onto the agenda of %(body)s; answer, or ask for help now yourself.") % words
        return _("%(when)s %(whom)s will be asked for help; answer, or ask now yourself.") % words

    @property
    def names(self) -> set[int]:
        """The seats and the council that it names."""
        return {key for key in (self.seat_id, self.owner_seat_id, self.council_id) if key is not None}

    def for_sight(self, seen: Collection[int]) -> "Expected":
        """As somebody may read it who may see these of what it ``names``."""
        told = self
        if self.seat_id not in seen:
            told = replace(told, seat="", who="", who_id=0)
        if self.owner_seat_id not in seen:
            told = replace(told, owner="", owner_name="", owner_id=0)
        return told if self.council_id in seen else replace(told, onto="")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Of one thing, one council, one person; together where several are named."""

    about: Subject | None = None
    council: Council | None = None
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The coming days, as one viewer may see them."""

    until: datetime
    rungs: Sequence[Expected]
    is_cut: bool

    @property
    def asking(self) -> int:
        """How many of them ask somebody for help."""
        return sum(not rung.is_for_owner for rung in self.rungs)


def what_happens_next(viewer: Person, now: datetime, days: int = 14, *, only: Narrowing | None = None) -> Outlook:
    """The rungs that fall in the next ``days`` days for what ``viewer`` may see.

    The number of statements does not grow with the number of rungs. Of one person: what their seats owe, as far as the
    viewer may see these, and among the nearest rungs of all those that reach such a seat.
    """
    until = now + timedelta(days=days)
    only = only or Narrowing()
    duties = _climbing(until).filter(seen_in_passing(viewer, now))
    if only.about is not None:
        duties = duties.filter(subject=only.about)
    if only.council is not None:
        of_it = Membership.objects.filter(council=only.council).values("seat_id")
        duties = duties.filter(Q(overseer=only.council.pk) | Q(subject=only.council.pk) | Q(seat__in=of_it))
    if only.person is not None:
        return _of_person(only.person, duties, viewer, now, until)
    rungs, is_cut = _nearest(duties, viewer, now, until)
    return Outlook(until=until, rungs=rungs, is_cut=is_cut)


def _nearest(duties: "QuerySet[Duty]", viewer: Person, now: datetime, until: datetime) -> tuple[list[Expected], bool]:
    keys = list(duties.order_by("next_at", "pk").values_list("pk", flat=True)[: MOST + 1])
    return _expected(coming(keys[:MOST], until), now, viewer), len(keys) > MOST


def _of_person(person: Person, duties: "QuerySet[Duty]", viewer: Person, now: datetime, until: datetime) -> Outlook:
    sits = set(Tenure.objects.at(now).filter(person=person).values_list("seat_id", flat=True))
    owing, is_cut = _nearest(duties.filter(seat__in=sits), viewer, now, until)
    around, is_cut_too = _nearest(duties, viewer, now, until)
    known = {(rung.duty_id, rung.position): rung for rung in (*around, *owing)}
    # Who sits where the viewer may not look is nobody here.
    theirs = [rung for rung in known.values() if person.pk in (rung.who_id, rung.owner_id)]
    theirs.sort(key=lambda rung: (rung.at, rung.duty_id, rung.position))
    return Outlook(until=until, rungs=theirs, is_cut=is_cut or is_cut_too)


def narrowing(viewer: Person, now: datetime, *, about: str = "", council: str = "", person: str = "") -> Narrowing:
    """What these words name, by reference or key. Raises :class:`Absent` for what the viewer may not see."""
    thing = _named(Subject.objects.all(), about, "reference")
    if thing is not None and not access.may_see(viewer, thing.pk, now):
        raise _nothing()
    return Narrowing(
        about=thing,
        council=_named(Council.objects.visible_to(viewer, now), council, "subject__reference"),
        person=_person(viewer, now, person),
    )


def _person(viewer: Person, now: datetime, key: str) -> Person | None:
    if not key:
        return None
    if not key.isdecimal() or len(key) >= LONGEST:
        raise _nothing()
    return people.one(viewer, now, int(key))


def _named(found: "QuerySet[Any]", name: str, field: str) -> Any:
    if not name:
        return None
    key = {"pk": int(name)} if name.isdecimal() and len(name) < LONGEST else {field: name}
    named = found.filter(**key).first()
    if named is None:
        raise _nothing()
    return named


def _nothing() -> Absent:
    return Absent(_("There is nothing here, or nothing that you may see."))


def foretold(subject_ids: Iterable[int], viewer: Person | None, now: datetime) -> dict[int, Expected]:
    """For each subject the next rung that asks somebody else, if nothing is done. A bounded number of statements.

    Without ``viewer`` for messages: whoever hands one over asks what its reader may see (:meth:`Expected.for_sight`).
    """
    seen = Q() if viewer is None else seen_in_passing(viewer, now)
    owed = Duty.objects.filter(seen, subject_id__in=list(subject_ids), closed_at=None, next_at__isnull=False)
    about = dict(owed.exclude(kind__in=BESIDE).values_list("pk", "subject_id"))
    if not about:
        return {}
    first: dict[int, Coming] = {}
    for rung in coming(about, now + LOOKED_AHEAD):
        if rung.target not in (OWNER, WARNING):
            first.setdefault(about[rung.duty_id], rung)
    return {about[one.duty_id]: one for one in _expected(list(first.values()), now, viewer)}


def expected_by(until: datetime) -> list[Expected]:
    """Every rung that falls by ``until`` if nothing is done: what a dry run shows. For whoever runs the program."""
    return _expected(coming(_climbing(until).values_list("pk", flat=True), until), until, None)


def _climbing(until: datetime) -> "QuerySet[Duty]":
    return Duty.objects.filter(closed_at=None, next_at__lte=until)


def _expected(rungs: Sequence[Coming], now: datetime, viewer: Person | None) -> list[Expected]:
    """The rungs with names: duties, whom they reach, who answers there today. A bounded number of statements.

    A thing that a viewer may see can be owed by, or climb to, a seat of a confidential council: that one is not named.
    """
    duties = {
        duty.pk: duty
        for duty in Duty.objects.filter(pk__in={rung.duty_id for rung in rungs}).select_related(
            "subject", "seat__subject", "calendar"
        )
    }
    stands = directory()
    owed = owed_of(duties)
    ladder = _targets({duty.charter_version_id for duty in duties.values()})
    asked = [
        stands.asked(
            owed[rung.duty_id],
            rung.target,
            ladder[duties[rung.duty_id].charter_version_id, duties[rung.duty_id].kind][: rung.position - 1],
        )
        for rung in rungs
    ]
    seats = set(asked) | {duty.seat_id for duty in duties.values()}
    names = dict(Subject.objects.filter(pk__in=seats).values_list("pk", "title"))
    who = movers(seats, now)
    councils = _council_names(rungs, owed, stands)
    lines = []
    for rung, seat_id in zip(rungs, asked, strict=True):
        duty = duties[rung.duty_id]
        body = _body(rung, owed, stands)
        lines.append(
            Expected(
                duty_id=duty.pk,
                position=rung.position,
                target=rung.target,
                at=rung.at,
                day=local_day(duty.calendar, rung.at),
                reference=duty.subject.reference,
                title=duty.subject.title,
                url=links.path_of(duty.subject.kind, duty.subject.reference),
                owner=duty.seat.subject.title,
                owner_name=who[duty.seat_id].name if duty.seat_id in who else "",
                what=str(duty.get_kind_display()),
                due_on=duty.due_on,
                seat_id=seat_id,
                seat=names.get(seat_id, ""),
                who=who[seat_id].name if seat_id in who else "",
                onto=councils.get(body, "") if body is not None else "",
                council_id=body,
                owner_id=who[duty.seat_id].person_id if duty.seat_id in who else 0,
                owner_seat_id=duty.seat_id,
                who_id=who[seat_id].person_id if seat_id in who else 0,
            )
        )
    if viewer is None or not lines:
        return lines
    seen = access.visible_ids(viewer, set().union(*(line.names for line in lines)), now)
    return [line.for_sight(seen) for line in lines]


def _targets(versions: set[int]) -> dict[tuple[int, str], list[str]]:
    """(charter version, duty kind) to whom its rungs ask, in their order. One statement."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    rows = Rung.objects.filter(charter_version_id__in=versions).order_by("position")
    for version, kind, target in rows.values_list("charter_version_id", "duty_kind", "target"):
        found[version, kind].append(target)
    return found


def _body(rung: Coming, owed: dict[int, Owed], stands: Directory) -> int | None:
    """The council whose agenda a rung reaches, if it does."""
    if rung.target == COUNCIL:
        return stands.body_for(owed[rung.duty_id])
    return stands.above(owed[rung.duty_id]) if rung.target == PARENT else None


def _council_names(rungs: Sequence[Coming], owed: dict[int, Owed], stands: Directory) -> dict[int, str]:
    """Names of the councils that rungs reach."""
    wanted = {_body(rung, owed, stands) for rung in rungs if rung.target in ONTO_AGENDA}
    return dict(Council.objects.filter(pk__in=wanted - {None}).values_list("pk", "name"))
