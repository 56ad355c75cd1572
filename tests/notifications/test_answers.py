"""Answers from the mail: what each mail offers, what each link does, and what no link ever does."""

import ast
import inspect
import re
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from actions.models import ActionItem, DateRequest
from actions.services import items
from councils.models import Council
from governance import buttons
from governance.errors import Absent
from governance.models import Button, Champion, Duty, DutyKind, HelpRequest, JournalEntry, Person, Seat, SeatKind
from governance.queries import journal as told
from governance.queries.seats import answering
from governance.services import buttons as links
from governance.services import champions, people, seats, subjects
from notifications.kinds import Kind
from notifications.models import Message
from notifications.services import offers, outbox
from notifications.services.listening import hear
from notifications.services.sweep import sweep
from tests.conftest import TODAY
from tests.factories import Chamber, Town
from tests.notifications.building import mailed_at_once

MAY_BE_ANSWERED = {
    # an owner
    "accept", "decline", "on_track", "at_risk", "blocked", "more_time", "set_date", "not_mine",
    # whoever is asked for help, or for another day
    "help", "help_not_now", "ask_back", "pass_on", "approve_date", "keep_date",
    # champions, charters
    "endorse", "refuse_nominee", "join", "stay_out", "ratify", "refuse_charter",
    # the way in
    "invite", "reset",
    # whoever sits in a council
    "comes", "stays_away",
}  # fmt: skip
"""Written by hand. Whatever is added is looked at by somebody: never verifying, voting, money, or that it is done."""

NEVER_IMPORTED = (
    "verification", "decisions", "votes", "books", "spending", "funding", "delegating", "delegated", "benefits",
    "outcomes", "tellings",
)  # fmt: skip


@pytest.fixture
def town(db: None) -> Town:
    built = Town(renewals=2)
    sweep(TODAY)
    Message.objects.all().delete()
    mail.outbox.clear()
    return built


@pytest.fixture
def action(town: Town) -> ActionItem:
    """Work of the Claims champion, promised for a day to come."""
    made = items.create(
        title="Answer within two days", seat=town.champion_seats[town.claims.pk], by=town.lead, now=TODAY,
        council=town.council_of_nine().council, proof="Nobody waits for longer.",
    )  # fmt: skip
    items.accept(action=made, promised_on=date(2026, 12, 10), by=owner(town), now=TODAY)
    hear(TODAY)
    Message.objects.all().delete()
    return made


def owner(town: Town) -> Person:
    return town.champions[town.claims.pk]


def head(town: Town) -> Person:
    return town.heads[town.claims.pk]


def owed(subject: int, kind: str) -> Duty:
    return Duty.objects.get(subject_id=subject, kind=kind, closed_at=None)


def say(duty: Duty, kind: Kind = Kind.DUE, **fields) -> None:
    facts = {"position": duty.rung, "due_on": duty.due_on.isoformat()} if duty.due_on else {}
    outbox.enqueue(
        [
            Message(
                occurrence=f"test:{Message.objects.count()}:{duty.pk}", seat_id=duty.seat_id, kind=kind,
                subject_id=duty.subject_id, duty=duty, facts=facts, created_at=TODAY, not_before=TODAY, **fields,
            )
        ]
    )  # fmt: skip


def letters(person: Person) -> dict[str, str]:
    """Hand over what waits, and read the last mail of a person: where each link leads, by what it says."""
    mailed_at_once(person)
    hear(TODAY)
    outbox.drain(TODAY)
    body = next(str(one.body) for one in reversed(mail.outbox) if one.to == [person.email])
    return {
        call: urlsplit(url)._replace(scheme="", netloc="").geturl()
        for call, url in re.findall(r"^(.+), without signing in: (\S+)$", body, re.MULTILINE)
    }


def press(path: str, **said: object) -> str:
    """As a mail program's browser: no cookie, no session."""
    answer = Client(enforce_csrf_checks=True).post(path, said)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer.text


def dead(*paths: str) -> bool:
    return {Client().get(path).status_code for path in paths} == {410}


def test_what_may_be_answered_is_a_list_that_somebody_reviewed() -> None:
    assert {name for name in buttons.PURPOSES if not name.startswith("test")} == MAY_BE_ANSWERED
    offered = {one.purpose for some in offers.OFFERS.values() for one in some if one.purpose}
    assert offered == MAY_BE_ANSWERED, "and each is offered by some mail"


