"""Holds: while an action rests, the ladder of what is owed for it rests too, and goes on by the clock.

Nothing has to be done on the day on which a hold ends: the day stands with the duty, and its next moment is reckoned
from it. Whatever is owed anew while it rests is paused as well (:func:`settle` is asked again).
"""

from datetime import date, datetime

from django.db.models import Max

from actions.models import ActionItem, Blocker, BlockerKind
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.services import duties


def until(action_id: int) -> date | None:
    """The day on which the last of an action's holds ends, whether it came yet or not; None where nothing holds it."""
    found: date | None = Blocker.objects.filter(action_id=action_id, kind=BlockerKind.HOLD, lifted_at=None).aggregate(
        last=Max("until")
    )["last"]
    return found


def settle(action: ActionItem, now: datetime, *, lifted: bool = False) -> None:
    """Let the ladders of an action rest until its holds end; once one was lifted, at least to the next working day.

    So a hold that somebody lifts in the afternoon lets nobody be climbed over in the same minute.
    """
    calendar = calendar_of_seat(action.seat)
    today, last = local_day(calendar, now), until(action.pk)
    if last is not None and last > today:
        duties.pause(subject_id=action.pk, to=last)
    elif lifted:
        duties.pause(subject_id=action.pk, to=add_working_days(calendar.pk, today, 1))
