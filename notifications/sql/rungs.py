"""Which rungs are still to come, and when: the question that "what happens next" and a rehearsal ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications import sql


@dataclass(frozen=True, slots=True)
class Coming:
    """A rung of an open duty that has not fallen."""

    duty_id: int
    position: int
    target: str
    at: datetime


# The same arithmetic as `governance.sql.ladders`, for every rung above the one reached; a hold postpones them.
_COMING = """
SELECT duty.id, rung.position, rung.target, falls.opens_at, duty.held_until
  FROM governance_duty AS duty
  JOIN governance_rung AS rung
    ON rung.charter_version_id = duty.charter_version_id AND rung.duty_kind = duty.kind AND rung.position > duty.rung
  JOIN governance_calendarday AS due ON due.calendar_id = duty.calendar_id AND due.day = duty.due_on
  JOIN governance_calendarday AS falls
    ON falls.calendar_id = due.calendar_id AND falls.is_working
   AND falls.ordinal = due.ordinal + rung.days + CASE WHEN rung.days < 0 AND NOT due.is_working THEN 1 ELSE 0 END
 WHERE duty.id {among} AND duty.closed_at IS NULL AND falls.opens_at <= %s
   AND (duty.held_until IS NULL OR duty.held_until <= %s)
"""


def coming(duty_ids: Iterable[int], until: datetime) -> list[Coming]:
    """The rungs of these duties that fall by ``until`` if nothing is done, in the order in which they fall."""
    fragment, keys = sql.among(duty_ids)
    found = []
    for duty_id, position, target, opens_at, held_until in sql.fetch(
        _COMING.format(among=fragment), [keys, sql.stamp(until), sql.stamp(until)]
    ):
        at = sql.moment(opens_at)
        found.append(Coming(duty_id, position, target, max(at, sql.moment(held_until)) if held_until else at))
    return sorted(found, key=lambda rung: (rung.at, rung.duty_id, rung.position))
