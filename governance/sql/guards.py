"""Triggers that keep what constraints cannot say. Re-created after every migrate, and checked at start.

A later rebuild of a table drops SQLite's triggers silently, so they are not left to the migration that first made
them. PostgreSQL's TRUNCATE walks past row triggers, so insert-only tables also get a statement trigger there. Tests
that flush tables lift the guards first (``lift``) and set them again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: ``when`` is a condition over OLD and NEW in SQL that both engines read; raising says ``says``."""

    name: str
    table: str
    on: str  # UPDATE or DELETE or INSERT
    says: str
    when: str = ""
    no_truncate: bool = False


GUARDS: list[Guard] = []


def insert_only(table: str, says: str) -> None:
    """Nothing in this table is ever changed or deleted."""
    GUARDS.append(Guard(f"{table}_no_update", table, "UPDATE", says))
    GUARDS.append(Guard(f"{table}_no_delete", table, "DELETE", says, no_truncate=True))


def forbid(name: str, table: str, on: str, *, says: str, when: str) -> None:
    """Refuse a change while a condition holds."""
    GUARDS.append(Guard(name, table, on, says, when))


insert_only("governance_journalentry", "the journal is never changed")
insert_only("governance_journalmention", "what the journal mentions is never changed")
insert_only("governance_seal", "the chain of seals is only added to")
forbid(
    "journal_words_no_update",
    "governance_journaltext",
    "UPDATE",
    says="the words beside an entry are kept or erased, never changed",
    when="OLD.entry_id > 0",
)
insert_only("governance_firing", "a rung that fell stays fallen")
# Its note may be redacted; the numbers are corrected by another row.
forbid(
    "governance_observation_no_update",
    "governance_observation",
    "UPDATE",
    says="what was observed is corrected, never changed",
    when='NEW.metric_id <> OLD.metric_id OR NEW."on" <> OLD."on" OR NEW.value <> OLD.value'
    " OR COALESCE(NEW.numerator, -1) <> COALESCE(OLD.numerator, -1)"
    " OR COALESCE(NEW.denominator, -1) <> COALESCE(OLD.denominator, -1)"
    " OR COALESCE(NEW.detractors, -1) <> COALESCE(OLD.detractors, -1)"
    " OR COALESCE(NEW.answers, -1) <> COALESCE(OLD.answers, -1)"
    " OR COALESCE(NEW.spread, -1) <> COALESCE(OLD.spread, -1)"
    " OR COALESCE(NEW.corrects_id, -1) <> COALESCE(OLD.corrects_id, -1) OR NEW.at <> OLD.at",
)
GUARDS.append(
    Guard(
        "governance_observation_no_delete",
        "governance_observation",
        "DELETE",
        "what was observed is kept",
        no_truncate=True,
    )
)
forbid(
    "charter_version_in_force_no_update",
    "governance_charterversion",
    "UPDATE",
    says="rules in force never change",
    when="(OLD.state <> 'draft' AND (NEW.rules <> OLD.rules OR NEW.charter_id <> OLD.charter_id"
    " OR NEW.purpose <> OLD.purpose OR NEW.mandate <> OLD.mandate"
    " OR NEW.number <> OLD.number OR NEW.ratified_at <> OLD.ratified_at))"
    " OR (OLD.state IN ('in_force', 'superseded') AND NEW.state IN ('draft', 'submitted'))"
    " OR (OLD.state = 'superseded' AND NEW.state <> 'superseded')",
)
forbid(
    "charter_version_is_provisional_once",
    "governance_charterversion",
    "UPDATE",
    says="a provisional charter is not prolonged",
    when="OLD.ratified_at IS NOT NULL AND NEW.provisional_until IS NOT NULL"
    " AND (OLD.provisional_until IS NULL OR NEW.provisional_until <> OLD.provisional_until)",
)
forbid(
    "governance_signature_no_update",
    "governance_signature",
    "UPDATE",
    says="a signature is never changed",
    when="NEW.submission_id <> OLD.submission_id OR NEW.seat_id <> OLD.seat_id OR NEW.person_id <> OLD.person_id"
    " OR NEW.verdict <> OLD.verdict OR NEW.how <> OLD.how OR NEW.at <> OLD.at"
    " OR (NEW.reason <> OLD.reason AND NEW.reason <> '') OR (NEW.sent_to <> OLD.sent_to AND NEW.sent_to <> '')",
)
GUARDS.append(
    Guard(
        "governance_signature_no_delete",
        "governance_signature",
        "DELETE",
        "a signature is never deleted",
        no_truncate=True,
    )
)
forbid(
    "charter_version_in_force_no_delete",
    "governance_charterversion",
    "DELETE",
    says="rules that were in force are kept",
    when="OLD.state <> 'draft'",
)
forbid(
    "tenures_do_not_overlap_insert",
    "governance_tenure",
    "INSERT",
    says="tenures of a seat do not overlap",
    when="EXISTS (SELECT 1 FROM governance_tenure t WHERE t.seat_id = NEW.seat_id AND t.role = NEW.role"
    " AND t.id <> NEW.id AND (t.until_at IS NULL OR t.until_at > NEW.from_at)"
    " AND (NEW.until_at IS NULL OR NEW.until_at > t.from_at))",
)
forbid(
    "tenures_do_not_overlap_update",
    "governance_tenure",
    "UPDATE",
    says="tenures of a seat do not overlap",
    when="EXISTS (SELECT 1 FROM governance_tenure t WHERE t.seat_id = NEW.seat_id AND t.role = NEW.role"
    " AND t.id <> NEW.id AND (t.until_at IS NULL OR t.until_at > NEW.from_at)"
    " AND (NEW.until_at IS NULL OR NEW.until_at > t.from_at))",
)
# Deactivating is the one way in which access ends that no tenure shows. Open-ended tenures alone count here; gaps
# between dated ones are the service's to find (``seats.require_administrator``).
_ADMINISTERS = (
    "SELECT 1 FROM governance_tenure t JOIN governance_seat s ON s.subject_id = t.seat_id"
    " JOIN governance_person p ON p.id = t.person_id"
    " WHERE s.kind IN ('administrator', 'cx_lead') AND t.until_at IS NULL"
)
forbid(
    "the_last_administrator_stays",
    "governance_person",
    "UPDATE",
    says="the last administrator stays",
    when=f"OLD.is_active AND NOT NEW.is_active AND EXISTS ({_ADMINISTERS} AND p.id = OLD.id)"
    f" AND NOT EXISTS ({_ADMINISTERS} AND p.id <> OLD.id AND p.is_active)",
)