@pytest.mark.parametrize("name", sorted(MAY_BE_ANSWERED))
def test_no_module_that_answers_knows_how_to_verify_vote_or_spend(name: str) -> None:
    module = sys.modules[buttons.PURPOSES[name].presses.__module__]
    tree = ast.parse(Path(inspect.getfile(module)).read_text())
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {part for node in imported for part in str(getattr(node, "module", "")).split(".")}
    named |= {alias.name for node in imported for alias in node.names}
    assert not named & set(NEVER_IMPORTED)


@pytest.mark.parametrize("name", sorted(MAY_BE_ANSWERED))
def test_nothing_confidential_is_answered_by_a_link(town: Town, action: ActionItem, name: str) -> None:
    duty = owed(action.pk, DutyKind.KEEP)
    url = links.issue(purpose=name, person=owner(town), subject=action.subject, duty=duty, seat=duty.seat_id, now=TODAY)
    assert links.of_person(owner(town), TODAY)
    Council.objects.filter(pk=action.council_id).update(is_confidential=True)
    subjects.show_to(action.subject, [action.council_id])
    assert dead(url), "also where the council became confidential after it was sent"
    assert Client().post(url, {"line": "x", "reason": "x"}).status_code == 410
    say(duty)
    assert not letters(owner(town))


