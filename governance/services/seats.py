"""Founding seats and seating people."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, briefs, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import (
    ORGANISATION_WIDE,
    Champion,
    Department,
    Duty,
    DutyKind,
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
from governance.services import journal, nominations, subjects, successions, vacancies

FOUNDED = events.declare("governance.seat.founded", says=gettext_lazy("{by} founded the seat {subject}"))
SEATED = events.declare("governance.seat.taken", says=gettext_lazy("{by} seated {person} as {role} of {subject}"))
LEFT = events.declare("governance.seat.left", says=gettext_lazy("{by} ended the {role}'s tenure of {subject}"))


OF_COUNCILS = frozenset({SeatKind.CHAIR, SeatKind.SECRETARY, SeatKind.MEMBER})
SPONSORS = frozenset({SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR})
ADMINISTER = frozenset({SeatKind.ADMINISTRATOR, SeatKind.CX_LEAD})

FARTHEST = timedelta(days=3653)
"""How far ahead somebody is seated at most: ten years, longer than anybody plans and within every calendar."""


@transaction.atomic
def found(
    *,
    kind: str,
    department: Department,
    by: Person | None,
    now: datetime,
    title: str = "",
    expectations: str | None = None,
    criteria: str | None = None,
    own_kind: str = "",
    capacity_minutes: int = 0,
    filled_by: Seat | None = None,
    seen_by: Iterable[int] | None = None,
    owes: bool = True,
) -> Seat:
    """Found a seat. Who sits where is the whole organisation's to know, so its audience is the root's.

    Without ``expectations`` and ``criteria`` it gets the usual ones of its kind. ``own_kind`` names a kind of the
    organisation's own, for seats of the kind *other*.

    ``seen_by`` names other containers (a confidential council). It is vacant until somebody is seated: its filling is
    owed from now on. Whoever then makes it part of a body says ``owes=False`` and settles its vacancy once it is.

    Founding with ``by`` needs the right that :func:`require_leading` says; a council makes its own seats. Without
    ``by`` (set-up, import, a council) the caller answers.
    """
    if by is not None:
        require_leading(kind, department, by, now)
        if kind in OF_COUNCILS:
            raise Invalid(
                _("A council makes its own seats. Add the seat on that council's page, or choose another kind."),
                field="kind",
            )
    if kind in (SeatKind.CHAMPION, SeatKind.HEAD) and Seat.objects.filter(kind=kind, department=department).exists():
        raise Conflict(_("%(department)s has this seat already. Seat somebody in it.") % {"department": department})
    if kind == SeatKind.CX_LEAD and Seat.objects.filter(kind=kind).exists():
        raise Conflict(_("There is a CX lead's seat already. Seat somebody in it."))
    own_kind = own_kind.strip()
    if own_kind and kind != SeatKind.OTHER:
        raise Invalid(_("A kind of your own is of the kind “other”. Choose that, or leave it empty."), field="own_kind")
    root_id = Organisation.objects.values_list("root_id", flat=True).first()
    subject = subjects.create(
        SubjectKind.SEAT,
        title=title or f"{own_kind or SeatKind(kind).label}, {department.name}",
        now=now,
        audience=seen_by or [root_id if root_id is not None else department.pk],
    )
    seat = Seat.objects.create(
        subject=subject,
        kind=kind,
        department=department,
        own_kind=own_kind,
        expectations=str(briefs.of(kind).expectations) if expectations is None else expectations,
        criteria=str(briefs.of(kind).criteria) if criteria is None else criteria,
        capacity_minutes=capacity_minutes,
        filled_by=filled_by,
    )
    if kind == SeatKind.CHAMPION:
        Champion.objects.create(seat=seat)
    if kind in SPONSORS:
        scope = SponsorScope.CX if kind == SeatKind.CX_SPONSOR else SponsorScope.EX
        ExecutiveSponsor.objects.create(seat=seat, scope=scope)
    journal.record(FOUNDED, subject=subject, by=by, now=now, kind=kind)
    if owes:
        vacancies.settle(now, seats=[seat.pk])
    return seat


@transaction.atomic
def seat_person(
    *,
    seat: Seat,
    person: Person,
    by: Person | None,
    now: datetime,
    role: str = TenureRole.HOLDER,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    projects: bool = True,
) -> Tenure:
    """Seat a person from now or a later moment on, for good or until another; whoever had the role makes room then.

    Access begins and ends with the tenure, by the clock. Needs the right that :func:`require_filling` says; seats of
    councils are filled by their council, and a sponsor's as :func:`_require_trust` says. Whoever seats many says
    ``projects=False`` and calls ``access.sync`` once, in the same transaction. Raises :class:`Invalid` for somebody who
    left and for a time that has passed, :class:`Conflict` where nobody would administer any more.
    """
    begins = from_at or now
    if begins < now:
        raise Invalid(_("Nobody is seated for the past. Choose today or a later day."), field="from_at")
    if until_at is not None and until_at <= begins:
        raise Invalid(_("It ends before it begins. Choose a later day."), field="until_at")
    for field, moment in (("from_at", from_at), ("until_at", until_at)):
        if moment is not None and moment > now + FARTHEST:
            raise Invalid(
                _("That is more than ten years ahead. Choose an earlier day, or leave it empty."), field=field
            )
    if by is not None:
        if seat.kind in SPONSORS:
            _require_trust(seat, person, role, by, now)
        else:
            require_filling(seat, by, now)
            if person.pk == by.pk and not leads(seat.kind, seat.department, by, now):
                raise Refused(_("Whoever finds somebody for a seat finds somebody else. Name another person."))
    if not person.is_active:
        raise Invalid(_("%(person)s has left. Choose somebody who is here.") % {"person": person}, field="person")
    Seat.objects.select_for_update().get(pk=seat.pk)
    other = TenureRole.DEPUTY if role == TenureRole.HOLDER else TenureRole.HOLDER
    if _meeting(seat, other, begins, until_at).filter(person=person).exists():
        raise Invalid(
            _("%(person)s has the other role of this seat. Nobody deputises for themselves.") % {"person": person},
            field="person",
        )
    before = _make_room(seat, role, begins, until_at, now)
    tenure = Tenure.objects.create(seat=seat, person=person, role=role, from_at=begins, until_at=until_at)
    journal.record(SEATED, subject=seat.subject, by=by, now=now, role=role, person=person.pk, **_dates(tenure, now))
    _follow({person.pk, *before} if projects else before, [seat], now, ended=bool(before))
    if by is not None and seat.kind == SeatKind.CHAMPION and role == TenureRole.HOLDER:
        nominations.seated_by_hand(seat=seat, person=person, by=by, now=now)
    return tenure


@transaction.atomic
def leave(*, seat: Seat, by: Person | None, now: datetime, role: str = TenureRole.HOLDER) -> int:
    """End the tenure of a role that runs, or else the one that is to begin. What the seat owes stays with the seat.

    Raises :class:`Conflict` where nobody would administer any more.
    """
    if by is not None:
        require_filling(seat, by, now)
    ended = _end(Tenure.objects.at(now).filter(seat=seat, role=role), now) or _end(
        Tenure.objects.filter(seat=seat, role=role, from_at__gt=now), now
    )
    if ended:
        journal.record(LEFT, subject=seat.subject, by=by, now=now, role=role)
        _follow(ended, [seat], now, ended=True)
    return len(ended)


def vacate(*, person: Person, now: datetime) -> list[Seat]:
    """End every tenure of somebody who leaves for good, also those to come; the seats that lose their holder.

    For :func:`governance.services.people.end_access`, which authorises, records it and says who hands over.
    """
    mine = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=now), person=person)
    seats = {tenure.seat_id for tenure in mine}
    held = list(
        Seat.objects.filter(pk__in=mine.filter(from_at__lte=now, role=TenureRole.HOLDER).values("seat_id"))
        .select_related("subject", "department", "calendar", "filled_by")
        .order_by("pk")
    )
    _end(mine, now)
    _follow([person.pk], Seat.objects.filter(pk__in=seats), now, ended=False)
    return held


def _follow(people: Collection[int], seats: Iterable[Seat], now: datetime, *, ended: bool) -> None:
    """What follows when it changes who sits where: access, vacancies, and what successors take over."""
    if ended:
        require_administrator(now)
    keys = [seat.pk for seat in seats]
    if people:
        access.sync(set(people))
    vacancies.settle(now, seats=keys)
    successions.settle(now, seats=keys)


def require_administrator(now: datetime) -> None:
    """Pass where somebody administers from now on without a gap; else :class:`Conflict`.

    Also said by the database where a person is deactivated (``the_last_administrator_stays``).
    """
    runs = Tenure.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now), seat__kind__in=ADMINISTER, person__is_active=True
    )
    reached = now
    for begins, ends in runs.order_by("from_at").values_list("from_at", "until_at"):
        if begins <= reached:
            if ends is None:
                return
            reached = max(reached, ends)
    raise Conflict(_("Nobody would administer this any more. Name another administrator first."))


def _reach(kind: str, department: Department) -> Department:
    """Where one must lead to found, fill or empty a seat of a kind: where its rights reach, not where it stands."""
    if kind not in ORGANISATION_WIDE:
        return department
    return Organisation.objects.select_related("root").get().root or department


def leads(kind: str, department: Department, by: Person, now: datetime) -> bool:
    """Whether ``by`` founds, fills and empties seats of a kind in a department."""
    return access.may(by, access.LEAD, _reach(kind, department), now)


def require_leading(kind: str, department: Department, by: Person, now: datetime) -> None:
    """Pass for whoever leads the department; of a seat that reaches everywhere, for whoever leads all of it.

    Otherwise the head of one department would make themselves an administrator of all.
    """
    if leads(kind, department, by, now):
        return
    access.require(by, access.LEAD, department, now)
    raise Refused(
        _("This seat reaches the whole organisation, beyond your department. Ask the CX lead or an administrator.")
    )


def kinds_to_found(by: Person, now: datetime) -> list[tuple[str, str]]:
    """The kinds of seat that ``by`` may found somewhere, as ``(kind, label)``."""
    root = Organisation.objects.select_related("root").get().root
    everywhere = root is not None and access.may(by, access.LEAD, root, now)
    return [
        (str(kind), str(label))
        for kind, label in SeatKind.choices
        if kind not in OF_COUNCILS and (everywhere or kind not in ORGANISATION_WIDE)
    ]


def require_filling(seat: Seat, by: Person, now: datetime) -> None:
    """Pass for whoever leads where the seat reaches, or owes this vacancy's filling; a council fills its own seats.

    Owing it is not enough for seats that administer, nor for a sponsor's: those are filled by whoever leads it all.
    """
    if seat.kind not in OF_COUNCILS and _owes_filling(seat, by, now):
        return
    require_leading(seat.kind, seat.department, by, now)
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
        require_leading(seat.kind, seat.department, by, now)
        raise Refused(_("Sponsors name their own deputy. Ask the sponsor to."))
    require_leading(seat.kind, seat.department, by, now)
    if person.pk == by.pk:
        raise Refused(_("Nobody seats themselves as a sponsor. Ask another administrator or the CX lead."))


def names_deputy(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` is the sponsor in this seat, whose deputy is their own choice."""
    return seat.kind in SPONSORS and _holders(seat, now).filter(person=by).exists()


