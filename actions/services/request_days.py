"""Another day for what two departments agreed on: either side proposes it, the other one answers.

The first agreed day stays in the request, and each proposal beside it. Silence moves nothing: until the other side
answers, the day that holds is owed, and the answer has a ladder of its own.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.models import DateAnswer, ProposedBy, Request, RequestDay
from actions.queries import confirming
from actions.queries import requests as queries
from actions.requesting import Side, Verb
from actions.services.footing import words
from actions.services.requests import require_day, taken
from governance import events
from governance.errors import Conflict, Invalid
from governance.models import Duty, DutyKind, Person, Seat
from governance.queries.calendars import calendar_of_seat, local_day
from governance.services import duties, journal

PROPOSED = events.declare(
    "actions.request.day_proposed",
    says=gettext_lazy("{by} proposed {day} for “{subject}”: {text}"),
    by_people=True,
)
MOVED = events.declare(
    "actions.request.day_moved",
    says=gettext_lazy("{by} agreed: “{subject}” is promised for {promised}"),
    by_people=True,
)
KEPT = events.declare(
    "actions.request.day_kept", says=gettext_lazy("{by} kept the day of “{subject}”: {text}"), by_people=True
)


@transaction.atomic
def propose(
    *, request: Request, day: date, reason: str, by: Person, now: datetime, version: int | None = None
) -> RequestDay:
    """Say which other day can be kept, or is needed, and why; the other side owes an answer within the charter's term.

    Raises :class:`Invalid` at the field, :class:`Conflict` while another proposal waits, or where nobody but ``by``
    could answer it.
    """
    held = taken(request, Verb.PROPOSE_DAY, by=by, now=now, version=version)
    request = held.request
    reason = words(reason, field="reason", missing=_("Say why, in a sentence; the other side reads it."))
    require_day(day, request.to_seat, today=local_day(calendar_of_seat(request.to_seat), now), field="day")
    if request.promised is None or day == request.promised:
        raise Invalid(_("That is the day that holds. Choose another one."), field="day")
    if confirming.proposed(request) is not None:
        raise Conflict(_("Another day is proposed already, and waits for its answer. Speak to them, or wait for it."))
    side = ProposedBy.ASKED if Side.ASKED in queries.sides(request, by, now) else ProposedBy.ASKING
    named = confirming.answerer(request, side, now, by=by.pk)
    if named is None:
        raise Conflict(_("Nobody else is left who could answer. Ask the CX lead to fill the other side's seat."))
    made = RequestDay.objects.create(
        request=request, instead_of=request.promised, day=day, reason=reason, side=side, by=by, at=now
    )
    duties.open_duty(
        subject_id=request.pk,
        kind=DutyKind.APPROVE_DATE,
        seat=Seat.objects.select_related("subject", "department", "calendar").get(pk=named),
        now=now,
        rules=held.version,
        within=held.rules.terms.request,
        overseer_id=request.action.council_id if request.action is not None else None,
    )
    request.keep()
    journal.record(
        PROPOSED, subject=request.subject, by=by, now=now, text=reason, mentions=[("asked_of", named)],
        day=day.isoformat(), was=made.instead_of.isoformat(),
    )  # fmt: skip
    return made


@transaction.atomic
def answer(
    *, request: Request, answer: str, by: Person, now: datetime, said: str = "", version: int | None = None
) -> RequestDay:
    """Agree to the day that the other side proposed, or keep the one that holds, with a sentence.

    Agreed it is owed by that day; the rung that was reached stays reached. Raises :class:`Conflict` where nothing
    waits, or for a day that has passed meanwhile.
    """
    request = taken(request, Verb.ANSWER_DAY, by=by, now=now, version=version).request
    waits, said = confirming.proposed(request), said.strip()
    if waits is None:
        raise Conflict(_("This was answered already. Look at the day that holds now."))
    if answer not in (DateAnswer.APPROVED, DateAnswer.REFUSED):
        raise Invalid(_("Agree to the day, or keep the one that holds."), field="answer")
    if answer == DateAnswer.REFUSED:
        said = words(said, field="said", missing=_("Say why the day stays; whoever proposed another one reads it."))
    if answer == DateAnswer.APPROVED and waits.day < local_day(calendar_of_seat(request.to_seat), now):
        raise Conflict(_("The day that was proposed has passed. Keep the one that holds, so that another is proposed."))
    waits.answer, waits.said, waits.answered_by, waits.answered_at = answer, said, by, now
    waits.save(update_fields=["answer", "said", "answered_by", "answered_at"])
    duties.close_duty(subject_id=request.pk, kind=DutyKind.APPROVE_DATE, now=now, outcome=answer)
    if answer == DateAnswer.REFUSED:
        request.keep()
        journal.record(KEPT, subject=request.subject, by=by, now=now, text=said, mentions=_proposer(request, waits))
        return waits
    request.promised = request.due_on = waits.day
    request.keep("promised", "due_on")
    for duty in Duty.objects.filter(subject_id=request.pk, kind=DutyKind.DELIVER, closed_at=None):
        duties.move_due_day(duty, due_on=waits.day, now=now)
    journal.record(
        MOVED, subject=request.subject, by=by, now=now, text=said, mentions=_proposer(request, waits),
        promised=waits.day.isoformat(),
    )  # fmt: skip
    return waits


def _proposer(request: Request, waits: RequestDay) -> list[tuple[str, int]]:
    """The seat of the side that proposed it, which is told."""
    return [("told", request.to_seat_id if waits.side == ProposedBy.ASKED else request.from_seat_id)]
