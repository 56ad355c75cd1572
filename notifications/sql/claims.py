"""Taking work so that nobody else takes it: conditional updates that return what they changed.

PostgreSQL passes over rows that another process holds; SQLite has one writer at a time, and ignores
``select_for_update`` without a word. The subquery stands in an ARRAY on PostgreSQL so that it is run once: a planner
may otherwise run it for every row and lock more than the limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from governance.clauses import ONTO_AGENDA, OWNER, WARNING
from governance.sql import ladders
from notifications import sql
from notifications.kinds import Kind
from notifications.models import Message
from notifications.sql import rows


@dataclass(frozen=True, slots=True)
class Fallen:
    """A rung that fell just now, for the first time."""

    duty_id: int
    position: int
    target: str


def _chosen(query: str, lock_of: str) -> str:
    """A condition that a key is among those of ``query``, which locks them where the engine can."""
    if connection.vendor == "postgresql":
        return f"= ANY(ARRAY({query} FOR UPDATE OF {lock_of} SKIP LOCKED))"
    return f"IN ({query})"


# A duty stands in the ladder of its kind, by the charter version that held when it was opened. A hold stands in its
# moment, so what rests is not read here.
_DUE = """
SELECT duty.id FROM governance_duty AS duty
 WHERE duty.closed_at IS NULL AND duty.next_at <= %s
   AND {onto_agenda} EXISTS (
       SELECT 1 FROM governance_rung AS rung
        WHERE rung.charter_version_id = duty.charter_version_id AND rung.duty_kind = duty.kind
          AND rung.position = duty.rung + 1 AND rung.target IN (%s, %s))
"""


def due_duties(now: datetime, *, onto_agenda: bool, limit: int) -> list[int]:
    """Open duties whose next rung falls by ``now``: onto a council's agenda, or the others. Reads only."""
    query = _DUE.format(onto_agenda="" if onto_agenda else "NOT") + " ORDER BY duty.next_at, duty.id LIMIT %s"
    return [row[0] for row in sql.fetch(query, [sql.stamp(now), *ONTO_AGENDA, limit])]


def climb(now: datetime, *, onto_agenda: bool, limit: int, only: Iterable[int] | None = None) -> list[int]:
    """Move due duties one rung up, and to the moment of the rung after it; each is moved by one caller alone, once a
    rung. Returns their keys."""
    due = _DUE.format(onto_agenda="" if onto_agenda else "NOT")
    parameters: list[object] = [sql.stamp(now), *ONTO_AGENDA]
    if only is not None:
        fragment, keys = sql.among(only)
        due += f" AND duty.id {fragment}"
        parameters.append(keys)
    held = _hold(f"{due} ORDER BY duty.next_at, duty.id LIMIT %s", [*parameters, limit])
    if not held:
        return []
    fragment, keys = sql.among(held)
    which = f"id {fragment}"
    if connection.vendor == "postgresql":
        which += f" AND id IN ({due})"
    else:
        parameters = []  # one writer at a time: what was found a moment ago is so still
    moved = sql.fetch(
        f"UPDATE governance_duty SET rung = rung + 1, next_at = {ladders.moment(2)} WHERE {which} RETURNING id",  # noqa: S608
        [keys, *parameters],
    )
    return sorted(row[0] for row in moved)


def _hold(query: str, parameters: list[object]) -> list[int]:
    """The duties that ``query`` finds and nobody else holds, until the transaction ends.

    Where somebody moved a row between the search and the lock, PostgreSQL looks at that row's new version, but not
    again at the rows it is compared with in a NOT EXISTS: what is held is therefore asked once more before it is moved.
    """
    if connection.vendor == "postgresql":
        query += " FOR UPDATE OF duty SKIP LOCKED"
    return [row[0] for row in sql.fetch(query, parameters)]


_FIRE = """
INSERT INTO governance_firing (duty_id, turn, position, target, fired_at, due_on)
SELECT duty.id, duty.turn, duty.rung, rung.target, {now}, duty.due_on
  FROM governance_duty AS duty
  JOIN governance_rung AS rung
    ON rung.charter_version_id = duty.charter_version_id AND rung.duty_kind = duty.kind AND rung.position = duty.rung
 WHERE duty.id {among}
    ON CONFLICT DO NOTHING
RETURNING duty_id, position, target
"""


def fire(duty_ids: Iterable[int], now: datetime) -> list[Fallen]:
    """Keep that the rung each duty has just reached fell; returns those that had not fallen before."""
    fragment, keys = sql.among(duty_ids)
    found = sql.fetch(_FIRE.format(among=fragment, now=_moment()), [sql.stamp(now), keys])
    return [Fallen(*row) for row in sorted(found)]


# A moment stands for itself where it is inserted; a bare parameter in a SELECT list is text to PostgreSQL.
def _moment() -> str:
    return "%s::timestamptz" if connection.vendor == "postgresql" else "%s"


_LAST_FELL = """
  FROM governance_duty AS duty
  JOIN governance_firing AS fell ON fell.duty_id = duty.id AND fell.turn = duty.turn AND fell.position = duty.rung
  JOIN governance_rung AS rung
    ON rung.charter_version_id = duty.charter_version_id AND rung.duty_kind = duty.kind AND rung.position = duty.rung
  CROSS JOIN (SELECT {now} AS at) AS this
 WHERE duty.id {among} AND fell.target IN (%s, %s)
"""


