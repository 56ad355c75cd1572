"""When rungs fall: one function a question, the same SQL on SQLite and PostgreSQL.

A rung falls so many working days after the due day, at the calendar's hour. After a hold the first rung that had not
fallen falls on the day on which the ladder goes on, if its own day went by, and those above keep their distance from
it: nobody is climbed over because the work rested. What a council lets lie falls earlier where its meeting fell
through.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

# A day off counts as its eve: "before" it means before the working day that follows it.
_BACK = "CASE WHEN {rung}.days < 0 AND NOT due.is_working THEN 1 ELSE 0 END"

# By how many working days a hold moves what was to come: from the day of the first rung it kept to its own end.
_HELD = "(held.ordinal + CASE WHEN held.is_working THEN 0 ELSE 1 END)"
_FIRST = f"(due.ordinal + kept.days + {_BACK.format(rung='kept')})"
_SHIFT = f"CASE WHEN {_HELD} > {_FIRST} THEN {_HELD} - {_FIRST} ELSE 0 END"

FALLS = f"""
  JOIN governance_calendarday AS due ON due.calendar_id = {{duty}}.calendar_id AND due.day = {{duty}}.due_on
  LEFT JOIN governance_calendarday AS held
    ON held.calendar_id = {{duty}}.calendar_id AND held.day = {{duty}}.paused_to
  LEFT JOIN governance_rung AS kept
    ON held.id IS NOT NULL AND kept.charter_version_id = {{duty}}.charter_version_id
   AND kept.duty_kind = {{duty}}.kind AND kept.position = {{duty}}.paused_from + 1
  JOIN governance_calendarday AS falls
    ON falls.calendar_id = {{duty}}.calendar_id AND falls.is_working
   AND falls.ordinal = due.ordinal + rung.days + {_BACK.format(rung="rung")} + COALESCE({_SHIFT}, 0)
"""
"""Joins a rung of a duty (aliases ``rung`` and ``{{duty}}``) to the day on which it falls (``falls``)."""

AT = """CASE WHEN rung.target = 'parent' AND {duty}.climbs_at < falls.opens_at
                  AND (held.opens_at IS NULL OR held.opens_at <= {duty}.climbs_at)
             THEN {duty}.climbs_at ELSE falls.opens_at END"""
"""The moment at which it falls."""

_MOMENT = f"""(
    SELECT {AT.format(duty="governance_duty")}
      FROM governance_rung AS rung
      {FALLS.format(duty="governance_duty")}
     WHERE rung.charter_version_id = governance_duty.charter_version_id
       AND rung.duty_kind = governance_duty.kind
       AND rung.position = governance_duty.rung + {{ahead}}
)"""  # noqa: S608 - pieces of the same program


def moment(ahead: int = 1) -> str:
    """Of a row of ``governance_duty`` that is updated: when the rung falls that is ``ahead`` of the one it reached."""
    return _MOMENT.format(ahead=ahead)


def schedule(duty_ids: Sequence[int]) -> None:
    """Set ``next_at`` of open duties to the moment of the rung after the one they reached, or to nothing."""
    for start in range(0, len(duty_ids), 500):
        part = list(duty_ids[start : start + 500])
        _run("id IN ({})".format(", ".join(["%s"] * len(part))), part)


def schedule_calendar(calendar_id: int) -> None:
    """As :func:`schedule`, for whatever is owed by a calendar that was edited: one statement."""
    _run("calendar_id = %s", [calendar_id])


def schedule_version(version_id: int, turn: int) -> None:
    """As :func:`schedule`, for whatever a charter version took over: one statement."""
    _run("charter_version_id = %s AND turn = %s", [version_id, turn])


def pass_reminders(version_id: int, turn: int, now: datetime) -> int:
    """Pass over the next rung of what a version took over, where it is a reminder whose moment is gone by ``now``.

    Returns how many duties it passed one rung of.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE governance_duty SET rung = rung + 1, next_at = {moment(2)}"  # noqa: S608
            " WHERE closed_at IS NULL AND charter_version_id = %s AND turn = %s AND next_at <= %s"
            " AND EXISTS (SELECT 1 FROM governance_rung AS next"
            " WHERE next.charter_version_id = governance_duty.charter_version_id"
            " AND next.duty_kind = governance_duty.kind AND next.position = governance_duty.rung + 1"
            " AND next.target IN ('owner', 'warning'))",
            [version_id, turn, connection.ops.adapt_datetimefield_value(now)],
        )
        return int(cursor.rowcount)


def _run(which: str, parameters: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE governance_duty SET next_at = {moment()} WHERE closed_at IS NULL AND {which}",  # noqa: S608
            list(parameters),
        )
