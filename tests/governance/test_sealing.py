"""The chain: every entry is sealed once, and whatever is changed, taken out, put in or cut off is named."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from governance import events
from governance.models import JournalEntry, JournalText, Seal, Unsealed
from governance.queries import chain
from governance.services import journal, sealing
from governance.sql import guards
from notifications.services import keeping
from tests.factories import Town

pytestmark = pytest.mark.django_db

TOLD = events.EVENTS.get("governance.test.told") or events.declare(
    "governance.test.told", says="{by} told {subject} of {partner}: {text}"
)


@pytest.fixture
def heads(tmp_path: Path, settings) -> Path:
    settings.JOURNAL_HEADS = str(tmp_path / "heads.jsonl")
    return Path(settings.JOURNAL_HEADS)


@pytest.fixture
def sealed(town: Town, heads: Path) -> list[int]:
    """The keys of the entries, in the order of the chain."""
    tell(town, "Quietly.")
    sealing.seal(town.now)
    return list(Seal.objects.order_by("pk").values_list("entry_id", flat=True))


def tell(town: Town, text: str = "") -> JournalEntry:
    return journal.record(
        TOLD, subject=town.claims.subject, by=town.lead, now=town.now, text=text,
        mentions=[("partner", town.digital.subject)], amount=3, share=0.25, words="é 漢",
    )  # fmt: skip


def tamper(statement: str, *values: object) -> None:
    """As somebody would who may do anything in the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # foreign keys are triggers there, too
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, values)
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        guards.lift()
        cursor.execute(statement, values)
        guards.install()


def found() -> tuple[str, int | None, int | None]:
    misfit = chain.verify(heads=chain.heads()).misfit
    assert misfit is not None, "nothing was noticed"
    return misfit.kind, misfit.seal, misfit.entry


def test_every_entry_is_sealed_once_in_a_chain_without_gaps(town: Town, heads: Path) -> None:
    number = JournalEntry.objects.count()
    assert sealing.seal(town.now, limit=7) == number > 14
    assert not Unsealed.objects.exists()
    assert list(Seal.objects.order_by("pk").values_list("pk", flat=True)) == list(range(1, number + 1))
    assert not Seal.objects.exclude(pk=1).exclude(previous=F("pk") - 1).exists()
    tell(town)
    assert sealing.seal(town.now) == 1
    assert sealing.seal(town.now) == 0
    verdict = chain.verify()
    assert (verdict.misfit, verdict.sealed, verdict.waiting) == (None, number + 1, 0)


def test_sealing_costs_the_same_for_many_entries_as_for_few(town: Town) -> None:
    def cost(number: int) -> int:
        for _place in range(number):
            tell(town, "Words.")
        with CaptureQueriesContext(connection) as asked:
            sealing.seal(town.now)
        return len(asked)

    cost(1)
    assert cost(2) == cost(60)


def test_an_entry_that_was_changed_is_named(sealed: list[int]) -> None:
    for assignment in ("event = 'x'", "facts = '{\"amount\": 4}'", "by_id = NULL", "text_digest = 'x'"):
        with transaction.atomic():
            tamper(f"UPDATE governance_journalentry SET {assignment} WHERE id = %s", sealed[-1])
            assert found() == ("changed", len(sealed), sealed[-1]), assignment
            transaction.set_rollback(True)
    tamper("UPDATE governance_journalmention SET role = 'x' WHERE entry_id = %s", sealed[-1])
    assert found()[:2] == ("changed", len(sealed))


def test_words_that_were_changed_are_named_and_words_that_were_erased_are_not(sealed: list[int]) -> None:
    with transaction.atomic():
        tamper("UPDATE governance_journaltext SET body = 'Loudly.' WHERE entry_id = %s", sealed[-1])
        assert found() == ("words", None, sealed[-1])
        transaction.set_rollback(True)
    assert chain.verify().erased == 0
    JournalText.objects.filter(pk=sealed[-1]).delete()
    verdict = chain.verify()
    assert (verdict.misfit, verdict.erased) == (None, 1)


def test_an_entry_that_was_taken_out_is_named(sealed: list[int]) -> None:
    entry = sealed[3]
    with transaction.atomic():
        tamper("DELETE FROM governance_journalmention WHERE entry_id = %s", entry)
        tamper("DELETE FROM governance_journaltext WHERE entry_id = %s", entry)
        tamper("DELETE FROM governance_unheard WHERE entry_id = %s", entry)
        tamper("DELETE FROM governance_journalentry WHERE id = %s", entry)
        assert found() == ("missing", 4, entry)
        transaction.set_rollback(True)


