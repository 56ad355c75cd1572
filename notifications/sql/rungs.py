"""Which rungs are still to come, and when: the question that "what happens next" and a rehearsal ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from governance.sql import ladders
from notifications import sql


@dataclass(frozen=True, slots=True)
class Coming:
    """A rung of an open duty that has not fallen."""

    duty_id: int
    position: int
    target: str
    at: datetime


_COMING = f"""
SELECT duty.id, rung.position, rung.target, {ladders.AT.format(duty="duty")} AS at
  FROM governance_duty AS duty
  JOIN governance_rung AS rung
    ON rung.charter_version_id = duty.charter_version_id AND rung.duty_kind = duty.kind AND rung.position > duty.rung
  {ladders.FALLS.format(duty="duty")}
 WHERE duty.id {{among}} AND duty.closed_at IS NULL AND {ladders.AT.format(duty="duty")} <= %s
"""  # noqa: S608 - pieces of the same program


def coming(duty_ids: Iterable[int], until: datetime) -> list[Coming]:
    """The rungs of these duties that fall by ``until`` if nothing is done, in the order in which they fall."""
    fragment, keys = sql.among(duty_ids)
    found = [
        Coming(duty_id, position, target, sql.moment(at))
        for duty_id, position, target, at in sql.fetch(_COMING.format(among=fragment), [keys, sql.stamp(until)])
    ]
    return sorted(found, key=lambda rung: (rung.at, rung.duty_id, rung.position))