def remind(duty_ids: Iterable[int], now: datetime) -> int:
    """Say to whoever owes these duties the reminder or warning that they have just reached, where it is one: one
    statement, whatever their number. Returns the messages."""
    fragment, keys = sql.among(duty_ids)
    made = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    return rows.insert_selected(
        Message,
        {
            "occurrence": "'rung:' || duty.id || ':' || CASE fell.turn WHEN 0 THEN '' ELSE fell.turn || '.' END"
            " || fell.position",
            "seat": "duty.seat_id",
            "kind": f"CASE WHEN fell.target = '{WARNING}' THEN '{Kind.WARNING}'"
            f" WHEN rung.days < 0 THEN '{Kind.DUE_SOON}' ELSE '{Kind.DUE}' END",
            "subject": "duty.subject_id",
            "duty": "duty.id",
            "facts": f"{made}('position', fell.position, 'target', fell.target, 'due_on', duty.due_on,"
            " 'turn', duty.turn)",
            "created_at": "this.at",
            "not_before": "this.at",
        },
        _LAST_FELL.format(among=fragment, now=_moment()),
        [sql.stamp(now), keys, OWNER, WARNING],
    )


# Spelled as the index's own condition, so that the planner sees that it may use it.
_WAITING = """
SELECT message.id FROM notifications_message AS message
 WHERE message.state IN ('waiting', 'claimed') AND message.not_before <= %s
   AND (message.state = 'waiting' OR message.claimed_until <= %s) {whose}
 ORDER BY message.not_before, message.id LIMIT %s
"""

_READERS = """
SELECT message.reader_id FROM notifications_message AS message
 WHERE message.state IN ('waiting', 'claimed') AND message.not_before <= %s
   AND (message.state = 'waiting' OR message.claimed_until <= %s) AND message.reader_id IS NOT NULL
 GROUP BY message.reader_id ORDER BY min(message.not_before), message.reader_id LIMIT %s
"""


def any_waiting(now: datetime) -> bool:
    """Whether a message is to be handed over. Reads only: polling never writes."""
    return bool(sql.fetch(_WAITING.format(whose=""), [sql.stamp(now), sql.stamp(now), 1]))


def take_messages(now: datetime, *, token: str, until: datetime, limit: int) -> list[int]:
    """Claim messages whose reader was not looked for yet, under ``token`` until the lease ends.

    A claim whose lease ended is taken over.
    """
    waiting = _WAITING.format(whose="AND message.reader_id IS NULL")
    rows = sql.fetch(
        "UPDATE notifications_message SET state = 'claimed', token = %s, claimed_until = %s, attempts = attempts + 1"  # noqa: S608
        f" WHERE id {_chosen(waiting, 'message')} RETURNING id",
        [token, sql.stamp(until), sql.stamp(now), sql.stamp(now), limit],
    )
    return sorted(row[0] for row in rows)


def take_readers(now: datetime, *, token: str, until: datetime, limit: int) -> dict[int, list[int]]:
    """Claim all that is due for some readers, whole: what goes into one mail is never shared by two drains.

    Returns the messages of each reader, whoever waits longest first.

    PostgreSQL holds the readers' rows while it claims and passes over those that another drain holds; it does not stand
    in the way of keys that point at them. Call it in a transaction.
    """
    readers = [row[0] for row in sql.fetch(_READERS, [sql.stamp(now), sql.stamp(now), limit])]
    if readers and connection.vendor == "postgresql":
        held = "SELECT id FROM governance_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
        free = {row[0] for row in sql.fetch(held, [readers])}
        readers = [reader for reader in readers if reader in free]
    if not readers:
        return {}
    fragment, keys = sql.among(readers)
    rows = sql.fetch(
        "UPDATE notifications_message SET state = 'claimed', token = %s, claimed_until = %s, attempts = attempts + 1"  # noqa: S608
        f" WHERE reader_id {fragment} AND state IN ('waiting', 'claimed') AND not_before <= %s"
        " AND (state = 'waiting' OR claimed_until <= %s) RETURNING id, reader_id",
        [token, sql.stamp(until), keys, sql.stamp(now), sql.stamp(now)],
    )
    taken: dict[int, list[int]] = {reader: [] for reader in readers}
    for message, reader in sorted(rows):
        taken[reader].append(message)
    return {reader: messages for reader, messages in taken.items() if messages}


def renew_messages(token: str, *, until: datetime) -> None:
    """Let what is claimed under ``token`` stay claimed until then."""
    # The first condition is the index's own, in its own words; without it every message ever said is looked at.
    sql.fetch(
        "UPDATE notifications_message SET claimed_until = %s"
        " WHERE state IN ('waiting', 'claimed') AND state = 'claimed' AND token = %s RETURNING id",
        [sql.stamp(until), token],
    )


def renew_some(keys: Iterable[int], token: str, *, until: datetime) -> set[int]:
    """Let these messages stay claimed until then; returns which of them are still claimed under ``token``."""
    fragment, wanted = sql.among(keys)
    rows = sql.fetch(
        "UPDATE notifications_message SET claimed_until = %s"  # noqa: S608
        f" WHERE id {fragment} AND state = 'claimed' AND token = %s RETURNING id",
        [sql.stamp(until), wanted, token],
    )
    return {row[0] for row in rows}


def take_unheard(limit: int, *, apart_from: Iterable[int] = (), only: int | None = None) -> list[int]:
    """Take entries out of the listener's queue; if the caller's transaction fails they are back in it."""
    fragment, keys = sql.among(apart_from)
    query = f"SELECT queue.entry_id FROM governance_unheard AS queue WHERE NOT (queue.entry_id {fragment})"  # noqa: S608
    parameters = [keys]
    if only is not None:
        query += " AND queue.entry_id = %s"
        parameters.append(only)
    query += " ORDER BY queue.entry_id LIMIT %s"
    rows = sql.fetch(
        f"DELETE FROM governance_unheard WHERE entry_id {_chosen(query, 'queue')} RETURNING entry_id",  # noqa: S608
        [*parameters, limit],
    )
    return sorted(row[0] for row in rows)
