"""What the database refuses, whoever asks. Each line is broken once here, by raw SQL."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from governance.models import CharterVersion, JournalEntry, Tenure
from governance.sql import guards
from tests.factories import Town

pytestmark = pytest.mark.django_db


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_journal_is_never_changed() -> None:
    Town()
    before = list(JournalEntry.objects.order_by("pk").values())
    for statement in ("UPDATE governance_journalentry SET event = 'x'", "DELETE FROM governance_journalentry"):
        with pytest.raises(DatabaseError, match="never changed"):
            run(statement)
    assert list(JournalEntry.objects.order_by("pk").values()) == before


def test_rules_in_force_never_change() -> None:
    version = Town().charter.versions.get()
    for assignment in ("rules = '{}'", "number = 9", "state = 'draft'"):
        with pytest.raises(DatabaseError, match="never change"):
            run(f"UPDATE governance_charterversion SET {assignment} WHERE id = %s", version.pk)
    with pytest.raises(DatabaseError, match="kept"):
        run("DELETE FROM governance_charterversion WHERE id = %s", version.pk)
    assert CharterVersion.objects.get(pk=version.pk).rules == version.rules


def test_tenures_of_a_seat_do_not_overlap() -> None:
    town = Town()
    held = Tenure.objects.filter(seat=town.sponsor_seat).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Tenure.objects.create(
            seat=held.seat,
            person=town.lead,
            from_at=held.from_at - timedelta(days=9),
            until_at=held.from_at + timedelta(1),
        )
    held.until_at = held.from_at + timedelta(days=3)
    held.save()
    Tenure.objects.create(seat=held.seat, person=town.lead, from_at=held.until_at)
    held.until_at += timedelta(days=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        held.save()


def test_guards_come_back_after_every_migrate() -> None:
    guards.lift()
    assert guards.missing()
    call_command("migrate", verbosity=0)
    assert guards.missing() == []
