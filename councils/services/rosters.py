"""Keeping the roster of a council, and asking its members to acknowledge rules and roster."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import Acknowledgement, Council, Membership, RosterLine
from councils.queries import rosters as queries
from governance import access, blueprints, events
from governance.clauses import Rules
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, Person
from governance.services import duties, journal
from governance.services.duties import rules_in_force

WRITTEN = events.declare(
    "councils.roster.written", says=gettext_lazy("{by} wrote what {seat} is there for, in {subject}")
)
ACKNOWLEDGED = events.declare(
    "councils.roster.acknowledged", says=gettext_lazy("{by} acknowledged rules and roster of {subject}")
)


@transaction.atomic
def write(*, membership: Membership, role: str, expectations: str, by: Person, now: datetime) -> RosterLine:
    """Say what a seat is there for, from now on; whoever holds it is asked to acknowledge it.

    By whoever prepares the council: its secretary, its chair. Nobody ratifies it. Raises :class:`Invalid` at ``role``.
    """
    council = membership.council
    access.require(by, council_access.PREPARE, council, now)
    role, expectations = role.strip(), expectations.strip()
    if not role:
        raise Invalid(_("Name the role in a few words."), field="role")
    if membership.ended_at is not None:
        raise Conflict(_("This seat has ended. Add a new one."))
    Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    line = queries.lines_of([membership.pk]).get(membership.pk)
    if line is not None and (line.role, line.expectations) == (role, expectations):
        return line
    line = _begin(membership, role, expectations, by, now)
    journal.record(
        WRITTEN, subject=council.subject, by=by, now=now, mentions=[("seat", membership.seat.subject)], line=line.pk
    )
    ask([council], now)
    return line


def begin_from_blueprint(membership: Membership, now: datetime) -> None:
    """A new seat's line as the blueprint for its council's kind has it; the secretary changes what does not fit."""
    blueprint = blueprints.of_kind(membership.council.kind)
    role = blueprint.role(membership.seat.kind) if blueprint is not None else None
    if role is not None:
        _begin(membership, role.name, role.expects, None, now)


@transaction.atomic
def acknowledge(*, council: Council, by: Person, now: datetime) -> Council:
    """Take on the rules in force and the line of one's own seats in a council.

    Raises :class:`Refused` for whoever holds no seat of it. A second time changes nothing.
    """
    access.require(by, council_access.VIEW, council, now)
    version = rules_in_force(council.charter, now)
    mine = [entry for entry in queries.entries(council, version, now) if entry.sitting.holder == by]
    if not mine:
        raise Refused(_("Rules and roster are acknowledged by those who hold a seat of %(c)s.") % {"c": council})
    fresh = [entry for entry in mine if entry.acknowledged_at is None]
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            membership=entry.sitting.membership, person=by, charter_version=version, line=entry.line, at=now
        )
        for entry in fresh
    )
    if fresh:
        journal.record(ACKNOWLEDGED, subject=council.subject, by=by, now=now)
    ask([council], now)
    return council


@transaction.atomic
def ask(councils: Iterable[Council], now: datetime) -> int:
    """Let every holder of a seat who has not acknowledged today's rules and line owe it; returns how many were asked.

    Derived from how things stand, so it may be called after anything that changes them, and any number of times.
    """
    asked = 0
    for council in councils:
        version = rules_in_force(council.charter, now)
        owed = set(
            Duty.objects.filter(subject_id=council.pk, kind=DutyKind.ACKNOWLEDGE, closed_at=None).values_list(
                "seat_id", flat=True
            )
        )
        awaited = {
            entry.sitting.membership.pk: entry for entry in queries.entries(council, version, now) if entry.is_awaited
        }
        done = owed - awaited.keys()
        if done:
            duties.close_duty(
                subject_id=council.pk, kind=DutyKind.ACKNOWLEDGE, seat_ids=done, now=now, outcome="acknowledged"
            )
        term = Rules.from_json(version.rules).terms.acknowledge
        for seat_id in sorted(awaited.keys() - owed):
            duties.open_duty(
                subject_id=council.pk,
                kind=DutyKind.ACKNOWLEDGE,
                seat=awaited[seat_id].sitting.seat,
                now=now,
                rules=version,
                within=term,
                overseer_id=council.pk,
            )
            asked += 1
    return asked


def _begin(membership: Membership, role: str, expectations: str, by: Person | None, now: datetime) -> RosterLine:
    RosterLine.objects.filter(membership=membership, until_at=None).update(until_at=now)
    return RosterLine.objects.create(
        membership=membership, role=role, expectations=expectations, from_at=now, written_by=by
    )