def _sqlite(guard: Guard) -> list[str]:
    when = f" WHEN {guard.when}" if guard.when else ""
    return [
        f"DROP TRIGGER IF EXISTS {guard.name}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.on} ON {guard.table} FOR EACH ROW{when}"
        f" BEGIN SELECT RAISE(ABORT, '{guard.says}'); END",
    ]


def _postgresql(guard: Guard) -> list[str]:
    # JSON has no <> on PostgreSQL's json, jsonb has; Django's JSONField is jsonb. A condition may hold a subquery,
    # which WHEN forbids, so it stands in the function.
    condition = guard.when or "TRUE"
    statements = [
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{guard.says}' USING ERRCODE = 'check_violation'; END IF;"
        f" RETURN {'OLD' if guard.on == 'DELETE' else 'NEW'}; END $$",
        f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
        f"CREATE TRIGGER {guard.name} BEFORE {guard.on} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]
    if guard.no_truncate:
        statements += [
            f"CREATE OR REPLACE FUNCTION {guard.name}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{guard.says}'; END $$",
            f"DROP TRIGGER IF EXISTS {guard.name}_truncate ON {guard.table}",
            f"CREATE TRIGGER {guard.name}_truncate BEFORE TRUNCATE ON {guard.table} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION {guard.name}_truncate()",
        ]
    return statements


def install() -> None:
    """Create every guard anew, on tables that exist."""
    tables = set(connection.introspection.table_names())
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for guard in GUARDS:
            if guard.table in tables:
                for statement in write(guard):
                    cursor.execute(statement)


def lift() -> None:
    """Take the guards down: for test databases that are flushed between tests, never for a living one."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in GUARDS:
            if guard.table not in tables:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}_truncate ON {guard.table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")


@contextmanager
def aside(table: str) -> Iterator[None]:
    """Let the guards against changes of one table stand aside, in this transaction and for this block alone.

    For redaction, which the law may demand of what nobody else may change. Other transactions never see the table
    without its guards: both engines undo and hide such a change like any other.
    """
    concerned = [guard for guard in GUARDS if guard.table == table and guard.on == "UPDATE"]
    if not concerned:
        yield
        return
    if not connection.in_atomic_block:
        raise RuntimeError("guards stand aside inside a transaction only")
    connection.check_constraints()  # PostgreSQL refuses while foreign keys wait to be looked at
    with connection.cursor() as cursor:
        for guard in concerned:
            on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on}")
    yield
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for guard in concerned:
            for statement in write(guard):
                cursor.execute(statement)


def missing() -> list[str]:
    """Names of guards that are not there."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    tables = set(connection.introspection.table_names())
    return [guard.name for guard in GUARDS if guard.table in tables and guard.name not in present]
