"""Founding councils and composing them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import Council, CouncilKind, Membership
from councils.queries import councils as queries
from councils.services import rosters
from governance import access, blueprints, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import (
    Charter,
    Department,
    ExecutiveSponsor,
    Organisation,
    Person,
    Seat,
    SeatKind,
    SubjectKind,
    Tenure,
    TenureRole,
)
from governance.queries import seats as seat_queries
from governance.services import charters, checkins, journal, seats, subjects, vacancies
from governance.services.duties import default_rules

FOUNDED = events.declare("councils.council.founded", says=gettext_lazy("{by} founded {subject}"))
MEMBER_ADDED = events.declare("councils.membership.added", says=gettext_lazy("{by} added the seat {seat} to {subject}"))
MEMBER_SEATED = events.declare(
    "councils.membership.seated", says=gettext_lazy("{by} seated {person} as {role} of {seat}, {subject}")
)
MEMBER_ENDED = events.declare("councils.membership.ended", says=gettext_lazy("{by} ended the seat {seat} of {subject}"))


@transaction.atomic
def found(
    *,
    name: str,
    kind: str,
    department: Department,
    sponsor: ExecutiveSponsor,
    by: Person | None,
    now: datetime,
    charter: Charter | None = None,
    parent: Council | None = None,
    is_confidential: bool = False,
    from_template: bool = False,
    chair: Person | None = None,
    secretary: Person | None = None,
) -> Council:
    """Found a council with the seats of its chair and its secretary; both vote.

    Without a charter of its own the programme's default charter holds. ``from_template`` drafts one, named after the
    council, from the blueprint for its kind: until its sponsors sign it the default charter holds. Needs the right to
    lead the whole organisation, and founders do not seat themselves; without ``by`` it is the set-up that founds.
    Raises :class:`Invalid` at the field.
    """
    if by is not None:
        root = Organisation.objects.select_related("root").get().root
        access.require(by, access.LEAD, root or department, now)
        if by.pk in {one.pk for one in (chair, secretary) if one is not None}:
            _require_founding_for_oneself(by, is_confidential, now)
    name = name.strip()
    if not name:
        raise Invalid(_("Write the council's name."), field="name")
    if kind not in CouncilKind.values:
        raise Invalid(_("Choose what kind of council it is."), field="kind")
    # A confidential council may bear any name, and no other council learns by its own name that there is one.
    if not is_confidential and Council.objects.filter(name__iexact=name, is_confidential=False).exists():
        raise Invalid(_("This name cannot be used. Choose another."), field="name")
    if parent is not None and parent.is_confidential and not is_confidential:
        raise Invalid(_("An open council cannot answer to a confidential one."), field="parent")
    if from_template:
        charter = _drafted(name, kind, charter, is_confidential, by, now)
    subject = subjects.create(SubjectKind.COUNCIL, title=name, now=now)
    council = Council.objects.create(
        subject=subject,
        name=name,
        kind=kind,
        parent=parent,
        charter=charter or default_rules().charter,
        sponsor=sponsor,
        department=department,
        is_confidential=is_confidential,
    )
    # A council's vacancies are filled by those cleared for it: the chair by its sponsor, the others by its chair.
    chairs = _seat(council, SeatKind.CHAIR, _("Chair, %(council)s") % {"council": name}, now, filled_by=sponsor.seat)
    secretaries = _seat(
        council, SeatKind.SECRETARY, _("Secretary, %(council)s") % {"council": name}, now, filled_by=chairs
    )
    journal.record(FOUNDED, subject=subject, by=by, now=now, kind=kind)
    for seat, person in ((chairs, chair), (secretaries, secretary)):
        if person is not None:
            seats.seat_person(seat=seat, person=person, by=None, now=now)
    access.sync()
    rosters.ask([council], now)
    checkins.keep_up(sponsor, now)
    return council


@transaction.atomic
def add_member(
    *,
    council: Council,
    by: Person | None,
    now: datetime,
    represents: Department | None = None,
    votes: bool = True,
    title: str = "",
    person: Person | None = None,
) -> Membership:
    """Add a member's seat to a council, vacant or with ``person`` in it.

    By whoever prepares the council; before anybody sits in it, by whoever may found it. Raises :class:`Absent` to
    those who may not see the council and :class:`Refused` to the others.
    """
    if by is not None:
        _require_composing(council, by, now)
        if person is not None:
            _require_trust(council, SeatKind.MEMBER, person, by, now)
    council = Council.objects.select_for_update().select_related("subject", "department").get(pk=council.pk)
    if not title.strip():
        title = (
            _("Member for %(department)s, %(council)s") % {"department": represents.name, "council": council.name}
            if represents is not None
            else _("Member, %(council)s") % {"council": council.name}
        )
    chairs = queries.seat_of(council, SeatKind.CHAIR)
    seat = _seat(council, SeatKind.MEMBER, title.strip(), now, represents=represents, votes=votes, filled_by=chairs)
    journal.record(MEMBER_ADDED, subject=council.subject, by=by, now=now, mentions=[("seat", seat.subject)])
    if person is not None:
        seats.seat_person(seat=seat, person=person, by=None, now=now)
        rosters.ask([council], now)
    return Membership.objects.select_related("seat__subject", "council").get(pk=seat.pk)


@transaction.atomic
def seat_member(
    *, membership: Membership, person: Person, by: Person, now: datetime, role: str = TenureRole.HOLDER
) -> Tenure:
    """Seat a person in a council's seat, as holder or deputy. By whoever prepares the council, or its sponsor."""
    council = membership.council
    _require_composing(council, by, now)
    _require_trust(council, membership.seat.kind, person, by, now)
    if membership.ended_at is not None:
        raise Conflict(_("This seat has ended. Add a new one."))
    if role not in TenureRole.values:
        raise Invalid(_("Choose holder or deputy."), field="role")
    tenure = seats.seat_person(seat=membership.seat, person=person, by=None, now=now, role=role)
    journal.record(
        MEMBER_SEATED,
        subject=council.subject,
        by=by,
        now=now,
        mentions=[("seat", membership.seat.subject)],
        role=role,
        person=person.pk,
    )
    rosters.ask([council], now)
    return tenure


