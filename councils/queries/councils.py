"""Councils, who sits on them, and what they need."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from councils.models import Council, CouncilGrant, Membership
from governance import access
from governance.errors import Absent
from governance.models import AudienceContainer, Department, Person, Seat, SeatKind, Tenure, TenureRole
from governance.queries.calendars import calendar_of_department, local_day
from governance.seated import SeatsBody
from governance.sponsored import Body

_FIRST = Case(
    When(seat__kind=SeatKind.CHAIR, then=Value(0)),
    When(seat__kind=SeatKind.SECRETARY, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def confidential(audiences: Iterable[int]) -> set[int]:
    """Which of these audiences are confidential councils alone. One statement.

    The one meaning of "confidential" for mails and for the links in them. An audience that a confidential council
    shares with others is none of these: an open thing is as open as before when such a council takes it up as well,
    and the links that its people were sent must not die of that. What is such a council's own is known to it alone:
    its items, meetings, decisions, seats. So whoever asks about a link asks about the seats that owe and answer, too:
    nothing is asked of a confidential council's seat by a link, not even about an open thing.
    """
    secret = Council.objects.filter(pk=OuterRef("container_id"), is_confidential=True)
    held = AudienceContainer.objects.filter(audience_id__in=set(audiences)).annotate(is_secret=Exists(secret))
    closed: dict[int, bool] = {}
    for audience, is_secret in held.values_list("audience_id", "is_secret"):
        closed[audience] = closed.get(audience, True) and is_secret
    return {audience for audience, is_closed in closed.items() if is_closed}


def keeps_to_itself(seat_id: int, *, but: int) -> bool:
    """Whether the seat is one of a confidential council, another than ``but``: only that council knows of it."""
    return Membership.objects.filter(seat=seat_id, council__is_confidential=True).exclude(council=but).exists()


def listed(viewer: Person, now: datetime) -> QuerySet[Council]:
    """The councils that ``viewer`` may see, with what a row shows."""
    found: QuerySet[Council] = (
        Council.objects.visible_to(viewer, now)
        .select_related("parent__subject", "department", "sponsor__seat__subject", "charter__subject")
        .annotate(
            seats=Count("memberships", filter=Q(memberships__ended_at=None), distinct=True),
            open_items=Count("agenda", filter=Q(agenda__state="open"), distinct=True),
        )
        .order_by("name")
    )
    return found


def narrowed(found: QuerySet[Council], kind: str) -> QuerySet[Council]:
    """Those of one kind; all, where none is named."""
    return found.filter(kind=kind) if kind else found


def get(reference: str, viewer: Person, now: datetime) -> Council:
    """One council by its reference; raises :class:`Absent` for what is not there or may not be seen."""
    found = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def rights(viewer: Person, council: Council, now: datetime) -> set[str]:
    """What ``viewer`` may do in a council now, as codenames of :mod:`councils.access`. One statement."""
    if not viewer.is_active:
        return set()
    found = CouncilGrant.objects.filter(access.running(now), user_id=viewer.pk, content_object=council)
    return set(found.values_list("permission__codename", flat=True))


@dataclass(frozen=True, slots=True)
class Sitting:
    """One seat of a council with whoever has it now; ``answering`` is who would take it today."""

    membership: Membership
    seat: Seat
    represents: Department | None
    holder: Person | None
    deputy: Person | None
    since: date | None
    is_holder_away: bool

    @property
    def is_vacant(self) -> bool:
        return self.holder is None and self.deputy is None

    @property
    def is_chair(self) -> bool:
        return self.seat.kind == SeatKind.CHAIR

    @property
    def answering(self) -> Person | None:
        """The holder, or the deputy in the holder's absence."""
        if self.holder is not None and not self.is_holder_away:
            return self.holder
        return self.deputy or self.holder


@dataclass(slots=True)
class _Who:
    holder: Tenure | None = None
    deputy: Tenure | None = None


def memberships(council_ids: Iterable[int]) -> QuerySet[Membership]:
    """The seats of these councils that have not ended: chair, secretary, members."""
    return (
        Membership.objects.filter(council_id__in=list(council_ids), ended_at=None)
        .select_related("seat__subject", "council", "represents__subject")
        .order_by("council_id", _FIRST, "seat_id")
    )


