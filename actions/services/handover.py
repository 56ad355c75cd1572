"""Handing over what a seat held: whole, by seating somebody; or by row, to other seats. And taking it over.

The successor did not give the promises that run. For ten working days they accept each date or restate it: a restated
date is a new promise in the record that counts neither as renegotiated nor as missed (``Promise.at_handover``). After
that the dates hold, and only the council moves them.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions import lifecycle
from actions.models import ActionItem, Promise
from actions.queries import handover as queries
from actions.services import owing, pilots, promises, requests, showing
from actions.services.footing import lock
from actions.services.items import audience
from councils.models import Membership
from councils.services import councils
from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, Person, Seat, Tenure
from governance.queries import holdings
from governance.queries.calendars import local_day
from governance.queries.seats import movers
from governance.services import duties, journal, seats, successions
from governance.services import holdings as holding

HANDED_ON = events.declare("actions.item.handed_on", says=gettext_lazy("{by} handed {subject} on from {from} to {to}"))
SPLIT = events.declare(
    "actions.handover.split", says=gettext_lazy("{by} handed {count} things that {subject} held to other seats")
)
TAKEN_OVER = events.declare(
    "actions.handover.taken_over",
    says=gettext_lazy("{by} took over the dates of {subject}: {kept} as they were promised, {restated} restated"),
    by_people=True,
)
RESTATED = events.declare(
    "actions.promise.restated",
    says=gettext_lazy("{by} took {subject} over and promised it for {promised}"),
    by_people=True,
)


@transaction.atomic
def hand_over(
    *,
    seat: Seat,
    person: Person,
    by: Person,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Tenure:
    """Hand everything over at once: one new tenure, and with it all that the seat holds.

    A seat of a council is filled as its council says. Raises what seating raises.
    """
    queries.require_handing_over(seat, by, now)
    membership = Membership.objects.select_related("council", "seat__subject").filter(seat=seat).first()
    if membership is not None:
        return councils.seat_member(membership=membership, person=person, by=by, now=now)
    return seats.seat_person(seat=seat, person=person, by=by, now=now, from_at=from_at, until_at=until_at)


@transaction.atomic
def split(
    *, seat: Seat, to: Mapping[int, Seat], by: Person, now: datetime, owed: Mapping[int, Seat] | None = None
) -> int:
    """Hand what a seat holds to other seats: key of an action, journey, step, metric or goal to seat. The rest stays.

    ``owed`` does the same for answers and verifications that it owes: key of the duty to seat. Returns how many moved.
    An action keeps its state, its promise and the rungs that fell; whoever gets it accepts the dates or restates them.
    When nothing is left the hand-over is done; what stays with the seat is left until somebody is seated. Raises
    :class:`Absent` for what ``by`` may not see, :class:`Invalid` for a seat that cannot own work or lies beyond what
    ``by`` leads, :class:`Refused` for a confidential council's action, :class:`Conflict` while somebody holds the seat
    and nobody owes its hand-over.
    """
    queries.require_splitting(seat, by, now)
    owed = owed or {}
    if not to and not owed:
        raise Invalid(_("Choose what to hand on, and to which seat."), field="actions")
    answered_for = {thing.pk for thing in holdings.of_seat(seat, by, now)}
    things = {key: target for key, target in to.items() if key in answered_for}
    work = {key: target for key, target in to.items() if key not in answered_for}
    _require_seen(seat, work, owed, {one.pk for one in (*to.values(), *owed.values())}, by, now)
    led = set(queries.receivers(by, now).values_list("pk", flat=True))
    for one in (*to.values(), *owed.values()):
        _require_working(one, seat, led)
    movable = queries.movable(seat, by, now)
    if not set(work) <= set(movable.values_list("pk", flat=True)):
        raise Refused(_("A confidential council's action is handed on by its chair or secretary. Ask them."))
    confidential = set(movable.filter(council__is_confidential=True).values_list("pk", flat=True))
    for key, target in sorted(work.items()):
        _hand_on(lock(key), target, by=by, now=now)
    for duty in queries.movable_duties(seat, by, now).filter(pk__in=list(owed)):
        owing.hand_on(duty, owed[duty.pk], by=by, now=now)
    holding.hand_on(seat=seat, to=things, by=by, now=now)
    for target in {one.pk: one for one in work.values()}.values():
        if queries.inherited(target, now):
            successions.owe_take_over(target, now)
    # The seat's journal is everybody's: of what a confidential council handed on it says nothing, not even how much.
    told = [target.pk for key, target in to.items() if key not in confidential]
    told += [target.pk for target in owed.values()]
    if told:
        mentions = [("to", key) for key in sorted(set(told))]
        journal.record(SPLIT, subject=seat.subject, by=by, now=now, mentions=mentions, count=len(told))
    if queries.is_handed_over(seat, by, now):
        duties.close_duty(subject_id=seat.pk, kind=DutyKind.HAND_OVER, now=now, outcome="split")
    return len(to) + len(owed)


def _require_seen(
    seat: Seat, work: Mapping[int, Seat], owed: Mapping[int, Seat], targets: set[int], by: Person, now: datetime
) -> None:
    """Pass where the seat holds all of it, as far as ``by`` sees, and ``by`` knows of the seats; else Absent."""
    seen = set(queries.open_actions(seat, by, now).values_list("pk", flat=True))
    owes = set(queries.movable_duties(seat, by, now).values_list("pk", flat=True))
    if not (set(work) <= seen and set(owed) <= owes and targets <= access.visible_ids(by, targets, now)):
        raise Absent(_("There is nothing here, or nothing that you may see."))


def _require_working(target: Seat, seat: Seat, led: Collection[int]) -> None:
    if target.pk == seat.pk:
        raise Invalid(_("It has this already. Choose another seat."), field="to")
    if target.kind in seats.OF_COUNCILS or target.subject.archived_at is not None:
        raise Invalid(_("A council's seat votes; it owns no work. Choose another seat."), field="to")
    if target.department_id not in led:
        raise Invalid(
            _("You hand on within what you lead. Choose a seat there, or ask the CX lead to hand it on."), field="to"
        )


def _hand_on(action: ActionItem, target: Seat, *, by: Person, now: datetime) -> None:
    """Give a locked action to another seat as it stands, with what is owed for it."""
    before = action.seat_id
    action.seat, action.department = target, target.department
    action.keep("seat", "department")
    showing.show(action, audience(target.department, action.council, action.theme, action))
    for duty in Duty.objects.filter(subject_id=action.pk, seat_id=before, closed_at=None):
        duties.hand_on(duty, seat=target)
    requests.follow(action, by=by, now=now)
    pilots.free_the_check(action, now=now)
    journal.record(HANDED_ON, subject=action.subject, by=by, now=now, mentions=[("from", before), ("to", target.pk)])


@transaction.atomic
def take_over(*, seat: Seat, restated: Mapping[int, date], by: Person, now: datetime) -> list[Promise]:
    """Accept the dates taken over, save those that are restated (action key to day). Returns the new promises.

    Only the holder's (or the acting deputy's) own word. Raises :class:`Refused` for anybody else, :class:`Conflict`
    where nothing is to be taken over or, for a restated date, once the ten working days have passed.
    """
    require_answering(seat, by, now)
    duty = Duty.objects.select_for_update(of=("self",)).select_related("calendar").filter(
        subject_id=seat.pk, kind=DutyKind.TAKE_OVER, closed_at=None
    ).first()  # fmt: skip
    if duty is None:
        raise Conflict(_("Nothing is to be taken over. For another date, ask the council for more time."))
    found = {one.action.pk: one for one in queries.inherited(seat, now)}
    if not set(restated) <= found.keys():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    changed = {key: day for key, day in restated.items() if day != found[key].due_on}
    if changed and duty.due_on is not None and local_day(duty.calendar, now) > duty.due_on:
        raise Conflict(
            _("The time to restate dates is over, so the promised ones hold. Ask the council for more time.")
        )
    made = [_restate(lock(key), day, by=by, now=now) for key, day in sorted(changed.items())]
    duties.close_duty(subject_id=seat.pk, kind=DutyKind.TAKE_OVER, now=now, outcome="taken_over")
    journal.record(TAKEN_OVER, subject=seat.subject, by=by, now=now, kept=len(found) - len(made), restated=len(made))
    return made


def require_answering(seat: Seat, by: Person, now: datetime) -> None:
    """Pass for whoever answers for the seat today; else :class:`Absent`, or :class:`Refused` saying who does."""
    if not access.may_see(by, seat.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if not access.holds(by, seat.pk, now):
        who = movers([seat.pk], now).get(seat.pk)
        raise Refused(
            _("Only whoever answers for %(seat)s takes its dates over: %(who)s.")
            % {"seat": seat.subject.title, "who": who.name if who else seat.subject.title}
        )


def _restate(action: ActionItem, due_on: date, *, by: Person, now: datetime) -> Promise:
    if action.state not in lifecycle.RUNNING:
        raise Conflict(_("%(action)s does not run any more.") % {"action": action.subject.reference})
    promise = promises.give(
        action, due_on, by=by, now=now, outcome="restated", at_handover=True, field=f"due_{action.pk}"
    )
    action.keep("promised")
    journal.record(RESTATED, subject=action.subject, by=by, now=now, promised=due_on.isoformat(), number=promise.number)
    return promise
