"""Two stories about people who are not there: what they owed stays with the seat, and somebody answers for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from actions.models import ActionItem, Promise
from actions.services import items
from governance.models import Duty, Person, Seat
from governance.queries import helping
from governance.queries.duties import my_moves
from governance.services import helping as help_services
from governance.services import people, seats
from notifications.models import Delivery
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town
from tests.notifications.building import working_days_after

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 10)


def nine(day: date) -> datetime:
    """Nine in the morning of Amsterdam's winter."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def owed_by(person: Person, now: datetime) -> set[tuple[str, int]]:
    return {(move.kind, move.subject_id) for move in my_moves(person, now)}


def promised(town: Town, title: str, due_on: date, owner: Person, seat: Seat) -> ActionItem:
    council = Chamber(town, name=f"{title.split()[0]} Council", size=3).council
    made = items.create(title=title, seat=seat, council=council, proof="It is seen.", by=town.lead, now=town.now)
    return items.accept(action=made, promised_on=due_on, by=owner, now=town.now)


def test_a_sponsor_leaves_in_the_middle_of_an_escalation(town: Town, client_for: Callable[[Person], Client]) -> None:
    owner, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    action = promised(town, "Letters in plain words", DUE, owner, seat)
    deputy = town.person("Margriet van Dalen")
    seats.seat_person(seat=town.sponsor_seat, person=deputy, role="deputy", by=None, now=town.now)

    # Nobody moves it; five working days later the sponsor is asked, and owes an answer within three.
    asked = nine(working_days_after(DUE, 5))
    sweep(asked)
    answer = Duty.objects.get(subject=action.subject, kind="respond", closed_at=None)
    assert ("respond", action.pk) in owed_by(town.sponsor, asked)

    # The next day the sponsor has left. The answer is not lost, and nobody else gets another day for it.
    gone = asked + timedelta(days=1)
    browser = client_for(town.sponsor)
    people.end_access(person=town.sponsor, by=town.lead, now=gone)
    assert browser.get("/").status_code == 302, "out at once"
    assert owed_by(town.sponsor, gone) == set()
    answer.refresh_from_db()
    assert (answer.closed_at, answer.seat_id) == (None, town.sponsor_seat.pk)
    assert ("respond", action.pk) in owed_by(deputy, gone), "the deputy acts"
    lead = owed_by(town.lead, gone)
    assert {("fill", town.sponsor_seat.pk), ("hand_over", town.sponsor_seat.pk)} <= lead
    outbox.drain(gone)
    told = Delivery.objects.filter(message__kind="sponsor").values_list("person", flat=True)
    assert set(told) <= {deputy.pk}, "what was on its way reaches whoever answers today"

    # A new sponsor is seated: one tenure, and the answer is theirs, by the day it had.
    successor, later = town.person("Henrik Vos"), gone + timedelta(days=1)
    seats.seat_person(seat=town.sponsor_seat, person=successor, by=town.lead, now=later)
    assert ("respond", action.pk) in owed_by(successor, later)
    assert ("respond", action.pk) not in owed_by(deputy, later)
    assert not {kind for kind, subject in owed_by(town.lead, later) if subject == town.sponsor_seat.pk}
    request = helping.waiting_on(successor, later).get()
    help_services.answer(request=request, answer="helped", said="I speak to them.", by=successor, now=later)
    answer.refresh_from_db()
    assert answer.closed_at == later
    assert Promise.objects.get(action=action).due_on == DUE, "the promise stands where it stood"


def test_a_champion_goes_on_holiday(town: Town, client_for: Callable[[Person], Client]) -> None:
    fatima, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    deputy = town.person("Hugo Peeters")
    seats.seat_person(seat=seat, person=deputy, role="deputy", by=town.lead, now=town.now)
    action = promised(town, "Text the claimants", DUE, fatima, seat)
    assert ("keep", action.pk) in owed_by(fatima, town.now)
    assert owed_by(deputy, town.now) == set()

    # Only until when, on one's own page; nothing about it is recorded.
    until = DUE + timedelta(days=3)
    people.be_away(person=fatima, by=fatima, until=until)
    assert owed_by(fatima, town.now) == set()
    assert ("keep", action.pk) in owed_by(deputy, town.now)
    assert not Duty.objects.filter(subject_id=seat.pk, kind="fill", closed_at=None).exists(), "no vacancy"

    with time_machine.travel(nine(DUE - timedelta(days=1)), tick=False):
        home = client_for(deputy).get("/").content.decode()
        assert "Text the claimants" in home
        assert "for Champion, Claims" in home, "in whose place"
        assert "Waiting for others" in client_for(fatima).get("/").content.decode(), "not hers to move now"
        reader = client_for(town.lead)
        pages = {
            name: reader.get(path).content.decode()
            for name, path in {
                "action": f"/actions/{action.reference}/",
                "seat": f"/seats/{seat.reference}/",
                "department": f"/departments/{town.claims.reference}/",
                "map": "/coverage/",
                "review": "/review/",
                "person": f"/people/{fatima.pk}/",
            }.items()
        }
    assert "Hugo Peeters" in pages["action"]
    assert "Hugo Peeters" in pages["seat"]
    for name, page in pages.items():
        assert "away" not in page.lower().replace("straightaway", "").replace("take away", "").replace(
            "take-away", ""
        ), f"{name} says that somebody is away"
        assert "13 Nov" not in page, f"{name} says until when"

    # The deputy reports in the holder's place; the reminder goes to the deputy.
    sweep(nine(DUE - timedelta(days=4)))
    outbox.drain(nine(DUE - timedelta(days=4)))
    reached = Delivery.objects.filter(message__subject=action.subject, message__kind="due_soon")
    assert {delivery.person_id for delivery in reached} <= {deputy.pk}
    items.report(action=action, health="on_track", line="Goes out tomorrow.", by=deputy, now=nine(DUE))

    # The day after the last one it is Fatima's again, without anybody doing anything.
    back = nine(until + timedelta(days=1))
    assert ("keep", action.pk) in owed_by(fatima, back)
    assert ("keep", action.pk) not in owed_by(deputy, back)
