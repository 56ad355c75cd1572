"""The cap: one run lets out so many messages; the rest is held, told of, and goes out by itself if nobody acts."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.errors import Conflict, Refused
from governance.models import JournalEntry
from notifications import doctor
from notifications.kinds import Kind
from notifications.models import Delivery, Message, MessageState
from notifications.queries.outbox import held_back
from notifications.services import capping, door, outbox
from notifications.services.sweep import sweep
from tests.factories import Town
from tests.notifications.building import owe

DUE = date(2026, 11, 12)
RUN = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)  # a Thursday
DIGEST = RUN + timedelta(minutes=5)


@pytest.fixture
def town(db: None, settings: Any) -> Town:
    built = Town()
    sweep(built.now)
    Message.objects.all().delete()
    settings.MESSAGES_A_RUN, settings.MESSAGES_A_PERSON = 10, 4
    return built


def rungs() -> Any:
    return Message.objects.exclude(kind=Kind.HELD_BACK)


def flood(town: Town, here: int = 12, there: int = 6) -> None:
    """What falls due for two seats in one run, the one more than the other."""
    owe(town, here, due_on=DUE)
    owe(town, there, due_on=DUE, seat=town.champion_seats[town.legal.pk])
    sweep(RUN - timedelta(days=7))  # the reminders before the day
    Message.objects.all().delete()
    sweep(RUN)


def test_what_is_beyond_the_cap_of_a_run_or_a_person_is_held_and_whoever_runs_the_program_is_told(town: Town) -> None:
    flood(town)
    assert rungs().count() == 18, "nothing is lost"
    out = rungs().filter(held_at=None)
    assert {out.filter(seat=seat).count() for seat in set(out.values_list("seat", flat=True))} == {4}
    assert held_back(RUN).count() == 10
    told = Message.objects.filter(kind=Kind.HELD_BACK)
    assert list(told.values_list("person", flat=True)) == [town.lead.pk], "once, though she administers as well"
    outbox.drain(DIGEST)
    assert Delivery.objects.filter(message__in=rungs()).values("message").distinct().count() == 8
    assert any("the rest is held" in one.subject + str(one.body) for one in mail.outbox)


def test_it_goes_out_over_the_following_working_days_if_nobody_acts(town: Town) -> None:
    flood(town)
    days = sorted(set(held_back(RUN).values_list("not_before", flat=True)))
    assert [day.date().isoformat() for day in days] == ["2026-11-13", "2026-11-16"], "Friday, then Monday"
    outbox.drain(DIGEST)
    for day in days:
        outbox.drain(day + timedelta(minutes=5))
    assert not rungs().filter(state__in=[MessageState.WAITING, MessageState.CLAIMED]).exists()
    assert Delivery.objects.filter(message__in=rungs()).values("message").distinct().count() == 18


def test_what_is_held_is_released_or_dropped_by_whoever_runs_the_program(town: Town, client_for) -> None:
    flood(town)
    with pytest.raises(Refused):
        capping.release(by=town.sponsor, now=RUN)
    with time_machine.travel(RUN, tick=False):
        page = client_for(town.lead).get("/outbox/").text
        assert "10 messages are beyond what one run lets out" in page
        assert any("10 messages are held back" in one.says for one in doctor._held(RUN))
    assert capping.release(by=town.lead, now=RUN) == 10
    assert JournalEntry.objects.filter(event="notifications.cap.released", by=town.lead).exists()
    outbox.drain(DIGEST)
    assert Delivery.objects.filter(message__in=rungs()).values("message").distinct().count() == 18
    with pytest.raises(Conflict):
        capping.drop(by=town.lead, now=RUN)


def test_dropped_is_not_said(town: Town) -> None:
    flood(town)
    assert capping.drop(by=town.lead, now=RUN) == 10
    assert rungs().filter(state=MessageState.DROPPED).count() == 10


def test_a_door_is_never_shut_by_the_cap_and_one_deed_about_many_things_counts_once(town: Town) -> None:
    door.send("invite", [town.person(f"New Person{number}") for number in range(15)], RUN)
    assert not held_back(RUN).exists()
    entry, seat = JournalEntry.objects.order_by("pk")[0], town.champion_seats[town.claims.pk]
    outbox.enqueue(
        Message(occurrence=f"log:{duty.pk}", seat=seat, kind="asked", subject=duty.subject, entry=entry,
                created_at=RUN, not_before=RUN)
        for duty in owe(town, 8, due_on=DUE)
    )  # fmt: skip
    assert not held_back(RUN).exists()


def test_within_the_cap_it_costs_one_statement(town: Town) -> None:
    seat, (duty,) = town.champion_seats[town.claims.pk], owe(town, 1, due_on=DUE)
    made = Message(occurrence="one", seat=seat, kind="due", subject_id=duty.subject_id, created_at=RUN, not_before=RUN)
    with CaptureQueriesContext(connection) as captured:
        outbox.enqueue([made])
    assert len(captured) == 2, "asking what the run made so far, and storing"


def test_what_earlier_runs_put_off_to_a_morning_counts_for_it(town: Town) -> None:
    head, (duty,) = town.heads[town.claims.pk], owe(town, 1, due_on=DUE)
    for run in range(3):
        at = RUN + timedelta(seconds=30 * run)
        outbox.enqueue(
            Message(occurrence=f"{run}:{number}", person_id=head.pk, kind="mentioned", subject_id=duty.subject_id,
                    created_at=at, not_before=at)
            for number in range(9)
        )  # fmt: skip
    days = Counter(moment.date() for moment in held_back(RUN).values_list("not_before", flat=True))
    # Of each run four are let out and five held: fifteen, four a day.
    assert list(days.values()) == [4, 4, 4, 3]
    assert all(day.weekday() < 5 for day in days)


def test_a_full_morning_of_the_whole_place_is_left_out(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    people = [town.person(f"New Person{number}") for number in range(12)]
    for run in range(2):
        at = RUN + timedelta(seconds=30 * run)
        outbox.enqueue(
            Message(occurrence=f"{run}:{person.pk}:{number}", person_id=person.pk, kind="mentioned",
                    subject_id=duty.subject_id, created_at=at, not_before=at)
            for person in people for number in range(2)
        )  # fmt: skip
    days = Counter(moment.date() for moment in held_back(RUN).values_list("not_before", flat=True))
    assert list(days.values()) == [10, 10, 8], "of each run ten are let out and fourteen held"
