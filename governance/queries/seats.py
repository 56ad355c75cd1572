"""Who answers for a seat, and where a seat stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from governance.errors import Absent, Invalid
from governance.models import Department, Person, Seat, SeatKind, Tenure, TenureRole
from governance.queries.calendars import calendar_of_seat


@dataclass(frozen=True, slots=True)
class Answering:
    """The person who answers for a seat today.

    ``stands_in`` is "" for the holder, "deputy" for the deputy, "filler" where the seat is vacant and whoever has to
    fill it is the next mover.
    """

    person_id: int
    name: str
    stands_in: str
    tenure_id: int | None


def answering(seat_ids: Iterable[int], now: datetime) -> dict[int, Answering]:
    """For each seat its holder, else its deputy (the holder is away, inactive or missing). Vacant seats are left out.

    One statement, whatever the number of seats.
    """
    rows = Tenure.objects.at(now).filter(seat_id__in=list(seat_ids), person__is_active=True).select_related("person")
    return _answering(rows, now)


def _answering(running: Iterable[Tenure], now: datetime) -> dict[int, Answering]:
    """Of the tenures that run now, with their people: who answers at each seat."""
    found: dict[int, Answering] = {}
    for tenure in sorted(running, key=lambda one: one.role == TenureRole.DEPUTY):  # holder before deputy
        person = tenure.person
        is_here = person.is_active and not person.is_away(now.astimezone(ZoneInfo(person.zone)).date())
        if tenure.seat_id in found or not is_here:
            continue
        deputy = tenure.role == TenureRole.DEPUTY
        found[tenure.seat_id] = Answering(person.pk, person.name, "deputy" if deputy else "", tenure.pk)
    return found


def movers(seat_ids: Iterable[int], now: datetime) -> dict[int, Answering]:
    """Like :func:`answering`, and for a vacant seat the person who has to fill it, up to the CX lead.

    Source of the rule: DESIGN.md, point 1 (nothing rests) and point 3 (a vacancy escalates by itself). Where everybody
    in that line is away or gone, whoever administers is named although they are away: nothing is ever nobody's.
    At most four statements.
    """
    wanted = set(seat_ids)
    found = answering(wanted, now)
    missing = wanted - found.keys()
    if not missing:
        return found
    rows = Seat.objects.values_list("pk", "filled_by_id", "kind")
    links: dict[int, int | None] = {pk: filler for pk, filler, _kind in rows}
    rank = [SeatKind.CX_LEAD, SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR, SeatKind.ADMINISTRATOR]
    fallback = [(rank.index(SeatKind(kind)), pk) for pk, _filler, kind in rows if kind in rank]
    last = [pk for _rank, pk in sorted(fallback)]
    chains = {seat: [*_chain(seat, links), *last] for seat in missing}
    standing = answering({link for chain in chains.values() for link in chain}, now)
    for seat, chain in chains.items():
        filler = next((standing[link] for link in chain if link in standing), None)
        if filler is not None:
            found[seat] = Answering(filler.person_id, filler.name, "filler", None)
    lost = missing - found.keys()
    last_resort = _last_resort(now) if lost else None
    if last_resort is not None:
        found |= dict.fromkeys(lost, last_resort)
    return found


def deputies(seat_ids: Iterable[int], now: datetime) -> dict[int, Person]:
    """For each seat its deputy who is here today, where it has one. One statement."""
    rows = (
        Tenure.objects.at(now)
        .filter(seat_id__in=list(seat_ids), role=TenureRole.DEPUTY, person__is_active=True)
        .select_related("person")
        .order_by("-pk")
    )
    return {
        tenure.seat_id: tenure.person
        for tenure in rows
        if not tenure.person.is_away(now.astimezone(ZoneInfo(tenure.person.zone)).date())
    }


def _last_resort(now: datetime) -> Answering | None:
    """The CX lead, else an administrator, here or away."""
    tenure = (
        Tenure.objects.at(now)
        .filter(seat__kind__in=[SeatKind.CX_LEAD, SeatKind.ADMINISTRATOR], person__is_active=True)
        .select_related("person")
        .order_by("-seat__kind", "-role", "pk")
        .first()
    )
    return Answering(tenure.person_id, tenure.person.name, "filler", None) if tenure is not None else None


def _chain(seat: int, links: dict[int, int | None]) -> list[int]:
    chain: list[int] = []
    link = links.get(seat)
    while link is not None and link not in chain:
        chain.append(link)
        link = links.get(link)
    return chain


def head_seats(department_ids: Iterable[int]) -> dict[int, list[int]]:
    """For each department the head seats from its own up to the root's. Two statements."""
    tree = dict(Department.objects.values_list("pk", "parent_id"))
    heads = dict(Seat.objects.filter(kind=SeatKind.HEAD).values_list("department_id", "pk"))
    chains: dict[int, list[int]] = {}
    for department in set(department_ids):
        chain: list[int] = []
        above: int | None = department
        while above is not None:
            if above in heads:
                chain.append(heads[above])
            above = tree.get(above)
        chains[department] = chain
    return chains


def held_by(person: Person, now: datetime) -> "list[Tenure]":
    """The tenures that a person has now, with their seats."""
    return list(
        Tenure.objects.at(now)
        .filter(person=person)
        .select_related("seat__subject", "seat__department__subject")
        .order_by("role", "seat__kind", "pk")
    )


def cx_lead_seat() -> Seat:
    seat: Seat = Seat.objects.select_related("department").get(kind=SeatKind.CX_LEAD)
    return seat


