"""One decision repeats what passed: a copy a place, each with owner, day and resources, within right and envelope."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.models import ActionItem, Pilot, PilotCopy
from actions.queries import piloting as queries
from actions.services import items, pilots
from actions.services.pilots import Found, Plan
from councils.models import AgendaItem, Decision
from councils.queries import books as book_queries
from councils.services import agenda, books, decisions, meetings
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Department, Duty, DutyKind, JournalEntry, Subject
from tests.actions.test_items_matters import Room
from tests.engines import examples
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
TODAY = EPOCH.date()
EURO = 100
ENVELOPE = 9_000 * EURO
LIMIT = 4_000 * EURO
ASKED = date(2026, 12, 11)


@pytest.fixture
def poor() -> Room:
    """Without an envelope yet."""
    return Room()


@pytest.fixture
def room(poor: Room) -> Room:
    room = poor
    books.grant(council=room.chamber.council, amount=ENVELOPE, by=room.town.sponsor, now=EPOCH)
    return room


def passed(room: Room, places: list[Department] | None = None) -> Pilot:
    town = room.town
    plan = Plan(
        department=town.claims, unit="Glass claims", check_on=TODAY, criteria=["It is quicker"],
        places=places if places is not None else [town.claims, town.digital, town.legal],
    )  # fmt: skip
    pilot = pilots.declare(action=room.running(), plan=plan, by=room.owner, now=EPOCH)
    pilots.check(pilot=pilot, verdict="passed", findings=[Found(True, "By two days")], by=room.clerk, now=EPOCH)
    return Pilot.objects.get(pk=pilot.pk)


def wish(room: Room, place: Department, amount: int = 0, **more: Any) -> dict[str, Any]:
    key = place.reference
    return {
        f"repeat_{key}": True,
        f"seat_{key}": room.town.champion_seats[place.pk].reference,
        f"asked_for_{key}": ASKED.isoformat(),
        f"amount_{key}": amount,
        f"needs_none_{key}": not amount,
        **{f"{name}_{key}": value for name, value in more.items()},
    }


def decide(room: Room, pilot: Pilot, *wishes: dict[str, Any], outcome: str = "replicate") -> Decision:
    return room.decide(pilot, outcome, "pilot", **{name: value for one in wishes for name, value in one.items()})


def copies(pilot: Pilot) -> dict[int, ActionItem]:
    found = PilotCopy.objects.filter(place__pilot=pilot, ended_at=None).select_related("action__seat", "place")
    return {copy.place.department_id: copy.action for copy in found}


def test_one_decision_makes_a_copy_in_each_chosen_place(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decision = decide(room, pilot, wish(room, town.digital, 1_500 * EURO), wish(room, town.legal))
    assert (decision.verdict, decision.result_id, decision.amount) == ("valid", pilot.pk, 1_500 * EURO)
    made = copies(pilot)
    assert made.keys() == {town.digital.pk, town.legal.pk}
    digital, legal = made[town.digital.pk], made[town.legal.pk]
    assert digital.title == "Text them: Digital & App"
    assert (digital.state, digital.asked_for, digital.allocated, digital.needs_none) == (
        "proposed", ASKED, 1_500 * EURO, False,
    )  # fmt: skip
    assert (legal.allocated, legal.needs_none, legal.seat) == (0, True, town.champion_seats[town.legal.pk])
    assert {one.decision for one in made.values()} == {decision}
    assert {one.council for one in made.values()} == {room.chamber.council}
    assert book_queries.allocated_to([digital.pk, legal.pk]) == {digital.pk: 1_500 * EURO}
    assert book_queries.free(room.chamber.council) == ENVELOPE - 1_500 * EURO
    for action in made.values():
        assert Duty.objects.get(subject_id=action.pk, closed_at=None).kind == DutyKind.ACCEPT
    entry = JournalEntry.objects.get(event="actions.pilot.repeated")
    assert set(entry.mentions.filter(role="copy").values_list("subject_id", flat=True)) == {digital.pk, legal.pk}


def test_each_copy_goes_its_own_way(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decide(room, pilot, wish(room, town.digital), wish(room, town.legal))
    made = copies(pilot)
    digital, legal = made[town.digital.pk], made[town.legal.pk]
    items.accept(action=digital, promised_on=ASKED, by=town.champions[town.digital.pk], now=EPOCH)
    items.decline(action=legal, reason="No people", by=town.champions[town.legal.pk], now=EPOCH)
    assert {one.state for one in copies(pilot).values()} == {"accepted", "declined"}


def test_the_places_that_repeat_it_see_what_they_repeat(room: Room) -> None:
    town, pilot = room.town, passed(room)
    reader = town.champions[town.digital.pk]
    assert not Pilot.objects.visible_to(reader, EPOCH).exists()
    decide(room, pilot, wish(room, town.digital))
    assert Pilot.objects.visible_to(reader, EPOCH).get() == pilot
    assert not Pilot.objects.visible_to(town.champions[town.legal.pk], EPOCH).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seat": "SEAT-1"}, "seat"),
        ({"seat": ""}, "seat"),
        ({"asked_for": ""}, "asked_for"),
        ({"asked_for": "2026-10-01"}, "asked_for"),
        ({"amount": -1}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": 0, "needs_none": False}, "amount"),
        ({"amount": 5, "needs_none": True}, "needs_none"),
    ],
)
def test_what_is_missing_is_named_at_its_place(room: Room, change: dict, field: str) -> None:
    pilot = passed(room)
    with pytest.raises(Invalid) as refused:
        decide(room, pilot, wish(room, room.town.digital), wish(room, room.town.legal, **change))
    assert refused.value.field == f"{field}_{room.town.legal.reference}"
    assert not PilotCopy.objects.exists()


def test_no_place_or_a_strange_one_makes_nothing(room: Room) -> None:
    pilot = passed(room, [room.town.digital])
    for wishes in ((), (wish(room, room.town.digital, repeat=False),), (wish(room, room.town.legal),)):
        with pytest.raises(Invalid) as refused:
            decide(room, pilot, *wishes)
        assert str(refused.value.field).startswith("repeat_")
    assert not PilotCopy.objects.exists()


def test_a_councils_seat_votes_and_owns_no_copy(room: Room) -> None:
    pilot = passed(room)
    with pytest.raises(Invalid, match="may own work"):
        decide(room, pilot, wish(room, room.town.legal, seat=room.chamber.memberships[3].seat.reference))


def test_a_place_has_one_copy_at_a_time_and_a_cancelled_one_gives_way(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decide(room, pilot, wish(room, town.digital))
    first = copies(pilot)[town.digital.pk]
    pilots.propose(pilot=pilot, by=room.owner, now=EPOCH)
    with pytest.raises(Invalid, match="repeated there already"):
        decide(room, pilot, wish(room, town.digital))
    room.decide(first, "drop", reason="Too soon")
    decide(room, pilot, wish(room, town.digital))
    second = copies(pilot)[town.digital.pk]
    assert second.pk != first.pk
    assert PilotCopy.objects.get(action=first).ended_at == EPOCH


def test_the_database_holds_one_live_copy_a_place_of_what_passed(room: Room) -> None:
    town, pilot = room.town, passed(room)
    decision = decide(room, pilot, wish(room, town.digital))
    copy = PilotCopy.objects.get()
    other = room.action()

    def refused(change) -> bool:
        try:
            with transaction.atomic():
                change()
        except IntegrityError:
            return True
        return False

    place, free = copy.place, pilot.places.get(department=town.legal)
    assert refused(lambda: PilotCopy.objects.create(place=place, action=other, decision=decision, at=EPOCH))
    assert refused(lambda: PilotCopy.objects.create(place=free, action=copy.action, decision=decision, at=EPOCH))
    assert refused(lambda: PilotCopy.objects.update(ended_at=EPOCH)), "it was not cancelled"
    assert refused(lambda: PilotCopy.objects.all().delete())
    assert refused(lambda: PilotCopy.objects.update(action=other))
    plan = Plan(department=town.claims, unit="u", check_on=ASKED, criteria=["c"], places=[town.legal])
    running = pilots.declare(action=ActionItem.objects.get(pk=room.running().pk), plan=plan, by=room.owner, now=EPOCH)
    untried = running.places.get()
    assert refused(lambda: PilotCopy.objects.create(place=untried, action=other, decision=decision, at=EPOCH))
    assert not refused(lambda: PilotCopy.objects.create(place=free, action=other, decision=decision, at=EPOCH))


def test_beyond_the_right_to_decide_nothing_is_made_and_it_is_referred_with_all_that_was_proposed(room: Room) -> None:
    town, pilot = room.town, passed(room)
    half = LIMIT // 2 + 1
    decision = decide(room, pilot, wish(room, town.digital, half), wish(room, town.legal, half))
    assert decision.verdict == "referred", "each within the limit, and together beyond it"
    assert not PilotCopy.objects.exists()
    referral = AgendaItem.objects.get(matter="referral", state="open")
    made = decisions.settle(
        item=referral, outcome="approve", motion="Yes.", payload={}, votes={}, by=town.sponsor, now=EPOCH
    )
    assert made.verdict == "valid"
    given = book_queries.allocated_to([action.pk for action in copies(pilot).values()])
    assert sorted(given.values()) == [half, half]
    assert {one.council for one in copies(pilot).values()} == {room.chamber.council}


def test_beyond_the_envelope_nothing_is_stored(poor: Room) -> None:
    room, town, pilot = poor, poor.town, passed(poor)
    books.grant(council=room.chamber.council, amount=100, by=town.sponsor, now=EPOCH)
    with pytest.raises(books.EnvelopeShort):
        decide(room, pilot, wish(room, town.digital, 60), wish(room, town.legal, 60))
    assert not PilotCopy.objects.exists()
    assert not Decision.objects.exists()


def test_without_a_quorum_it_is_advice_and_makes_nothing(room: Room) -> None:
    pilot = passed(room)
    for membership in room.chamber.memberships[3:]:
        meetings.mark(meeting=room.meeting, membership=membership, presence="absent", by=room.clerk, now=EPOCH)
    item = AgendaItem.objects.get(about=pilot.subject)
    agenda.place(item=item, meeting=room.meeting, by=room.clerk, now=EPOCH)
    decision = decisions.settle(
        item=AgendaItem.objects.get(pk=item.pk), outcome="replicate", motion="As proposed.",
        payload=wish(room, room.town.digital),
        votes={membership.pk: "for" for membership in room.chamber.memberships[:3]}, by=room.clerk, now=EPOCH,
    )  # fmt: skip
    assert decision.verdict == "advisory"
    assert not PilotCopy.objects.exists()
    assert AgendaItem.objects.get(pk=item.pk).state == "open"


def test_one_place_that_fails_undoes_them_all(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    town, pilot = room.town, passed(room)
    create, made = items.create, []

    def fails_the_second_time(**given):
        if made:
            raise Conflict("No.")
        made.append(create(**given))
        return made[0]

    monkeypatch.setattr(items, "create", fails_the_second_time)
    with pytest.raises(Conflict, match=r"No\."):
        decide(room, pilot, wish(room, town.digital, 10), wish(room, town.legal))
    assert made
    assert not ActionItem.objects.filter(pk=made[0].pk).exists()
    assert not PilotCopy.objects.exists()
    assert book_queries.free(room.chamber.council) == ENVELOPE


def test_it_is_repeated_nowhere_with_a_reason_and_may_be_asked_again(room: Room) -> None:
    pilot = passed(room, [])
    with pytest.raises(Invalid, match="Name another"):
        pilots.propose(pilot=pilot, by=room.owner, now=EPOCH)
    decide(room, pilot, {"reason": "First the new system."}, outcome="leave")
    assert not PilotCopy.objects.exists()
    assert JournalEntry.objects.filter(event="actions.pilot.left").exists()
    with pytest.raises(Refused):
        pilots.propose(pilot=pilot, places=[room.town.legal], by=room.chamber.members[4], now=EPOCH)
    item = pilots.propose(pilot=pilot, places=[room.town.legal], by=room.owner, now=EPOCH)
    assert item.state == "open"
    assert [one.department_id for one in queries.candidates(pilot)] == [room.town.legal.pk]


def test_only_what_passed_is_proposed(room: Room) -> None:
    plan = Plan(department=room.town.claims, unit="u", check_on=ASKED, criteria=["c"], places=[room.town.legal])
    pilot = pilots.declare(action=room.running(), plan=plan, by=room.owner, now=EPOCH)
    with pytest.raises(Conflict, match="Only what passed"):
        pilots.propose(pilot=pilot, by=room.owner, now=EPOCH)


def test_a_confidential_councils_pilot_is_repeated_within_it_alone(room: Room) -> None:
    town = room.town
    from tests.factories import Chamber

    quiet = Chamber(town, name="Quiet Council", size=9, confidential=True)
    clerk, seat = quiet.secretary, quiet.memberships[4].seat
    meeting = meetings.open_meeting(
        meeting=meetings.call(council=quiet.council, starts_at=EPOCH, by=clerk, now=EPOCH), by=clerk, now=EPOCH
    )
    for membership in quiet.memberships:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=clerk, now=EPOCH)
    action = items.put(title="Quiet work", seat=seat, council=quiet.council, proof="p", now=EPOCH)
    owner = quiet.members[4]
    items.accept(action=action, promised_on=ASKED, by=owner, now=EPOCH)
    plan = Plan(department=town.claims, unit="u", check_on=TODAY, criteria=["c"], places=[town.digital])
    with pytest.raises(Invalid, match="confidential"):
        pilots.declare(
            action=action,
            plan=Plan(**{**plan_of(plan), "checker": town.champion_seats[town.digital.pk]}),
            by=owner,
            now=EPOCH,
        )
    pilot = pilots.declare(action=action, plan=plan, by=owner, now=EPOCH)
    with pytest.raises(Absent):
        pilots.stop(pilot=pilot, reason="r", by=town.lead, now=EPOCH)
    pilots.check(pilot=pilot, verdict="passed", findings=[Found(True, "w")], by=clerk, now=EPOCH)
    item = AgendaItem.objects.get(about=pilot.subject)
    assert item.proposal["payload"] == {f"repeat_{town.digital.reference}": True}, "no champion is asked by itself"
    agenda.place(item=item, meeting=meeting, by=clerk, now=EPOCH)
    votes = {membership.pk: "for" for membership in quiet.memberships}
    given = {"outcome": "replicate", "motion": "Yes.", "votes": votes, "by": clerk, "now": EPOCH}
    with pytest.raises(Invalid, match="may own work"):
        decisions.settle(item=AgendaItem.objects.get(pk=item.pk), payload=wish(room, town.digital), **given)
    cleared = quiet.memberships[6].seat.reference
    decisions.settle(item=AgendaItem.objects.get(pk=item.pk), payload=wish(room, town.digital, seat=cleared), **given)
    (copy,) = copies(pilot).values()
    assert copy.council == quiet.council
    for outsider in (town.lead, town.champions[town.digital.pk], town.heads[town.digital.pk]):
        assert not ActionItem.objects.visible_to(outsider, EPOCH).filter(pk=copy.pk).exists()
        assert not Pilot.objects.visible_to(outsider, EPOCH).exists()


def plan_of(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in Plan.__slots__}


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(st.one_of(st.just(0), st.integers(1, LIMIT), st.integers(LIMIT - 2, LIMIT + 2)), min_size=1,
                     max_size=3),
    left=st.integers(0, LIMIT + 100),
    again=st.booleans(),
)  # fmt: skip
def test_copies_never_exceed_the_envelope_or_the_right_and_each_place_has_one(
    poor: Room, amounts: list[int], left: int, again: bool
) -> None:
    with transaction.atomic():
        _try(poor, amounts, left, again)
        transaction.set_rollback(True)


def _try(room: Room, amounts: list[int], left: int, again: bool) -> None:
    council, town = room.chamber.council, room.town
    if left:
        books.grant(council=council, amount=left, by=town.sponsor, now=EPOCH)
    pilot = passed(room)
    places = [town.digital, town.legal, town.claims][: len(amounts)]
    wishes = [wish(room, place, amount) for place, amount in zip(places, amounts, strict=True)]
    total = sum(amounts)
    for _turn in range(2 if again else 1):
        with suppress(Invalid, Conflict):
            decide(room, pilot, *wishes)
    made = list(PilotCopy.objects.filter(place__pilot=pilot).select_related("action"))
    given = book_queries.allocated_to([copy.action_id for copy in made])
    assert book_queries.free(council) == left - sum(given.values()) >= 0
    assert sum(given.values()) <= LIMIT
    assert len({copy.place_id for copy in made}) == len(made)
    fits = total <= LIMIT and total <= left
    assert len(made) == (len(amounts) if fits else 0), "all of them, or none"
    assert {copy.action_id: copy.action.allocated for copy in made if copy.action.allocated} == given
    assert Subject.objects.filter(pk__in=[copy.action_id for copy in made]).count() == len(made)
