"""Champions, as a viewer may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance.errors import Absent, Refused
from governance.models import (
    OPEN_NOMINATIONS,
    Champion,
    Department,
    Duty,
    DutyKind,
    Nomination,
    NominationState,
    Person,
    Seat,
    SeatKind,
    Tenure,
    TenureRole,
)
from governance.queries.seats import cx_lead_seat, head_seats, movers


def listed(viewer: Person, now: datetime) -> "QuerySet[Champion]":
    """The champions whose seats ``viewer`` may see."""
    return (
        Champion.objects.filter(seat__in=Seat.objects.visible_to(viewer, now).values("pk"))
        .select_related("seat__subject", "seat__department__subject", "endorsed_by")
        .order_by("seat__department__name", "pk")
    )


def one(reference: str, viewer: Person, now: datetime) -> Champion:
    """A champion by the reference of the seat. Raises :class:`Absent`."""
    found = listed(viewer, now).filter(seat__subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def without_champion(viewer: Person, now: datetime) -> list[Department]:
    """Departments below the root that have no champion's seat at all."""
    voiced = Seat.objects.filter(kind=SeatKind.CHAMPION).values("department_id")
    return list(
        Department.objects.visible_to(viewer, now).exclude(pk__in=voiced).filter(parent__isnull=False).order_by("name")
    )


def is_head_of(person: Person, department_id: int, now: datetime) -> bool:
    """Whether ``person`` sits in the head's seat of that very department."""
    heads = Tenure.objects.at(now).filter(
        seat__kind=SeatKind.HEAD, seat__department_id=department_id, person=person, person__is_active=True
    )
    return heads.exists()


def endorsing_seat(champion: Champion, nominee: Person | None, now: datetime) -> Seat:
    """Whose word a champion needs: the head's of the department, else of the nearest above, else the CX lead's.

    Never a seat that the nominee moves: nobody endorses themselves.
    """
    chain = head_seats([champion.seat.department_id])[champion.seat.department_id]
    lead = cx_lead_seat()
    who = movers([*chain, lead.pk], now)
    for seat in chain:
        mover = who.get(seat)
        if nominee is None or mover is None or mover.person_id != nominee.pk:
            found: Seat = Seat.objects.select_related("subject", "department", "calendar").get(pk=seat)
            return found
    return lead


def sits_in(person: Person, seat: Seat, now: datetime, role: str = "") -> bool:
    """Whether ``person`` holds the seat or deputises for its holder (or has just that ``role``)."""
    found = Tenure.objects.at(now).filter(seat=seat, person=person, person__is_active=True)
    return (found.filter(role=role) if role else found).exists()


def has_place(person: Person, seat: Seat, now: datetime) -> bool:
    """Whether ``person`` holds the seat, or is to hold it from a later day on."""
    runs = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=now))
    return runs.filter(seat=seat, person=person, role=TenureRole.HOLDER).exists()


def may_endorse(champion: Champion, nomination: Nomination | None, person: Person, now: datetime) -> bool:
    """Whether it is for ``person`` to stand behind the champion: the head, or whoever moves while there is none."""
    if nomination is not None and nomination.person_id == person.pk:
        return False
    seat = endorsing_seat(champion, nomination.person if nomination else None, now)
    mover = movers([seat.pk], now).get(seat.pk)
    return sits_in(person, seat, now) or (mover is not None and mover.person_id == person.pk)


def require_endorsing(champion: Champion, nomination: Nomination | None, person: Person, now: datetime) -> None:
    """Pass, or raise :class:`Refused` naming whose word it is."""
    if not may_endorse(champion, nomination, person, now):
        raise Refused(
            _("Only the head of %(department)s endorses its champion.") % {"department": champion.seat.department}
        )


def open_nomination(champion: Champion) -> Nomination | None:
    """Who is nominated now, if anybody is."""
    found: Nomination | None = (
        champion.nominations.filter(state__in=OPEN_NOMINATIONS)
        .select_related("person", "nominated_by", "endorsed_by")
        .first()
    )
    return found


def to_renew(now: datetime) -> list[Champion]:
    """Champions whose term ends within six weeks, with somebody who sits there for good, and no renewal owed yet."""
    horizon = now.date() + timedelta(days=45)
    owed = Duty.objects.filter(kind=DutyKind.RENEW, closed_at=None, subject_id=OuterRef("seat_id"))
    sits = (
        Tenure.objects.at(now).filter(role=TenureRole.HOLDER, until_at=None, person__is_active=True).values("seat_id")
    )
    return list(
        Champion.objects.filter(~Exists(owed), term_ends_on__lte=horizon, seat__in=sits)
        .select_related("seat__subject", "seat__department", "seat__calendar")
        .order_by("pk")
    )


def open_nominations(champion_ids: Iterable[int]) -> dict[int, Nomination]:
    """Who is nominated where, by champion's seat. One statement."""
    found = Nomination.objects.filter(champion_id__in=list(champion_ids), state__in=OPEN_NOMINATIONS)
    return {one.champion_id: one for one in found.select_related("person")}


def closed_nominations(champion: Champion) -> list[Nomination]:
    """Nominations that came to nothing or to a term, the newest first."""
    found = champion.nominations.exclude(state__in=OPEN_NOMINATIONS).select_related("person", "endorsed_by")
    return list(found.order_by("-closed_at", "-pk")[:5])


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a champion, for the drawing: done, now or todo."""

    label: str
    detail: str
    state: str
    url: str = ""


def steps(champion: Champion, nomination: Nomination | None, now: datetime) -> list[Step]:
    """Nominated, endorsed, accepted, in office until: how far it has come."""
    if nomination is None:
        return _steps_in_office(champion, now)
    endorsed = nomination.state == NominationState.ENDORSED
    by = nomination.nominated_by.name if nomination.nominated_by else _("at set-up")
    return [
        Step(_("nominated"), _("%(who)s, by %(by)s") % {"who": nomination.person.name, "by": by}, "done"),
        Step(
            _("endorsed"),
            _("by %(by)s") % {"by": nomination.endorsed_by.name} if nomination.endorsed_by else _("the head is asked"),
            "done" if endorsed else "now",
        ),
        Step(_("accepted"), _("%(who)s is asked") % {"who": nomination.person.name}, "now" if endorsed else "todo"),
        Step(_("in office"), _("seated already") if nomination.is_seated else _("from then on"), "todo"),
    ]


def _steps_in_office(champion: Champion, now: datetime) -> list[Step]:
    tenure = (
        Tenure.objects.at(now)
        .filter(seat_id=champion.pk, role=TenureRole.HOLDER, person__is_active=True)
        .select_related("person")
        .first()
    )
    if tenure is None:
        asked = _("somebody is to be nominated")
        return [
            Step(_("nominated"), asked, "now"),
            Step(_("endorsed"), _("by the head"), "todo"),
            Step(_("accepted"), _("by the nominee"), "todo"),
            Step(_("in office"), "", "todo"),
        ]
    said = champion.endorsed_by.name if champion.endorsed_by else ""
    until = date_format(champion.term_ends_on, "j M Y") if champion.term_ends_on else _("somebody else is named")
    return [
        Step(_("nominated"), tenure.person.name, "done"),
        Step(
            _("endorsed"),
            _("by %(by)s") % {"by": said} if said else _("the head has not said so"),
            "done" if said else "now",
        ),
        Step(_("accepted"), _("since %(day)s") % {"day": date_format(tenure.from_at, "j M Y")}, "done"),
        Step(_("in office"), _("until %(until)s") % {"until": until}, "now" if said else "todo"),
    ]
