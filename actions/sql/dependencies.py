"""Whether one action waits for another, however long the way: one statement, the same on both engines."""

from django.db import connection

_WAY = """
WITH RECURSIVE way(id) AS (
    SELECT needs_id FROM actions_dependency WHERE action_id = %s AND ended_at IS NULL
    UNION
    SELECT d.needs_id FROM actions_dependency d JOIN way ON d.action_id = way.id WHERE d.ended_at IS NULL
)
SELECT 1 FROM way WHERE id = %s LIMIT 1
"""


def waits_for(action_id: int, other_id: int) -> bool:
    """Whether ``action_id`` waits for ``other_id``, itself or through others."""
    with connection.cursor() as cursor:
        cursor.execute(_WAY, [action_id, other_id])
        return cursor.fetchone() is not None
