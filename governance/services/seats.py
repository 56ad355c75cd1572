"""Founding seats and seating people."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import (
    Champion,
    Department,
    ExecutiveSponsor,
    Person,
    Seat,
    SeatKind,
    SponsorScope,
    SubjectKind,
    Tenure,
    TenureRole,
)
from governance.models.organisation import Organisation
from governance.services import journal, nominations, subjects

FOUNDED = events.declare("governance.seat.founded", says=gettext_lazy("{by} founded the seat {subject}"))
SEATED = events.declare("governance.seat.taken", says=gettext_lazy("{by} seated {person} as {role} of {subject}"))
LEFT = events.declare("governance.seat.left", says=gettext_lazy("{by} ended the {role}'s tenure of {subject}"))


OF_COUNCILS = frozenset({SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER})
SPONSORS = frozenset({SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR})


@transaction.atomic
def found(
    *,
    kind: str,
    department: Department,
    by: Person | None,
    now: datetime,
    title: str = "",
    expectations: str = "",
    capacity_minutes: int = 0,
    filled_by: Seat | None = None,
) -> Seat:
    """Found a seat. Who sits where is the whole organisation's to know, so its audience is the root's.

    Founding with ``by`` needs the right to lead the department; without it (set-up, import) the caller answers.
    """
    if by is not None:
        access.require(by, access.LEAD, department, now)
    if kind in (SeatKind.CHAMPION, SeatKind.HEAD) and Seat.objects.filter(kind=kind, department=department).exists():
        raise Conflict(_("%(department)s has this seat already. Seat somebody in it.") % {"department": department})
    if kind == SeatKind.CX_LEAD and Seat.objects.filter(kind=kind).exists():
        raise Conflict(_("There is a CX lead's seat already. Seat somebody in it."))
    root_id = Organisation.objects.values_list("root_id", flat=True).first()
    subject = subjects.create(
        SubjectKind.SEAT,
        title=title or f"{SeatKind(kind).label}, {department.name}",
        now=now,
        audience=[root_id if root_id is not None else department.pk],
    )
    seat = Seat.objects.create(
        subject=subject,
        kind=kind,
        department=department,
        expectations=expectations,
        capacity_minutes=capacity_minutes,
        filled_by=filled_by,
    )
    if kind == SeatKind.CHAMPION:
        Champion.objects.create(seat=seat)
    if kind in SPONSORS:
        scope = SponsorScope.CX if kind == SeatKind.CX_SPONSOR else SponsorScope.EX
        ExecutiveSponsor.objects.create(seat=seat, scope=scope)
    journal.record(FOUNDED, subject=subject, by=by, now=now, kind=kind)
    return seat


@transaction.atomic
def seat_person(
    *,
    seat: Seat,
    person: Person,
    by: Person | None,
    now: datetime,
    role: str = TenureRole.HOLDER,
    projects: bool = True,
) -> Tenure:
    """Seat a person from now on; whoever had the role before leaves it now.

    Whoever seats many says ``projects=False`` and calls ``access.sync`` once, in the same transaction.

    Needs the right to lead the seat's department; seats of councils are filled by their council, and a sponsor's as
    :func:`_require_trust` says. Raises :class:`Invalid` for somebody who left.
    """
    if by is not None:
        if seat.kind in SPONSORS:
            _require_trust(seat, person, role, by, now)
        else:
            require_filling(seat, by, now)
    if not person.is_active:
        raise Invalid(_("%(person)s has left. Choose somebody who is here.") % {"person": person}, field="person")
    Seat.objects.select_for_update().get(pk=seat.pk)
    other = TenureRole.DEPUTY if role == TenureRole.HOLDER else TenureRole.HOLDER
    if Tenure.objects.at(now).filter(seat=seat, person=person, role=other).exists():
        raise Invalid(
            _("%(person)s has the other role of this seat. Nobody deputises for themselves.") % {"person": person},
            field="person",
        )
    before = _end(seat, role, now)
    tenure = Tenure.objects.create(seat=seat, person=person, role=role, from_at=now)
    journal.record(SEATED, subject=seat.subject, by=by, now=now, role=role, person=person.pk)
    if projects:
        access.sync({person.pk, *before})
    if by is not None and seat.kind == SeatKind.CHAMPION and role == TenureRole.HOLDER:
        nominations.seated_by_hand(seat=seat, person=person, by=by, now=now)
    return tenure


@transaction.atomic
def leave(*, seat: Seat, by: Person | None, now: datetime, role: str = TenureRole.HOLDER) -> int:
    """End the open tenure of a role. What the seat owes stays with the seat."""
    if by is not None:
        require_filling(seat, by, now)
    ended = _end(seat, role, now)
    if ended:
        journal.record(LEFT, subject=seat.subject, by=by, now=now, role=role)
        access.sync(ended)
    return len(ended)


def require_filling(seat: Seat, by: Person, now: datetime) -> None:
    access.require(by, access.LEAD, seat.department, now)
    if seat.kind in OF_COUNCILS:
        raise Refused(
            _("This seat belongs to a council. Whoever prepares that council fills it, on the council's own page.")
        )


def _require_trust(seat: Seat, person: Person, role: str, by: Person, now: datetime) -> None:
    """A sponsor's seat opens what even administrators may not see: nobody lets themselves in.

    A new sponsor is seated by somebody else; the deputy is the sponsor's own choice while there is a sponsor.
    """
    if role == TenureRole.DEPUTY and _holders(seat, now).exists():
        if names_deputy(seat, by, now):
            return
        access.require(by, access.LEAD, seat.department, now)
        raise Refused(_("Sponsors name their own deputy. Ask the sponsor to."))
    access.require(by, access.LEAD, seat.department, now)
    if person.pk == by.pk:
        raise Refused(_("Nobody seats themselves as a sponsor. Ask another administrator or the CX lead."))


def names_deputy(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` is the sponsor in this seat, whose deputy is their own choice."""
    return seat.kind in SPONSORS and _holders(seat, now).filter(person=by).exists()


def may_fill(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` seats somebody here: a council's seats are filled by their council."""
    return seat.kind not in OF_COUNCILS and access.may(by, access.LEAD, seat.department, now)


def _holders(seat: Seat, now: datetime) -> QuerySet[Tenure]:
    return Tenure.objects.at(now).filter(seat=seat, role=TenureRole.HOLDER, person__is_active=True)


def _end(seat: Seat, role: str, now: datetime) -> list[int]:
    """End the open tenure of a role; the keys of whoever had it."""
    running = Tenure.objects.filter(seat=seat, role=role, until_at=None)
    people = list(running.values_list("person_id", flat=True))
    running.update(until_at=now)
    return people
