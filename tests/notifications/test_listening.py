"""What happened is told to whom it concerns, and never to whoever did it."""

from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import Blocker
from actions.services import items, requests
from councils.services import agenda
from governance.events import EVENTS
from governance.models import JournalEntry, Seat, Unheard
from governance.services import journal
from notifications.kinds import Kind
from notifications.models import Message
from notifications.rules.registry import RULES
from notifications.services import listening, outbox
from notifications.services.listening import hear
from notifications.wording import WORDS
from tests.factories import Chamber, Town


@pytest.fixture
def work(town: Town):
    """An action that the council's secretary verifies, proposed by the CX lead to the champion of Claims."""
    chamber = town.council_of_nine()
    hear(town.now)
    action = items.create(
        title="Letters in plain words",
        seat=town.champion_seats[town.claims.pk],
        council=chamber.council,
        proof="Ten letters read aloud by customers.",
        by=town.lead,
        now=town.now,
    )
    return action, chamber


def told(now: datetime) -> list[tuple[str, str]]:
    """(kind, seat) of what is told about what just happened."""
    before = set(Message.objects.values_list("pk", flat=True))
    hear(now)
    new = Message.objects.exclude(pk__in=before).order_by("pk").select_related("seat__subject")
    return [(message.kind, message.seat.subject.title) for message in new]


def test_every_rule_is_about_an_event_that_somebody_records() -> None:
    assert set(RULES) <= set(EVENTS)


def test_every_kind_of_message_has_its_words() -> None:
    assert set(WORDS) == set(Kind)


def test_the_seat_that_is_asked_is_told_and_its_answer_tells_nobody(town: Town, work) -> None:
    action, _chamber = work
    assert told(town.now) == [("asked", "Champion, Claims")]
    items.accept(action=action, promised_on=date(2026, 11, 10), by=town.champions[town.claims.pk], now=town.now)
    assert told(town.now) == []


def test_a_decline_tells_the_head(town: Town, work) -> None:
    action, _chamber = work
    hear(town.now)
    items.decline(action=action, reason="Not ours.", by=town.champions[town.claims.pk], now=town.now)
    assert told(town.now) == [("declined", "Head of Claims")]


def test_done_tells_the_verifier_and_verified_tells_the_owner(town: Town, work) -> None:
    action, chamber = work
    champion = town.champions[town.claims.pk]
    action = items.accept(action=action, promised_on=date(2026, 11, 10), by=champion, now=town.now)
    items.add_evidence(action=action, title="Ten letters", kind="note", by=champion, now=town.now)
    hear(town.now)
    action = items.say_done(action=action, by=champion, now=town.now)
    assert told(town.now) == [("to_verify", "Secretary, CX Governance Council")]
    items.verify(action=action, finding="refused", note="Two are missing.", by=chamber.secretary, now=town.now)
    assert told(town.now) == [("sent_back", "Champion, Claims")]
    action = items.say_done(action=action, by=champion, now=town.now)
    hear(town.now)
    items.verify(action=action, finding="confirmed", by=chamber.secretary, now=town.now)
    assert told(town.now) == [("verified", "Champion, Claims")]


def test_what_a_champion_reports_for_an_owner_is_told_to_the_owner(town: Town) -> None:
    chamber = town.council_of_nine()
    owner = town.person("Bram Smit")
    seat = town.seat("other", town.claims, owner, title="Claims desk")
    action = items.create(title="Letters", seat=seat, council=chamber.council, proof="x", by=town.lead, now=town.now)
    items.accept(action=action, promised_on=date(2026, 11, 10), by=owner, now=town.now)
    hear(town.now)
    items.report(action=action, health="on_track", by=owner, now=town.now)
    assert told(town.now) == []
    items.report(action=action, health="at_risk", by=town.champions[town.claims.pk], now=town.now)
    assert told(town.now) == [("reported_for_you", "Claims desk")]


def test_a_blocker_tells_whom_it_waits_for(town: Town, work) -> None:
    action, _chamber = work
    champion = town.champions[town.claims.pk]
    items.accept(action=action, promised_on=date(2026, 11, 10), by=champion, now=town.now)
    hear(town.now)
    head = Seat.objects.get(kind="head", department=town.claims)
    items.block(action=action, reason="Wording.", waiting_on=head, by=champion, now=town.now)
    assert told(town.now) == [("waited_on", "Head of Claims")]
    assert Blocker.objects.get().waiting_on == head


def test_a_matter_raised_by_somebody_is_told_to_the_secretary(town: Town, work) -> None:
    action, chamber = work
    hear(town.now)
    agenda.propose(
        council=chamber.council, about=action.subject, matter="late_action", by=chamber.chair, now=town.now, ask="Now?"
    )
    assert told(town.now) == [("to_settle", "Secretary, CX Governance Council")]