@transaction.atomic
def end_membership(*, membership: Membership, by: Person, now: datetime) -> Membership:
    """End a member's seat. Chair and secretary stay: a council without them could not meet."""
    _require_composing(membership.council, by, now)
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("seat__subject", "council")
        .get(pk=membership.pk)
    )
    if membership.seat.kind in (SeatKind.CHAIR, SeatKind.SECRETARY):
        raise Conflict(_("A council keeps its chair's and its secretary's seat. Seat somebody else in it."))
    if membership.ended_at is None:
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
        # An ended seat is no vacancy: nobody is to be found for it.
        subjects.archive(membership.seat.subject, now=now)
        people = list(membership.seat.tenures.values_list("person_id", flat=True))
        for role in TenureRole.values:
            seats.leave(seat=membership.seat, by=None, now=now, role=role)
        journal.record(
            MEMBER_ENDED,
            subject=membership.council.subject,
            by=by,
            now=now,
            mentions=[("seat", membership.seat.subject)],
        )
        access.sync(people)
        rosters.ask([membership.council], now)
    return membership


def _seat(
    council: Council,
    kind: SeatKind,
    title: str,
    now: datetime,
    *,
    represents: Department | None = None,
    votes: bool = True,
    filled_by: Seat | None = None,
) -> Seat:
    seat = seats.found(
        kind=kind,
        department=council.department,
        by=None,
        now=now,
        title=title,
        filled_by=filled_by,
        seen_by=[council.pk] if council.is_confidential else None,
        owes=False,
    )
    membership = Membership.objects.create(seat=seat, council=council, represents=represents, votes=votes)
    vacancies.settle(now, seats=[seat.pk])  # owed as this council's charter says, so not before it is a seat of it
    rosters.begin_from_blueprint(membership, now)
    return seat


def _drafted(
    name: str, kind: str, charter: Charter | None, is_confidential: bool, by: Person | None, now: datetime
) -> Charter:
    """The draft of a charter for a new council. Everybody reads charters, so none is named after a confidential one."""
    if charter is not None:
        raise Invalid(_("Choose a charter, or let one be drafted from the template: not both."), field="charter")
    if is_confidential:
        raise Invalid(
            _("A charter is read by everybody, and would name the council. Choose one, or keep the default charter."),
            field="from_template",
        )
    blueprint = blueprints.of_kind(kind)
    if blueprint is None:
        raise Invalid(_("There is no template for this kind of council."), field="from_template")
    return charters.draft_from(blueprint=blueprint, name=name, by=by, now=now).charter


def _require_founding_for_oneself(by: Person, is_confidential: bool, now: datetime) -> None:
    """Only the CX lead founds a council with a seat of their own in it, and never a confidential one."""
    if is_confidential or not access.holds(by, seat_queries.cx_lead_seat().pk, now):
        raise Refused(_("Nobody seats themselves in a council. Name somebody else, or leave the seat empty."))


def _require_composing(council: Council, by: Person, now: datetime) -> None:
    if access.may(by, council_access.PREPARE, council, now) or access.holds(by, council.sponsor_id, now):
        return
    nobody_sits = not Tenure.objects.at(now).filter(seat__membership__council=council).exists()
    if nobody_sits and access.may(by, access.LEAD, council.department, now):
        return
    access.require(by, council_access.VIEW, council, now)
    raise Refused(
        _("Its chair, its secretary or the CX lead says who sits in %(council)s. Ask one of them.")
        % {"council": council}
    )


def _require_trust(council: Council, kind: str, person: Person, by: Person, now: datetime) -> None:
    """Nobody seats themselves in a council, and its chair is named from above: by its sponsor or the CX lead.

    The CX lead may, where the council is not confidential: a small organisation begins with one person.
    """
    leads = not council.is_confidential and access.holds(by, seat_queries.cx_lead_seat().pk, now)
    if leads or (access.holds(by, council.sponsor_id, now) and person.pk != by.pk):
        return
    if person.pk == by.pk:
        raise Refused(_("Nobody seats themselves in a council. Ask its sponsor, or the CX lead."))
    nobody_sits = not Tenure.objects.at(now).filter(seat__membership__council=council).exists()
    if kind == SeatKind.CHAIR and not nobody_sits:
        raise Refused(_("The chair of %(council)s is named by its sponsor or the CX lead.") % {"council": council})