def may_fill(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` seats somebody here: a council's seats are filled by their council."""
    return seat.kind not in OF_COUNCILS and (leads(seat.kind, seat.department, by, now) or _owes_filling(seat, by, now))


def _owes_filling(seat: Seat, by: Person, now: datetime) -> bool:
    """Whether ``by`` answers for the seat that owes the filling of this one, while it is vacant, and may fill it."""
    if seat.kind in SPONSORS | ADMINISTER:
        return False
    owed = Duty.objects.filter(subject_id=seat.pk, kind=DutyKind.FILL, closed_at=None).values_list("seat_id", flat=True)
    return any(access.holds(by, filler, now) for filler in owed)


def _holders(seat: Seat, now: datetime) -> QuerySet[Tenure]:
    return Tenure.objects.at(now).filter(seat=seat, role=TenureRole.HOLDER, person__is_active=True)


def _meeting(seat: Seat, role: str, begins: datetime, ends: datetime | None) -> QuerySet[Tenure]:
    """Tenures of a role that run in a stretch of time; ``ends`` None: for good."""
    found = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=begins), seat=seat, role=role)
    return found if ends is None else found.filter(from_at__lt=ends)


def _make_room(seat: Seat, role: str, begins: datetime, ends: datetime | None, now: datetime) -> set[int]:
    """End what would overlap: what runs ends when the new tenure begins, what was to begin in it never does."""
    before = _meeting(seat, role, begins, ends)
    people = set(before.values_list("person_id", flat=True))
    before.filter(from_at__gt=now, from_at__gte=begins).update(from_at=now, until_at=now)
    before.filter(from_at__lte=begins).update(until_at=begins)
    return people


def _end(tenures: QuerySet[Tenure], now: datetime) -> set[int]:
    """End these tenures now; one to come has never begun then. The keys of whoever had them."""
    people = set(tenures.values_list("person_id", flat=True))
    keys = list(tenures.values_list("pk", flat=True))
    Tenure.objects.filter(pk__in=keys, from_at__gt=now).update(from_at=now, until_at=now)
    Tenure.objects.filter(pk__in=keys).exclude(until_at=now).update(until_at=now)
    return people


def _dates(tenure: Tenure, now: datetime) -> dict[str, Any]:
    """When it begins and ends, where that is not now and for good."""
    dates = {"from_at": tenure.from_at if tenure.from_at > now else None, "until_at": tenure.until_at}
    return {name: moment.isoformat() for name, moment in dates.items() if moment is not None}
