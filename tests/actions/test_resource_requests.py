"""An owner asks for money or time; the council allocates or declines, and above its limit a business case is needed."""

from dataclasses import replace

import pytest

from actions.models import ResourceRequest
from actions.queries import resources
from actions.services import funding
from councils import authority, matters
from councils.models import AgendaItem, Decision
from councils.queries import books as book_queries
from councils.services import agenda, books, meetings
from governance.clauses import DecisionRight
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty
from tests.actions.test_items_matters import Room
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
EUROS = 100
CASE = dict.fromkeys(funding.CASE, "In a sentence.")


@pytest.fixture
def room() -> Room:
    room = Room()
    books.grant(council=room.chamber.council, amount=9_000 * EUROS, by=room.town.sponsor, now=EPOCH)
    return room


def ask(room: Room, action, euros: int, **more) -> ResourceRequest:
    given = {"what_for": "Texts in two languages", "by": room.owner, "now": EPOCH} | more
    return funding.ask(action=action, amount=euros * EUROS, **given)


def standing(request: ResourceRequest) -> str:
    request = ResourceRequest.objects.select_related("item").get(pk=request.pk)
    return resources.standings([request])[request.pk]


def test_what_is_asked_for_stands_on_the_agenda_and_is_allocated_by_a_decision(room: Room) -> None:
    action = room.running()
    request = ask(room, action, 1_200)
    assert standing(request) == "open"
    assert request.item.ask == "€1,200.00 for “Text them”: Texts in two languages"
    allocate = matters.outcomes_of(request.item)["allocate"]
    assert allocate.motion is not None
    assert allocate.motion(request.item) == "Allocate €1,200.00: Text them"
    assert Duty.objects.filter(subject_id=request.item_id, kind="settle", closed_at=None).count() == 1
    with pytest.raises(Conflict, match=request.item.reference):
        ask(room, action, 1)
    room.decide(action, "allocate", matter="resources", **request.item.proposal["payload"])
    assert standing(request) == "allocated"
    assert book_queries.allocated_to([action.pk]) == {action.pk: 1_200 * EUROS}


def test_what_is_declined_or_withdrawn_allocates_nothing(room: Room) -> None:
    one, other = room.running(), room.running()
    declined, withdrawn = ask(room, one, 10), ask(room, other, 10)
    room.decide(one, "decline", matter="resources", reason="Next year.")
    agenda.withdraw(item=withdrawn.item, reason="Asked twice", by=room.clerk, now=EPOCH)
    assert (standing(declined), standing(withdrawn)) == ("declined", "withdrawn")
    assert book_queries.allocated_to([one.pk, other.pk]) == {}


def test_above_what_one_decision_may_commit_a_business_case_is_needed_and_goes_up(room: Room) -> None:
    action = room.running()
    limit = 4_000
    ask(room, room.running(), limit)
    with pytest.raises(Invalid, match="wants a business case") as refused:
        ask(room, action, limit + 1, case=CASE | {"kpi": " "})
    assert refused.value.field == "kpi"
    with pytest.raises(Invalid, match="one page") as refused:
        ask(room, action, limit + 1, case=CASE | {"cost": "x" * (funding.ANSWER + 1)})
    assert refused.value.field == "cost"
    request = ask(room, action, limit + 1, case=CASE)
    assert "What can go wrong: In a sentence." in request.item.ask
    room.decide(action, "allocate", matter="resources", amount=request.amount)
    assert standing(request) == "referred"
    assert AgendaItem.objects.filter(matter="referral", state="open").count() == 1


def test_a_charter_names_its_own_amount_for_the_business_case(room: Room) -> None:
    room.town.rule_anew(replace(room.town.rules, right=DecisionRight(400_000, business_case_above=1_000 * EUROS)))
    ask(room, room.running(), 1_000)
    with pytest.raises(Invalid, match=r"Above €1,000\.00 the charter wants a business case"):
        ask(room, room.running(), 1_001)
    ask(room, room.running(), 1_001, case=CASE)


def test_person_time_beyond_the_limit_of_one_decision_or_of_the_period_goes_up(room: Room) -> None:
    books.grant(council=room.chamber.council, amount=90_000, by=room.town.sponsor, now=EPOCH, unit="time")
    right = DecisionRight(400_000, "EUR", "quarter", 900_000, hours_per_decision=600, hours_per_period=1_000)
    room.town.rule_anew(replace(room.town.rules, right=right))
    # The meeting keeps the charter under which it was opened, so another one is held.
    meetings.close(meeting=room.meeting, by=room.clerk, now=EPOCH)
    room.meeting = meetings.open_meeting(
        meeting=meetings.call(council=room.chamber.council, starts_at=EPOCH, by=room.clerk, now=EPOCH),
        by=room.clerk,
        now=EPOCH,
    )
    for membership in room.chamber.memberships:
        meetings.mark(meeting=room.meeting, membership=membership, presence="present", by=room.clerk, now=EPOCH)
    verdicts = []
    for minutes in (601, 600, 401, 400):
        action = room.running()
        ask(room, action, 0, minutes=minutes)
        decision = room.decide(action, "allocate", matter="resources", minutes=minutes)
        verdicts.append((decision.verdict, decision.facts.get("beyond", "")))
    assert verdicts == [("referred", "hours"), ("valid", ""), ("referred", "hours_period"), ("valid", "")]
    one, period = (Decision.objects.get(payload__minutes=minutes) for minutes in (601, 401))
    assert authority.reason(one.verdict, one.facts) == ("10 h 1 min of person-time, and one decision may commit 10 h.")
    assert "of 16 h 40 min for this quarter, 10 h was committed before" in authority.reason(
        period.verdict, period.facts
    )
    assert any("Decisions of this quarter may commit" in line for line in authority.why(period.verdict, period.facts))


def test_only_the_owner_asks_and_for_something(room: Room) -> None:
    action = room.running()
    with pytest.raises(Refused, match="This is for"):
        ask(room, action, 10, by=room.clerk)
    for field, given in (("amount", {"amount": 0}), ("what_for", {"amount": 1, "what_for": " "})):
        with pytest.raises(Invalid) as refused:
            funding.ask(action=action, **({"what_for": "Texts", "by": room.owner, "now": EPOCH} | given))
        assert refused.value.field == field


def test_the_api_and_the_page_ask_and_show(room: Room, api_for, client) -> None:
    action = room.running()
    owner = api_for(room.owner)
    asked = owner.post(
        "/api/v1/resource-requests/", {"action": action.reference, "minutes": 450, "what_for": "Two afternoons"}
    )
    assert asked.status_code == 201, asked.json()
    assert (asked.json()["state"], asked.json()["minutes"]) == ("open", 450)
    assert owner.get(f"/api/v1/resource-requests/?of={action.reference}").json()["count"] == 1
    client.force_login(room.owner)
    page = client.get(f"/actions/{action.reference}/").text
    assert "before the council" in page
    assert "7 h 30 min" in page
    other = room.running()
    sent = client.post(f"/actions/{other.reference}/ask-resources/", {"what_for": "Kept words", "amount": "4,001"})
    assert sent.status_code == 422
    assert "Kept words" in sent.text
    assert "wants a business case" in sent.text
    sent = client.post(f"/actions/{other.reference}/ask-resources/", {"what_for": "Texts", "minutes": "7:30"})
    assert sent.status_code == 302
    assert ResourceRequest.objects.get(action=other).minutes == 450
