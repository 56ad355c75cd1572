"""Held mail: nothing is handed over until somebody decides, and then it goes out, or into the inboxes alone."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from governance.errors import Refused
from governance.models import JournalEntry, Seat, SeatKind
from notifications.models import Channel, Delivery, MailHold, Message, MessageState
from notifications.services import holding, outbox
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 12, 8, 5, tzinfo=UTC)  # a Thursday, the moment of the digest in Amsterdam
NIGHT = datetime(2026, 11, 12, 22, 0, tzinfo=UTC)


@pytest.fixture
def full(town: Town) -> Town:
    """A town with three messages that wait, and all mail held."""
    sweep(town.now)
    Message.objects.all().delete()
    head = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    outbox.enqueue(
        Message(
            occurrence=f"test:{duty.pk}", seat_id=head.pk, kind="head", subject_id=duty.subject_id, duty_id=duty.pk,
            facts={"position": duty.rung, "due_on": "2026-11-10"}, created_at=MORNING, not_before=MORNING,
        )
        for duty in owe(town, 3, due_on=date(2026, 11, 10))
    )  # fmt: skip
    holding.hold(reason="Restored from Tuesday's backup.", by=town.lead, now=MORNING)
    return town


def test_while_mail_is_held_nothing_is_handed_over(full: Town) -> None:
    assert outbox.drain(MORNING) == 0
    assert not mail.outbox
    assert not Delivery.objects.exists()
    assert set(Message.objects.values_list("state", "attempts")) == {(MessageState.WAITING, 0)}


def test_resent_mail_goes_out_as_always(full: Town) -> None:
    assert holding.resend(by=full.lead, now=MORNING) == 3
    assert outbox.drain(MORNING) == 3
    assert len(mail.outbox) == 1
    assert JournalEntry.objects.filter(event="notifications.mail.resent", by=full.lead).exists()


def test_skipped_mail_stands_in_the_inboxes_and_is_never_mailed(full: Town) -> None:
    assert holding.skip(by=full.lead, now=NIGHT) == 3, "at night as well: nobody is woken by an inbox"
    assert list(Delivery.objects.values_list("channel", flat=True)) == [Channel.INBOX] * 3
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SETTLED}
    assert outbox.drain(MORNING) == 0
    assert not mail.outbox
    assert MailHold.objects.get().ended_as == "skipped"


def test_mail_is_held_once_and_a_hold_ends_with_a_decision(full: Town) -> None:
    assert holding.hold(reason="Again.", by=None, now=NIGHT).pk == MailHold.objects.get().pk
    with pytest.raises(IntegrityError), transaction.atomic():
        MailHold.objects.create(since=NIGHT, reason="A second one")
    with pytest.raises(IntegrityError), transaction.atomic():
        MailHold.objects.update(ended_at=NIGHT)
    with pytest.raises(Refused):
        holding.resend(by=full.champions[full.claims.pk], now=NIGHT)


def test_the_page_says_that_mail_is_held_and_takes_the_decision(full: Town, client_for) -> None:
    browser = client_for(full.lead)
    page = browser.get("/outbox/").text
    assert "Restored from Tuesday" in page
    assert "3 messages wait" in page
    browser.post("/outbox/skip/")
    assert "Mail is held" not in browser.get("/outbox/").text
    assert browser.post("/outbox/skip/").status_code == 409, "there is nothing left to decide"


def test_the_command_holds_tells_and_ends(full: Town) -> None:
    out = StringIO()
    call_command("outbox", "--json", stdout=out)
    assert json.loads(out.getvalue())["held"]["reason"].startswith("Restored")
    out = StringIO()
    call_command("outbox", "--resend", "--json", stdout=out)
    assert (json.loads(out.getvalue())["resent"], json.loads(out.getvalue())["held"]) == (3, None)
    with pytest.raises(CommandError, match="nothing to decide"):
        call_command("outbox", "--skip")
    call_command("outbox", "--hold", "We move house.", stdout=StringIO())
    assert MailHold.objects.get(ended_at=None).reason == "We move house."


def test_what_nobody_answered_for_when_it_was_skipped_is_never_mailed(full: Town, monkeypatch) -> None:
    monkeypatch.setattr("notifications.queries.handover.movers", lambda *_asked: {})
    assert holding.skip(by=full.lead, now=MORNING) == 0
    monkeypatch.undo()
    assert outbox.drain(MORNING + timedelta(hours=2)) == 3
    assert list(Delivery.objects.values_list("channel", flat=True)) == [Channel.INBOX] * 3, "and it is not lost"
    assert not mail.outbox
