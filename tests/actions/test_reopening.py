"""What was closed is opened again with a reason; what was found about it stays. A slip of an update is taken back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from actions.models import ActionItem, ActionState, Promise, Reopening, Update, Verification
from actions.queries.slips import updates_to_take_back
from actions.services import items, slips
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, JournalEntry
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


def owner(town: Town):
    return town.champions[town.claims.pk]


@pytest.fixture
def running(town: Town, chamber: Chamber, now) -> ActionItem:
    seat = town.champion_seats[town.claims.pk]
    made = items.create(title="Text", seat=seat, council=chamber.council, proof="Seen.", by=town.lead, now=now)
    return items.accept(action=made, promised_on=now.date() + timedelta(days=20), by=owner(town), now=now)


@pytest.fixture
def verified(running: ActionItem, town: Town, chamber: Chamber, now) -> ActionItem:
    items.add_evidence(action=running, title="Seen", kind="note", by=owner(town), now=now)
    items.say_done(action=running, by=owner(town), now=now)
    items.verify(action=running, finding="confirmed", by=chamber.secretary, now=now)
    running.refresh_from_db()
    return running


def owed(action: ActionItem) -> Duty:
    return Duty.objects.get(subject_id=action.pk, closed_at=None)


def test_the_council_reopens_with_a_reason_and_a_date_is_owed(verified, town, chamber, now) -> None:
    with pytest.raises(Invalid) as error:
        items.reopen(action=verified, reason="  ", by=chamber.chair, now=now)
    assert error.value.field == "reason"
    items.reopen(action=verified, reason="The texts stopped on Monday.", by=chamber.chair, now=now)
    verified.refresh_from_db()
    assert (verified.state, verified.promised, verified.verified_at) == (ActionState.IN_PROGRESS, None, None)
    assert (owed(verified).kind, owed(verified).seat_id) == (DutyKind.SET_DATE, verified.seat_id)
    assert Verification.objects.get().finding == "confirmed", "the verification stays"
    assert Promise.objects.count() == 1, "and every date that was given"
    assert Reopening.objects.get().was == "verified"
    entry = JournalEntry.objects.get(event="actions.item.reopened")
    assert entry.text.body == "The texts stopped on Monday."


def test_it_is_verified_again_in_another_round(verified, town, chamber, now) -> None:
    items.reopen(action=verified, reason="Came back.", by=chamber.secretary, now=now)
    items.set_date(action=verified, due_on=now.date() + timedelta(days=9), by=owner(town), now=now)
    items.say_done(action=verified, by=owner(town), now=now)
    items.verify(action=verified, finding="confirmed", by=chamber.secretary, now=now)
    assert list(Verification.objects.order_by("pk").values_list("round", flat=True)) == [1, 2]
    items.reopen(action=verified, reason="Again.", by=chamber.chair, now=now)
    assert Reopening.objects.count() == 2


def test_only_the_council_and_whoever_verified_it_reopen(verified, town, chamber, now) -> None:
    for person in (owner(town), town.heads[town.claims.pk], chamber.members[4], town.lead):
        with pytest.raises(Refused):
            items.reopen(action=verified, reason="No.", by=person, now=now)
    items.reopen(action=verified, reason="I was wrong.", by=chamber.secretary, now=now)


def test_what_runs_is_not_reopened(running, chamber, now) -> None:
    with pytest.raises(Conflict):
        items.reopen(action=running, reason="No.", by=chamber.chair, now=now)


def test_the_page_shows_why(verified, town, chamber, now) -> None:
    client = Client()
    client.force_login(chamber.chair)
    path = f"/actions/{verified.reference}/"
    assert f"{path}reopen/" in client.get(path).content.decode()
    answer = client.post(f"{path}reopen/", {"reason": "The texts stopped."}, follow=True)
    text = answer.content.decode()
    assert "The texts stopped." in text
    assert "confirmed" in text


# --- a slip of the hand -----------------------------------------------------------------------------------------------


def test_an_update_is_taken_back_and_all_stands_as_before(running, town, now) -> None:
    items.report(action=running, health="on_track", progress=30, confidence="high", by=owner(town), now=now)
    slip = items.report(action=running, health="off_track", progress=90, confidence="low", by=owner(town), now=now)
    slips.take_back_update(update=slip, by=owner(town), now=now + timedelta(minutes=10))
    running.refresh_from_db()
    assert (running.health, running.progress, running.confidence) == ("on_track", 30, "high")
    assert running.last_update_at == now
    assert Update.objects.count() == 2, "the row stays, marked"
    events = JournalEntry.objects.filter(subject_id=running.pk).values_list("event", flat=True)
    assert {"actions.item.reported_off_track", "actions.update.taken_back"} <= set(events)


def test_the_first_report_taken_back_leaves_it_accepted(running, town, now) -> None:
    slip = items.report(action=running, health="off_track", by=owner(town), now=now)
    slips.take_back_update(update=slip, by=owner(town), now=now)
    running.refresh_from_db()
    assert (running.state, running.health, running.last_update_at) == (ActionState.ACCEPTED, "unknown", None)


def test_only_its_author_within_ten_minutes_and_before_anything_built_on_it(running, town, now) -> None:
    slip = items.report(action=running, health="off_track", by=owner(town), now=now)
    with pytest.raises(Refused, match="Fatima"):
        slips.take_back_update(update=slip, by=town.lead, now=now)
    with pytest.raises(Conflict, match="Ten minutes"):
        slips.take_back_update(update=slip, by=owner(town), now=now + timedelta(minutes=10, seconds=1))
    newer = items.report(action=running, health="at_risk", by=owner(town), now=now)
    with pytest.raises(Conflict, match="built upon"):
        slips.take_back_update(update=slip, by=owner(town), now=now)
    items.add_evidence(action=running, title="Seen", kind="note", by=owner(town), now=now)
    items.say_done(action=running, by=owner(town), now=now)
    with pytest.raises(Conflict, match="built upon"):
        slips.take_back_update(update=newer, by=owner(town), now=now)


def test_what_was_said_to_be_done_with_it_is_not_taken_back(running, town, chamber, now) -> None:
    slip = items.report(action=running, health="on_track", by=owner(town), now=now)
    items.add_evidence(action=running, title="Seen", kind="note", by=owner(town), now=now)
    items.say_done(action=running, by=owner(town), now=now)
    items.verify(action=running, finding="refused", note="One is missing.", by=chamber.secretary, now=now)
    assert updates_to_take_back([running.pk], owner(town), now) == {}, "nor is it offered"
    with pytest.raises(Conflict, match="built upon"):
        slips.take_back_update(update=slip, by=owner(town), now=now + timedelta(minutes=2))
    running.refresh_from_db()
    assert (running.state, running.health) == (ActionState.IN_PROGRESS, "on_track")


def test_my_work_offers_it_where_the_thumb_slipped(running, town, now) -> None:
    client = Client()
    client.force_login(owner(town))
    client.post(f"/my-work/{running.reference}/update/", {"health": "off_track"})
    assert "Take it back" in client.get("/").content.decode()
    slip = Update.objects.get()
    answer = client.post(
        f"/actions/{running.reference}/take-back/", {"what": "update", "key": slip.pk, "back": "/"}, follow=True
    )
    assert answer.redirect_chain == [("/", 302)]
    assert "Taken back" in answer.content.decode()
    running.refresh_from_db()
    assert running.health == "unknown"
    again = client.post(f"/actions/{running.reference}/take-back/", {"what": "update", "key": slip.pk}, follow=True)
    assert "taken back already" in again.content.decode()