def test_an_owner_says_where_it_stands_and_the_links_beside_it_end(town: Town, action: ActionItem) -> None:
    duty = owed(action.pk, DutyKind.KEEP)
    say(duty)
    mailed = letters(owner(town))
    assert list(mailed) == ["On track", "At risk", "Blocked", "Ask for more time", "Not mine"]
    done = re.findall(r"^It is done: show the evidence: (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    (place,) = (urlsplit(url)._replace(scheme="", netloc="").geturl() for url in done)
    assert place == f"/actions/{action.reference}/?do=evidence#do"
    assert Client().get(place).status_code == 302, "after signing in"
    browser = Client()
    browser.force_login(owner(town))
    shown = browser.get(place).text
    first = shown[shown.index('id="do"') :]
    assert f'action="/actions/{action.reference}/evidence/"' in first[: first.index("</form>")], "the form stands first"
    for path in mailed.values():
        page = Client().get(path)
        assert (page.status_code, "10 Dec" in page.text) == (200, True)
        assert page.text.count('type="submit"') == 1, "one button"
    assert not JournalEntry.objects.filter(subject=action.subject, facts__has_key="button").exists()
    assert "on track" in press(mailed["On track"], line="Half of the letters are rewritten.")
    action.refresh_from_db()
    assert (action.health, action.state) == ("on_track", "in_progress")
    assert dead(*mailed.values())
    entry = JournalEntry.objects.get(subject=action.subject, event="actions.item.reported_on_track")
    (sentence,) = told.sentences([entry], town.lead, TODAY)
    assert sentence.text.endswith(f"by the link sent to {owner(town).email}")
    page = Client()
    page.force_login(town.lead)
    for url in (f"/actions/{action.reference}/", "/journal/", f"/api/v1/journal/?subject={action.reference}"):
        assert f"by the link sent to {owner(town).email}" in page.get(url).text, url


def test_an_owner_reports_a_risk_or_what_stops_it(town: Town, action: ActionItem) -> None:
    duty = owed(action.pk, DutyKind.KEEP)
    say(duty)
    press(letters(owner(town))["At risk"], line="The tester is ill.")
    action.refresh_from_db()
    assert action.health == "at_risk"
    say(duty)
    path = letters(owner(town))["Blocked"]
    stranger = Seat.objects.get(kind=SeatKind.HEAD, department=town.legal)
    foreign = Client().post(path, {"reason": "IT.", "waiting_on": stranger.reference})
    assert foreign.status_code == 422, "only who is on the list"
    assert Client().post(path, {"reason": ""}).status_code == 422
    asked = Seat.objects.get(kind=SeatKind.HEAD, department=town.claims)
    press(path, reason="The system is down.", waiting_on=asked.reference)
    blocker = action.blockers.get()
    assert (blocker.reason, blocker.waiting_on, blocker.by) == ("The system is down.", asked, owner(town))


def test_more_time_is_asked_and_approved_or_refused_from_the_mail(town: Town, action: ActionItem) -> None:
    say(owed(action.pk, DutyKind.KEEP))
    before = letters(owner(town))
    assert Client().post(before["Ask for more time"], {"due_on": "2026-12-01", "reason": "r"}).status_code == 422
    press(before["Ask for more time"], due_on="2026-12-17", reason="The tester is ill.")
    asked = DateRequest.objects.get(action=action)
    assert asked.approver is not None
    mailed = letters(head(town))
    assert list(mailed) == ["Approve that day", "The date stays"]
    page = Client().get(mailed["Approve that day"]).text
    assert "17 Dec" in page
    assert "The tester is ill." in page
    stolen = links.issue(
        purpose="approve_date", person=owner(town), subject=action.subject,
        duty=owed(action.pk, DutyKind.APPROVE_DATE), now=TODAY,
    )  # fmt: skip
    assert dead(stolen), "nobody approves their own"
    assert Client().post(mailed["The date stays"], {"said": ""}).status_code == 422
    press(mailed["Approve that day"], said="")
    action.refresh_from_db()
    assert action.promised == date(2026, 12, 17)
    assert dead(*mailed.values(), *before.values())


def test_another_promise_ends_what_was_mailed_about_the_one_before(town: Town, action: ActionItem) -> None:
    say(owed(action.pk, DutyKind.KEEP))
    mailed = letters(owner(town))
    items.ask_for_time(action=action, due_on=date(2026, 12, 17), reason="r", by=owner(town), now=TODAY)
    items.answer_date(action=action, answer="approved", by=head(town), now=TODAY)
    assert dead(*mailed.values())
    say(owed(action.pk, DutyKind.KEEP))
    assert Client().get(letters(owner(town))["On track"]).status_code == 200


def test_not_mine_asks_the_head_for_another_owner(town: Town, action: ActionItem) -> None:
    say(owed(action.pk, DutyKind.KEEP))
    press(letters(owner(town))["Not mine"], reason="Billing sends these letters.")
    request = HelpRequest.objects.get(by=owner(town))
    assert request.asked == head(town).tenures.get().seat
    assert "Billing sends these letters." in request.words


def test_a_date_that_is_owed_is_promised_from_the_mail(town: Town, action: ActionItem) -> None:
    undated = items.create(
        title="A shorter form", seat=action.seat, council=action.council, proof="One page.", by=town.lead, now=TODAY
    )
    mailed = letters(owner(town))
    assert list(mailed) == ["Accept it", "Decline it"]
    press(mailed["Accept it"], promised_on="")
    say(owed(undated.pk, DutyKind.SET_DATE))
    mailed = letters(owner(town))
    assert list(mailed) == ["Promise a date", "Not mine"]
    press(mailed["Promise a date"], due_on="2026-12-18")
    undated.refresh_from_db()
    assert undated.promised == date(2026, 12, 18)


def _asked_for_help(town: Town, action: ActionItem) -> HelpRequest:
    seat = head(town).tenures.get().seat
    return items.ask_help(action=action, asked=seat, words="Two days of a tester.", by=owner(town), now=TODAY)


def test_a_head_helps_refuses_or_asks_first(town: Town, action: ActionItem) -> None:
    request = _asked_for_help(town, action)
    mailed = letters(head(town))
    assert list(mailed) == ["I help", "Not now, because", "Ask a question first"], "there is no deputy to pass it to"
    assert "not_now" not in Client().get(mailed["I help"]).text
    assert Client().post(mailed["I help"], {"answer": "not_now", "said": "No."}).status_code == 422
    press(mailed["Ask a question first"], words="Which two days?")
    assert dead(*mailed.values())
    request.refresh_from_db()
    assert request.answered_at is None, "a question is no answer"
    asked = letters(owner(town))
    assert any("wants to know something first" in str(one.body) for one in mail.outbox)
    assert "On track" in asked
    say(owed(action.pk, DutyKind.KEEP), Kind.HELP_WANTED, person=head(town))
    press(letters(head(town))["Not now, because"], said="In March.")
    request.refresh_from_db()
    assert (request.answer, request.said) == ("not_now", "In March.")


def test_help_passes_to_the_deputy_who_is_mailed_and_answers(town: Town, action: ActionItem) -> None:
    deputy = town.person("Dee")
    seat = head(town).tenures.get().seat
    seats.seat_person(seat=seat, person=deputy, by=town.lead, now=TODAY - timedelta(hours=1), role="deputy")
    request = _asked_for_help(town, action)
    mailed = letters(head(town))
    assert f"{deputy.name} deputises for" in Client().get(mailed["Pass it to my deputy"]).text
    assert f"{deputy.name} is asked instead" in press(mailed["Pass it to my deputy"])
    assert dead(*mailed.values())
    theirs = letters(deputy)
    assert list(theirs) == ["I help", "Not now, because", "Ask a question first"]
    press(theirs["I help"], answer="helped", said="Jo tests it.")
    request.refresh_from_db()
    assert (request.answer, request.answered_by) == ("helped", deputy)


def test_a_deputy_who_is_one_no_more_answers_no_more(town: Town, action: ActionItem) -> None:
    deputy, seat = town.person("Dee"), head(town).tenures.get().seat
    seats.seat_person(seat=seat, person=deputy, by=town.lead, now=TODAY - timedelta(hours=1), role="deputy")
    _asked_for_help(town, action)
    press(letters(head(town))["Pass it to my deputy"])
    theirs = letters(deputy)
    deputy.tenures.update(until_at=TODAY - timedelta(seconds=1))
    assert dead(*theirs.values())


def test_a_champion_is_endorsed_and_joins_from_the_mail(town: Town) -> None:
    seat = town.champion_seats[town.claims.pk]
    nominee = town.person("Wei")
    champion = Champion.objects.get(pk=seat.pk)
    champions.nominate(champion=champion, person=nominee, by=town.lead, now=TODAY, pledged_minutes=240)
    mailed = letters(head(town))
    assert list(mailed) == ["Endorse", "Do not endorse"]
    assert nominee.name in Client().get(mailed["Endorse"]).text
    press(mailed["Endorse"])
    assert dead(*mailed.values())
    theirs = letters(nominee)
    assert list(theirs) == ["Accept to be the champion", "Decline to be the champion"]
    press(theirs["Accept to be the champion"])
    assert answering([seat.pk], TODAY + timedelta(hours=1))[seat.pk].person_id == nominee.pk
    champion.refresh_from_db()
    assert (champion.endorsed_by, champion.pledged_minutes) == (head(town), 240)


def test_a_forged_form_answers_for_nobody_else_and_about_nothing_else(town: Town, action: ActionItem) -> None:
    other = items.create(
        title="Another", seat=town.champion_seats[town.legal.pk], council=action.council, proof="p", by=town.lead,
        now=TODAY,
    )  # fmt: skip
    say(owed(action.pk, DutyKind.KEEP))
    path = letters(owner(town))["On track"]
    forged = {"line": "x", "action": other.pk, "subject": other.pk, "person": town.lead.pk, "by": town.lead.pk,
              "health": "off_track", "state": "done", "duty": 1, "facts": "{}", "version": 0}  # fmt: skip
    press(path, **forged)
    action.refresh_from_db()
    other.refresh_from_db()
    assert (action.health, action.state, other.health) == ("on_track", "in_progress", "unknown")
    assert JournalEntry.objects.latest("pk").by == owner(town)
    theirs = links.issue(purpose="on_track", person=owner(town), subject=other.subject, now=TODAY)
    assert Client().post(theirs, {"line": "x"}).status_code in (403, 410), "not theirs, and so not by a link either"


def test_work_that_is_sent_back_is_owed_again_and_its_old_links_stay_dead(town: Town, action: ActionItem) -> None:
    say(owed(action.pk, DutyKind.KEEP))
    mailed = letters(owner(town))
    items.add_evidence(action=action, title="Ten letters", kind="note", note="Read.", by=owner(town), now=TODAY)
    items.say_done(action=action, by=owner(town), now=TODAY)
    assert dead(*mailed.values())
    seat = owed(action.pk, DutyKind.VERIFY).seat_id
    verifier = Person.objects.get(pk=answering([seat], TODAY)[seat].person_id)
    items.verify(action=action, finding="refused", note="Show two more.", by=verifier, now=TODAY)
    assert owed(action.pk, DutyKind.KEEP), "the same duty is owed again"
    assert dead(*mailed.values())


def test_whoever_hands_the_work_on_or_leaves_answers_no_more(town: Town, action: ActionItem) -> None:
    say(owed(action.pk, DutyKind.KEEP))
    mailed = letters(owner(town))
    people.end_access(person=owner(town), by=town.lead, now=TODAY)
    assert dead(*mailed.values())
    assert not Button.objects.filter(person=owner(town), ended_at=None).exists()


def test_whoever_is_told_because_the_seat_is_vacant_is_offered_no_answer_in_its_place(
    town: Town, action: ActionItem
) -> None:
    duty = owed(action.pk, DutyKind.KEEP)
    owner(town).tenures.update(until_at=TODAY - timedelta(seconds=1))
    say(duty)
    mailed_at_once(*Person.objects.all())
    hear(TODAY)
    outbox.drain(TODAY)
    (letter,) = [one for one in mail.outbox if action.title in str(one.body)]
    assert letter.to != [owner(town).email]
    assert "/b/" not in letter.body


def test_a_link_about_an_open_thing_outlives_that_a_confidential_council_takes_it_up(
    town: Town, action: ActionItem
) -> None:
    quiet = Chamber(town, name="Zephyr", size=3, confidential=True)
    say(owed(action.pk, DutyKind.KEEP))
    before = letters(owner(town))
    subjects.show_to(action.subject, [town.claims.pk, action.council_id, quiet.council.pk])
    assert Client().get(before["On track"]).status_code == 200, "it is as open as it was"
    say(owed(action.pk, DutyKind.KEEP))
    assert "On track" in letters(owner(town)), "and the next mail brings links as well"
    # What is that council's own is answered by no link, though the thing is open: what its seats are asked.
    chair = quiet.memberships[0].seat
    assert Seat.objects.get(pk=chair.pk).kind == SeatKind.CHAIR
    duty = owed(action.pk, DutyKind.KEEP)
    url = links.issue(purpose="help", person=quiet.chair, subject=action.subject, duty=duty, seat=chair.pk, now=TODAY)
    with pytest.raises(Absent):
        links.find(urlsplit(url).path.split("/")[2], TODAY)
    assert not links.of_person(quiet.chair, TODAY)
    outbox.enqueue(
        [
            Message(
                occurrence="quiet", seat_id=chair.pk, kind=Kind.HEAD, subject_id=action.pk, duty=duty,
                facts={"position": duty.rung, "due_on": duty.due_on.isoformat()}, created_at=TODAY, not_before=TODAY,
            )
        ]
    )  # fmt: skip
    assert not letters(quiet.chair)
    Duty.objects.filter(pk=duty.pk).update(seat=quiet.memberships[2].seat)
    assert dead(*before.values()), "nor what one of its seats owes"


@pytest.mark.parametrize(
    ("purpose", "said", "field"),
    [
        ("blocked", {}, "reason"),
        ("more_time", {"due_on": "2026-12-17"}, "reason"),
        ("not_mine", {}, "reason"),
        ("decline", {}, "reason"),
        ("keep_date", {}, "said"),
        ("approve_date", {}, "said"),
    ],
)
def test_whoever_does_not_sign_in_writes_a_few_sentences_and_loses_none(
    town: Town, action: ActionItem, purpose: str, said: dict, field: str
) -> None:
    person, thing, kind = owner(town), action, DutyKind.KEEP
    if purpose == "decline":
        kind = DutyKind.ACCEPT
        thing = items.create(
            title="B", seat=action.seat, by=town.lead, now=TODAY, council=action.council, proof="p"
        )  # fmt: skip
    elif field == "said":
        items.ask_for_time(action=action, due_on=date(2026, 12, 17), reason="r", by=owner(town), now=TODAY)
        person, kind = head(town), DutyKind.APPROVE_DATE
    duty = owed(thing.pk, kind)
    path = urlsplit(
        links.issue(purpose=purpose, person=person, subject=thing.subject, duty=duty, seat=duty.seat_id, now=TODAY)
    ).path
    page = Client().get(path).text
    assert re.search(rf'<textarea[^>]* name="{field}"[^>]* maxlength="\d{{3,4}}"|maxlength="\d{{3,4}}"', page)
    before = JournalEntry.objects.count()
    long = "The tester is ill. " * 100
    refused = Client().post(path, {**said, field: long})
    assert refused.status_code == 422
    assert long.strip() in refused.text, "what was written is still there"
    assert "at most" in refused.text
    assert all(day in refused.text for day in said.values())
    assert JournalEntry.objects.count() == before
    assert Client().get(path).status_code == 200, "the link stays good"


@pytest.mark.parametrize("purpose", ["refuse_nominee", "stay_out"])
def test_a_no_to_a_nomination_is_as_short(town: Town, purpose: str) -> None:
    seat, nominee = town.champion_seats[town.claims.pk], town.person("Wei")
    champion = Champion.objects.get(pk=seat.pk)
    champions.nominate(champion=champion, person=nominee, by=town.lead, now=TODAY, pledged_minutes=240)
    answers = letters(head(town))
    if purpose == "stay_out":
        press(answers["Endorse"])
        answers = letters(nominee)
    path = answers[{"refuse_nominee": "Do not endorse", "stay_out": "Decline to be the champion"}[purpose]]
    assert Client().post(path, {"reason": "x" * 2001}).status_code == 422
    press(path, reason="x" * 2000)


def test_a_day_beyond_the_calendar_is_refused_at_its_field(town: Town, action: ActionItem) -> None:
    say(owed(action.pk, DutyKind.KEEP))
    path = letters(owner(town))["Ask for more time"]
    refused = Client().post(path, {"due_on": "9999-12-31", "reason": "The tester is ill."})
    assert refused.status_code == 422
    assert "The calendar does not reach that far." in refused.text
    assert "The tester is ill." in refused.text