def test_a_seal_that_was_taken_out_is_named(sealed: list[int]) -> None:
    with transaction.atomic():
        tamper("DELETE FROM governance_seal WHERE id = 4")
        kind, seal, _entry = found()
        assert (kind, seal) == ("missing", 4)
        transaction.set_rollback(True)


def test_an_entry_that_was_put_in_is_named(town: Town, sealed: list[int]) -> None:
    forged = JournalEntry.objects.create(at=town.now, event="x", subject=town.claims.subject, facts={})
    assert found() == ("inserted", None, forged.pk)
    Seal.objects.create(pk=len(sealed) + 1, entry=forged, previous_id=len(sealed), digest="0" * 64, sealed_at=town.now)
    assert found() == ("changed", len(sealed) + 1, forged.pk), "whoever lacks the key cannot seal"


def test_an_end_that_was_cut_off_is_named_by_the_head_that_left(town: Town, sealed: list[int], heads: Path) -> None:
    assert sealing.let_head_leave(town.now).seals == len(sealed)
    last = sealed[-1]
    for table in ("seal", "journalmention", "journaltext", "unheard"):
        tamper(f"DELETE FROM governance_{table} WHERE entry_id = %s", last)
    tamper("DELETE FROM governance_journalentry WHERE id = %s", last)
    assert chain.verify().misfit is None, "the database alone cannot tell"
    assert found() == ("cut", len(sealed), None)


def test_a_chain_made_anew_with_the_key_is_named_by_the_head_that_left(town: Town, sealed: list[int]) -> None:
    sealing.let_head_leave(town.now)
    tamper("UPDATE governance_journalentry SET event = 'x' WHERE id = %s", sealed[0])
    tamper("DELETE FROM governance_seal")
    Unsealed.objects.bulk_create(Unsealed(entry_id=entry) for entry in sealed)
    sealing.seal(town.now)
    assert chain.verify().misfit is None
    assert found()[:2] == ("changed", len(sealed))


def test_the_chain_is_only_added_to(sealed: list[int]) -> None:
    for statement in (
        "UPDATE governance_seal SET digest = 'x'",
        "DELETE FROM governance_seal",
        "UPDATE governance_journaltext SET body = 'x'",
        "DELETE FROM governance_journalmention",
    ):
        with pytest.raises(DatabaseError, match=r"never|only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal.objects.create(pk=9000, entry_id=sealed[0], previous=None, digest="x", sealed_at="2026-11-02T00:00Z")


def test_the_head_leaves_once_a_day_by_file_and_by_mail(town: Town, heads: Path, settings) -> None:
    settings.JOURNAL_HEADS_TO = ["auditor@example.org"]
    assert keeping.keep(town.now) > 0
    tell(town)
    assert keeping.keep(town.now + timedelta(hours=3)) == 1
    keeping.keep(town.now + timedelta(days=1))
    first, second = (json.loads(line) for line in heads.read_text().splitlines())
    assert second["seals"] == first["seals"] + 1
    assert heads.stat().st_mode & 0o777 == 0o600
    (one, two) = mail.outbox
    assert one.to == ["auditor@example.org"]
    assert f"--head {second['seals']}:{second['digest']}" in two.body
    tell(town)
    keeping.keep(town.now + timedelta(days=1, hours=1))
    call_command("verify_journal", head=[f"{second['seals']}:{second['digest']}"], stdout=StringIO())


def test_the_command_says_which_row_does_not_fit(town: Town, sealed: list[int]) -> None:
    out = StringIO()
    call_command("verify_journal", stdout=out)
    assert f"{len(sealed)} entries fit their seals; 0 wait" in out.getvalue()
    assert "No head has left yet" in out.getvalue()
    with pytest.raises(CommandError, match="the end was cut off"):
        call_command("verify_journal", head=[f"{len(sealed) + 1}:{'a' * 64}"])
    tamper("UPDATE governance_journalentry SET event = 'x' WHERE id = %s", sealed[2])
    out = StringIO()
    with pytest.raises(CommandError, match=f"Entry {sealed[2]} "):
        call_command("verify_journal", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["fits"], told["misfit"]["seal"], told["misfit"]["entry"]) == (False, 3, sealed[2])