def test_a_referral_is_told_to_the_chair_above_and_at_the_top_to_the_sponsor(town: Town) -> None:
    above = Chamber(town, name="Executive Committee", size=3)
    below = Chamber(town, name="CX Governance Council", size=3, parent=above.council)
    hear(town.now)
    matter = {"matter": "theme", "outcome": "note", "payload": {}, "motion": "May we?", "origin": below.council.pk}
    for council, origin in ((above.council, below.council), (above.council, above.council)):
        agenda.put(
            council=council,
            about=origin.subject,
            matter="referral",
            by=below.secretary,
            now=town.now,
            ask="May we?",
            proposal={**matter, "from_council": origin.pk},
            owed_by=town.sponsor_seat if council == origin else None,
        )
    assert told(town.now) == [("referred", "Chair, Executive Committee"), ("referred", "CX executive sponsor")]


def test_an_import_tells_a_champion_once_however_many_themes_it_brought(town: Town) -> None:
    hear(town.now)
    seats = [town.champion_seats[town.claims.pk].pk, town.champion_seats[town.legal.pk].pk]
    journal.record(
        EVENTS["actions.feedback.taken_in"],
        subject=town.claims.subject,
        by=town.lead,
        now=town.now,
        mentions=[("owes", seats[0]), ("owes", seats[1]), ("owes", seats[0])],
    )
    assert told(town.now) == [("feedback", "Champion, Claims"), ("feedback", "Champion, Legal & Compliance")]


def test_nobody_is_told_what_they_did_themselves(town: Town) -> None:
    chamber = town.council_of_nine()
    lead_seat = Seat.objects.get(kind="cx_lead")
    items.create(title="Letters", seat=lead_seat, council=chamber.council, proof="x", by=town.lead, now=town.now)
    hear(town.now)
    assert Message.objects.filter(kind="asked").exists()
    outbox.drain(town.now)
    assert not mail.outbox


def test_an_entry_is_heard_once(town: Town, work) -> None:
    assert hear(town.now) > 0
    number = Message.objects.count()
    assert hear(town.now) == 0
    Unheard.objects.bulk_create([Unheard(entry=entry) for entry in JournalEntry.objects.all()])
    hear(town.now)
    assert Message.objects.count() == number, "even if it were put into the queue again"


def test_an_entry_that_a_rule_cannot_digest_stays_and_holds_up_no_other(town: Town, work, monkeypatch) -> None:
    action, _chamber = work
    poison = JournalEntry.objects.get(event="actions.item.created")
    items.accept(action=action, promised_on=date(2026, 11, 10), by=town.champions[town.claims.pk], now=town.now)

    def choke(_entries):
        raise LookupError("no such seat")

    monkeypatch.setitem(RULES, "actions.item.created", [choke])
    hear(town.now)
    assert list(Unheard.objects.values_list("pk", flat=True)) == [poison.pk]
    monkeypatch.undo()
    assert hear(town.now + timedelta(seconds=30)) == 1


def test_hearing_many_entries_costs_as_many_statements_as_few(town: Town, work) -> None:
    action, _chamber = work
    hear(town.now)

    def statements(number: int) -> int:
        for _turn in range(number):
            journal.record(EVENTS["actions.item.reported_at_risk"], subject=action.subject, by=None, now=town.now)
            journal.record(EVENTS["actions.item.verified"], subject=action.subject, by=None, now=town.now)
        with CaptureQueriesContext(connection) as captured:
            assert listening.hear(town.now) == 2 * number
        return len(captured)

    assert statements(2) == statements(50)


def test_each_side_of_a_request_is_told_what_the_other_did(town: Town, work) -> None:
    action, _chamber = work
    asking, asked = town.champions[town.claims.pk], town.champions[town.legal.pk]
    items.accept(action=action, promised_on=date(2026, 11, 10), by=asking, now=town.now)
    hear(town.now)
    given = {"to": town.champion_seats[town.legal.pk], "asked_for": date(2026, 11, 20), "action": action}
    made = requests.ask(title="A consent text", by=asking, now=town.now, **given)
    assert told(town.now) == [("requested", "Champion, Legal & Compliance")]
    requests.counter(request=made, offer="Half of it.", by=asked, now=town.now)
    assert told(town.now) == [("countered", "Champion, Claims")]
    requests.accept(request=made, by=asking, now=town.now)
    assert told(town.now) == [("agreed", "Champion, Legal & Compliance")]
    requests.deliver(request=made, by=asked, now=town.now)
    assert told(town.now) == [("to_confirm", "Champion, Claims")]
    requests.send_back(request=made, reason="More.", by=asking, now=town.now)
    assert told(town.now) == [("sent_back", "Champion, Legal & Compliance")]
    requests.withdraw(request=made, reason="Found it.", by=asking, now=town.now)
    assert told(town.now) == [("no_longer_asked", "Champion, Legal & Compliance")]
