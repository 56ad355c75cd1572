"""Giving what a seat owes about a thing to another seat that can do it: an answer, a verification, a check."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.models import ActionItem
from actions.queries import independence
from actions.services import pilots
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Duty, DutyKind, Person, Seat, SeatKind
from governance.queries.seats import answering, head_seats
from governance.services import duties, journal

OWES_NOW = events.declare(
    "actions.duty.handed_on", says=gettext_lazy("{by} gave what {from} owed about {subject} to {to}")
)


def hand_on(duty: Duty, target: Seat, *, by: Person, now: datetime) -> None:
    """Let ``target`` owe it as it stands: its day and the rung reached are kept. Whoever calls has judged who may.

    Raises :class:`Invalid` for a seat that could not do it, :class:`Conflict` for what is owed no more.
    """
    # A pilot is locked before what is owed for it, as wherever it is checked.
    pilot = pilots.lock(duty.subject_id) if duty.kind == DutyKind.CHECK else None
    duty = Duty.objects.select_for_update(of=("self",)).select_related("subject").get(pk=duty.pk)
    if duty.closed_at is not None:
        raise Conflict(_("%(thing)s is not owed any more. Look again.") % {"thing": duty.subject.title})
    require_able(duty, target, now)
    before = duty.seat_id
    duties.hand_on(duty, seat=target)
    if pilot is not None:
        pilot.checker = target
        pilot.keep("checker")
    journal.record(OWES_NOW, subject=duty.subject, by=by, now=now, mentions=[("from", before), ("to", target.pk)])


def require_able(duty: Duty, target: Seat, now: datetime) -> None:
    """Pass for a seat that may answer for the department, or that somebody independent of the work answers for."""
    if duty.kind == DutyKind.ANSWER:
        department = duty.department_id or target.department_id
        champion = target.kind == SeatKind.CHAMPION and target.department_id == department
        if not champion and target.pk not in head_seats([department])[department]:
            raise Invalid(
                _("A department is answered for by its champion or by a head above it. Choose such a seat."), field="to"
            )
        return
    if duty.kind == DutyKind.CHECK:
        pilots.require_checker(pilots.lock(duty.subject_id).action, target, now, field="to")
        return
    action = ActionItem.objects.select_related("subject", "council__charter").get(pk=duty.subject_id)
    who = answering([target.pk], now).get(target.pk)
    if who is None or who.person_id in independence.involved(action, now):
        raise Invalid(
            _("Another person verifies: somebody seated today who had no part in “%(title)s”. Choose such a seat.")
            % {"title": action.title},
            field="to",
        )