def listed(
    viewer: Person, now: datetime, *, kind: str = "", department: Department | None = None, filled: bool | None = None
) -> "QuerySet[Seat]":
    """The seats that ``viewer`` may see; ``filled`` keeps those with (or without) a holder or deputy now."""
    seats: QuerySet[Seat] = Seat.objects.visible_to(viewer, now).select_related("department__subject")
    if kind:
        usual, _colon, own = kind.partition(":")
        seats = seats.filter(kind=usual, **({"own_kind": own} if own else {}))
    if department is not None:
        seats = seats.filter(department=department)
    if filled is not None:
        taken = Tenure.objects.at(now).filter(person__is_active=True).values("seat_id")
        seats = seats.filter(pk__in=taken) if filled else seats.exclude(pk__in=taken)
    return seats.order_by("department__name", "kind", "pk")


def kinds(viewer: Person, now: datetime) -> list[tuple[str, str]]:
    """What lists filter by: the usual kinds, then the organisation's own, as ``(kind_key, label)``. One statement."""
    own = Seat.objects.visible_to(viewer, now).exclude(own_kind="").order_by("own_kind")
    names = own.values_list("own_kind", flat=True).distinct()
    usual = [(str(value), str(label)) for value, label in SeatKind.choices]
    return [*usual, *((f"{SeatKind.OTHER}:{name}", name) for name in names)]


def one(reference: str, viewer: Person, now: datetime) -> Seat:
    """A seat by its reference. Raises :class:`Absent`."""
    found: Seat | None = (
        Seat.objects.visible_to(viewer, now)
        .select_related("department__subject", "calendar", "filled_by__subject", "sponsor", "champion")
        .filter(subject__reference=reference)
        .first()
    )
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def history(seat: Seat) -> list[Tenure]:
    """Who held a seat or stood in for its holder, newest first, also who is to. What never began is left out."""
    begun = seat.tenures.exclude(from_at=F("until_at"))
    return list(begun.select_related("person").order_by("-from_at", "-pk"))


def endable(seat: Seat, now: datetime) -> list[Tenure]:
    """For each role the tenure that runs, or where none does the next one to begin: what :func:`leave` would end."""
    rows = seat.tenures.filter(Q(until_at=None) | Q(until_at__gt=now)).select_related("person").order_by("from_at")
    found: dict[str, Tenure] = {}
    for tenure in rows:
        found.setdefault(tenure.role, tenure)
    return [found[role] for role in TenureRole.values if role in found]


def stretch(
    seat: Seat, from_on: date | None, until_on: date | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Days where the seat is as moments: the first from its midnight (today: from now on), the last to its end."""
    zone = ZoneInfo(calendar_of_seat(seat).zone)
    today = now.astimezone(zone).date()
    begins = None if from_on is None or from_on == today else datetime.combine(from_on, time(), zone)
    try:
        ends = None if until_on is None else datetime.combine(until_on + timedelta(days=1), time(), zone)
    except OverflowError:
        raise Invalid(
            _("No calendar reaches that far. Choose an earlier day, or leave it empty."), field="until_on"
        ) from None
    return begins, ends


def _vacant_since(seats: Iterable[Seat], tenures: Iterable[Tenure], now: datetime) -> dict[int, datetime]:
    """Of these seats and all their tenures: the seats without holder or deputy, and since when they are."""
    since = {seat.pk: seat.subject.created_at for seat in seats}
    taken: set[int] = set()
    for tenure in tenures:
        if tenure.until_at is None or tenure.until_at > now:
            if tenure.person.is_active:
                taken.add(tenure.seat_id)
        else:
            since[tenure.seat_id] = max(since[tenure.seat_id], tenure.until_at)
    return {pk: moment for pk, moment in since.items() if pk not in taken}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a seat stands today: who answers for it, or since when it is vacant."""

    seat: Seat
    holder: str
    answering: Answering | None
    vacant_since: datetime | None

    @property
    def shown(self) -> str:
        """Whose name stands at the seat: its holder's, else that of a deputy who is here; else nobody's."""
        return self.holder or (self.answering.name if self.answering else "")


def standings(seats: Iterable[Seat], now: datetime) -> list[Standing]:
    """How these seats stand, in their order. One statement: a vacancy is as old as the last tenure, so all are read."""
    listed_ones = list(seats)
    tenures = list(Tenure.objects.filter(seat_id__in=[seat.pk for seat in listed_ones]).select_related("person"))
    running = [one for one in tenures if one.runs_at(now)]
    names = {one.seat_id: one.person.name for one in running if one.role == TenureRole.HOLDER and one.person.is_active}
    who, vacant = _answering(running, now), _vacant_since(listed_ones, tenures, now)
    return [Standing(seat, names.get(seat.pk, ""), who.get(seat.pk), vacant.get(seat.pk)) for seat in listed_ones]


def holders(seat_ids: Iterable[int], now: datetime) -> dict[int, str]:
    """The holders' names, here or away: an absence is no vacancy. One statement."""
    return dict(
        Tenure.objects.at(now)
        .filter(seat_id__in=list(seat_ids), role=TenureRole.HOLDER, person__is_active=True)
        .values_list("seat_id", "person__name")
    )


def with_holders(seats: QuerySet[Seat], now: datetime) -> QuerySet[Seat]:
    """The seats with ``holder_name``, nothing where nobody holds it; in the same statement."""
    holds = Tenure.objects.at(now).filter(seat_id=OuterRef("pk"), role=TenureRole.HOLDER, person__is_active=True)
    return seats.annotate(holder_name=Subquery(holds.values("person__name")[:1]))
