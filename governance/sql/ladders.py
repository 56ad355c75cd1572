"""When rungs fall: one function a question, the same SQL on SQLite and PostgreSQL."""

from collections.abc import Sequence

from django.db import connection

# A day off counts as its eve: "before" it means before the working day that follows it.
_NEXT_AT = """
UPDATE governance_duty SET next_at = (
    SELECT falls.opens_at
      FROM governance_rung AS rung
      JOIN governance_calendarday AS due
        ON due.calendar_id = governance_duty.calendar_id AND due.day = governance_duty.due_on
      JOIN governance_calendarday AS falls
        ON falls.calendar_id = due.calendar_id AND falls.is_working
       AND falls.ordinal = due.ordinal + rung.days
                         + CASE WHEN rung.days < 0 AND NOT due.is_working THEN 1 ELSE 0 END
     WHERE rung.charter_version_id = governance_duty.charter_version_id
       AND rung.duty_kind = governance_duty.kind
       AND rung.position = governance_duty.rung + 1
)
WHERE id IN ({ids}) AND closed_at IS NULL
"""


def schedule(duty_ids: Sequence[int]) -> None:
    """Set ``next_at`` of open duties to the moment of the rung after the one they reached, or to nothing."""
    for start in range(0, len(duty_ids), 500):
        part = list(duty_ids[start : start + 500])
        with connection.cursor() as cursor:
            cursor.execute(_NEXT_AT.format(ids=", ".join(["%s"] * len(part))), part)