def sittings(council_ids: Iterable[int], now: datetime) -> dict[int, list[Sitting]]:
    """Who sits where, by council. Two statements, whatever the number of councils."""
    rows = list(memberships(council_ids))
    people: dict[int, _Who] = defaultdict(_Who)
    tenures = Tenure.objects.at(now).filter(seat_id__in=[row.pk for row in rows], person__is_active=True)
    for tenure in tenures.select_related("person"):
        setattr(people[tenure.seat_id], "holder" if tenure.role == TenureRole.HOLDER else "deputy", tenure)
    found: dict[int, list[Sitting]] = defaultdict(list)
    for row in rows:
        who = people[row.pk]
        holder, deputy = who.holder, who.deputy
        away = holder is not None and holder.person.is_away(now.astimezone(ZoneInfo(holder.person.zone)).date())
        first = holder or deputy
        found[row.council_id].append(
            Sitting(
                membership=row,
                seat=row.seat,
                represents=row.represents,
                holder=holder.person if holder else None,
                deputy=deputy.person if deputy else None,
                since=first.from_at.date() if first else None,
                is_holder_away=away,
            )
        )
    return found


def sitting_of(council: Council, now: datetime) -> list[Sitting]:
    return sittings([council.pk], now).get(council.pk, [])


def seat_of(council: Council, kind: SeatKind) -> Seat | None:
    """The council's seat of a kind: its chair's, its secretary's."""
    return (
        Seat.objects.filter(kind=kind, membership__council=council, membership__ended_at=None)
        .select_related("department", "calendar", "subject")
        .order_by("pk")
        .first()
    )


def clerk_seat(council: Council, now: datetime) -> Seat:
    """The seat that keeps the council's agenda: the secretary's, or the chair's while nobody is secretary."""
    secretary, chair = seat_of(council, SeatKind.SECRETARY), seat_of(council, SeatKind.CHAIR)
    if chair is None:
        raise LookupError(f"council {council.pk} has no chair's seat")
    if secretary is None:
        return chair
    taken = set(
        Tenure.objects.at(now)
        .filter(seat_id__in=[secretary.pk, chair.pk], person__is_active=True)
        .values_list("seat_id", flat=True)
    )
    return chair if secretary.pk not in taken and chair.pk in taken else secretary


def today_of(council: Council, now: datetime) -> date:
    """Which day it is where the council keeps its calendar."""
    return local_day(calendar_of_department(council.department), now)


def today_for(viewer: Person, now: datetime) -> date:
    """Which day it is where the reader is."""
    return now.astimezone(ZoneInfo(viewer.zone)).date()


def sponsored(sponsor_ids: Collection[int]) -> list[Body]:
    """The councils of these sponsors, for what governance says that sponsors owe. One statement."""
    found = Council.objects.filter(sponsor_id__in=sponsor_ids, subject__archived_at=None).select_related("charter")
    return [Body(council.pk, council.charter, council.sponsor_id) for council in found.order_by("pk")]


def seated(seat_ids: Collection[int]) -> dict[int, SeatsBody]:
    """The councils of these seats, for what governance says of a seat that nobody holds. One statement."""
    found = Membership.objects.filter(seat_id__in=seat_ids, ended_at=None).select_related("council__charter")
    return {one.seat_id: SeatsBody(one.council_id, one.council.charter) for one in found}


def superior(council: Council) -> Council | None:
    """The body to which a council refers. What a confidential council decides goes to nobody but its sponsor."""
    return None if council.is_confidential else council.parent


@dataclass(frozen=True, slots=True)
class Composition:
    """Seats of a council in figures."""

    seats: int = 0
    vacant: int = 0
    voting: int = 0
    vacancies: list[str] = field(default_factory=list)


def composition(rows: list[Sitting]) -> Composition:
    empty = [row for row in rows if row.is_vacant]
    return Composition(
        seats=len(rows),
        vacant=len(empty),
        voting=sum(row.membership.votes for row in rows),
        vacancies=[row.seat.title for row in empty],
    )
