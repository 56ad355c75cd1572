"""The main job, end to end: a voice becomes a promise, the promise becomes late, and somebody checks that it was kept.

One story on a small file of the project's own; `test_boston.py` runs its first half on real data. The clock is passed
in: the story begins on Monday 2 November 2026 in Amsterdam and ends three weeks later.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from actions.models import ActionItem, ActionState, Feedback, Theme
from actions.queries import items as item_queries
from actions.queries import review
from actions.services import feedback, items, themes
from councils.models import AgendaItem, Decision, Verdict
from councils.queries import books as book_queries
from councils.services import agenda, books, decisions, meetings
from governance import access
from governance.errors import Conflict, Refused
from governance.models import Department, Duty, DutyKind, Firing
from governance.queries.duties import next_moves
from notifications.models import Message
from notifications.services.sweep import sweep
from tests.factories import EPOCH, Chamber, Town

FILE = Path(__file__).parents[1] / "data" / "harbourline-requests.csv"
MAPPING = FILE.with_suffix(".json")
EUROS = 100


def at(day: date, hour: int = 9) -> datetime:
    """A moment in Amsterdam's winter."""
    return datetime(day.year, day.month, day.day, hour - 1, tzinfo=UTC)


def sit(chamber: Chamber, now: datetime, present: int = 9, *, chair: bool = True):
    """Call a meeting, open it, and let ``present`` of the nine take their seats, with or without the chair."""
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.secretary, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.secretary, now=now)
    taking = chamber.memberships[:present] if chair else chamber.memberships[1 : present + 1]
    for membership in taking:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=chamber.secretary, now=now)
    return meeting, {membership.pk: "for" for membership in taking}


def motion_for(title: str, seat, amount: int) -> dict:
    return {
        "title": title,
        "proof": "Nine of ten claims get all four texts, for ten working days.",
        "seat": seat.reference,
        "asked_for": "2026-11-13",
        "amount": amount,
        "needs_none": False,
    }


@pytest.mark.django_db
def test_a_voice_becomes_a_promise_that_is_chased_and_verified() -> None:
    town = Town()
    committee = Chamber(town, name="Executive Committee", size=3)
    council = Chamber(town, name="CX Governance Council", size=9, parent=committee.council)
    now = EPOCH

    # 1. A file of feedback comes in. Its own dates are facts about it; what it cannot say, we do not invent.
    summary = feedback.take_in(path_or_file=FILE, source_name="Service desk", mapping=MAPPING, by=town.lead, now=now)
    assert (summary.read, summary.created, summary.rejected) == (8, 7, 1)
    assert summary.errors[0]["line"] == 9, "the day-first date stands in line 9 (one record has two lines)"
    again = feedback.take_in(path_or_file=FILE, source_name="Service desk", by=town.lead, now=now)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 7)
    assert Department.objects.get(code="BRK").to_be_placed, "an unknown department waits to be placed"

    # 2. It is grouped into themes, each routed to the department that can act; its champion owes an answer from today.
    theme = Theme.objects.get(name="Claim status")
    owed = Duty.objects.get(subject=theme.subject, kind=DutyKind.ANSWER)
    assert owed.seat == town.champion_seats[town.claims.pk]
    assert owed.due_on == date(2026, 11, 16), "ten working days after routing, whenever the feedback was received"
    assert not Firing.objects.exists(), "an import fires no rung"
    assert not [one for one in Feedback.objects.filter(due_at=None) if one.answered_in_time_by_source is not None]
    champion = town.champions[town.claims.pk]
    themes.answer(
        theme=theme, department=town.claims, text="We will text at each step of a claim.", by=champion, now=now
    )
    owed.refresh_from_db()
    assert owed.closed_as == "answered"

    # 3. The theme goes onto the council's agenda. With five of nine but without the chair, the council only advises.
    item = agenda.propose(council=council.council, about=theme.subject, matter="theme", by=town.lead, now=now)
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=now)
    meeting, votes = sit(council, now, present=5, chair=False)
    item.refresh_from_db()
    payload = motion_for("Text at each step of a claim", town.champion_seats[town.claims.pk], 3_999 * EUROS)
    advice = decisions.settle(
        item=item, outcome="create_action", motion="Text them.", payload=payload, votes=votes, by=council.secretary,
        now=now,
    )  # fmt: skip
    assert advice.verdict == Verdict.ADVISORY
    assert not ActionItem.objects.exists()
    facts = advice.facts

    # The chair arrives. Now it counts: an action with one accountable seat, a date asked for, and money.
    meetings.mark(meeting=meeting, membership=council.memberships[0], presence="present", by=council.secretary, now=now)
    votes[council.memberships[0].pk] = "for"
    item = AgendaItem.objects.get(about=theme.subject, state="open")
    decision = decisions.settle(
        item=item, outcome="create_action", motion="Text them.", payload=payload, votes=votes, by=council.secretary,
        now=now,
    )  # fmt: skip
    assert decision.verdict == Verdict.VALID
    advice = Decision.objects.get(pk=advice.pk)
    assert (advice.verdict, advice.facts) == (Verdict.ADVISORY, facts), "later attendance changes no verdict"
    action = ActionItem.objects.get()
    assert (action.state, action.decision, action.theme) == (ActionState.PROPOSED, decision, theme)
    assert book_queries.free(council.council) == 6_001 * EUROS

    # 4. The owner accepts: that is the promise. From then on every page says who moves next.
    assert next_moves([action.pk], now)[action.pk].who == champion.name
    action = items.accept(action=action, promised_on=date(2026, 11, 13), by=champion, now=now)
    with pytest.raises(Refused):
        items.report(action=action, health="on_track", by=council.secretary, now=now)
    items.report(action=action, health="at_risk", line="Consent wording is open.", by=champion, now=now)
    head = town.heads[town.legal.pk]
    blocker = items.block(action=action, reason="Consent must be asked again.", by=champion, now=now)
    move = next_moves([action.pk], now)[action.pk]
    assert (move.what, move.by, move.is_late) == ("keeps the promise", date(2026, 11, 13), False)
    assert move.otherwise, "and what happens otherwise"

    # 5. The day passes. The ladder climbs in working days at 09:00: head +2, sponsor +5, council +8; each rung once.
    heard: dict[str, int] = {}
    for day in (date(2026, 11, 11), *(date(2026, 11, 13) + timedelta(days=n) for n in range(15))):
        for _twice in range(2):
            sweep(now=at(day))
        for message in Message.objects.filter(duty__subject=action.subject, duty__kind=DutyKind.KEEP):
            heard.setdefault(message.occurrence, len(heard))
    fired = Firing.objects.filter(duty__subject=action.subject, duty__kind=DutyKind.KEEP).order_by("position")
    climbed = [(firing.target, firing.fired_at.date()) for firing in fired if firing.target != "warning"]
    assert climbed == [
        ("owner", date(2026, 11, 11)),
        ("head", date(2026, 11, 17)),
        ("sponsor", date(2026, 11, 20)),
        ("council", date(2026, 11, 25)),
    ]
    late = AgendaItem.objects.get(about=action.subject, matter="late_action")
    assert late.council == council.council

    # ... and the sponsor's page shows it: late, in Claims, opening the list that it counts.
    now = at(date(2026, 11, 26))
    row = next(row for row in review.executive(town.sponsor, now).rows if row.department_id == town.claims.pk)
    assert (row.late, row.blocked) == (1, 1)
    assert list(item_queries.listed(viewer=town.sponsor, now=now, department=town.claims, figure="late")) == [action]

    # The blocker is lifted, the evidence attached, the work said to be done; another person verifies it.
    items.lift(blocker=blocker, by=champion, now=now)
    with pytest.raises(Conflict, match="evidence"):
        items.say_done(action=action, by=champion, now=now)
    items.add_evidence(action=action, title="Forty claims, four texts each", kind="note", by=champion, now=now)
    action = items.say_done(action=action, by=champion, now=now)
    assert next_moves([action.pk], now)[action.pk].who == council.secretary.name
    with pytest.raises(Refused):
        items.verify(action=action, finding="confirmed", by=champion, now=now)
    items.verify(action=action, finding="confirmed", note="Seen all forty.", by=council.secretary, now=now)
    action.refresh_from_db()
    assert action.state == ActionState.VERIFIED
    assert action.promised == date(2026, 11, 13), "done late, and the promise still says its day"

    # Nothing rests, and what a person may see follows from where they sit, still.
    assert not item_queries.orphans(now)
    assert access.differences() == []
    assert not access.may_see(head, action.pk, now), "Legal has no part in it"


@pytest.mark.django_db
def test_a_council_cannot_commit_more_than_its_charter_and_its_envelope_allow() -> None:
    town = Town()
    committee = Chamber(town, name="Executive Committee", size=3)
    council = Chamber(town, name="CX Governance Council", size=9, parent=committee.council)
    now = EPOCH
    books.grant(council=council.council, amount=10_000 * EUROS, by=town.sponsor, now=now)
    meeting, votes = sit(council, now)

    def decide(topic: str, euros: int) -> Decision:
        made = themes.find_or_make({topic: topic}, departments={topic: town.claims.pk}, now=now)
        theme = Theme.objects.get(pk=made[topic])
        item = agenda.propose(council=council.council, about=theme.subject, matter="theme", by=town.lead, now=now)
        agenda.place(item=item, meeting=meeting, by=council.secretary, now=now)
        return decisions.settle(
            item=AgendaItem.objects.get(pk=item.pk), outcome="create_action", motion=topic,
            payload=motion_for(topic, town.champion_seats[town.claims.pk], euros * EUROS), votes=votes,
            by=council.secretary, now=now,
        )  # fmt: skip

    beyond = decide("A hotline at night", 4_001)
    assert beyond.verdict == Verdict.REFERRED
    assert AgendaItem.objects.get(matter="referral").council == committee.council
    assert book_queries.free(council.council) == 10_000 * EUROS, "a referral allocates nothing"
    assert decide("Call back within the hour", 3_999).verdict == Verdict.VALID
    assert decide("Plain letters", 3_999).verdict == Verdict.VALID
    with pytest.raises(Conflict) as short:
        decide("Same-day repair", 3_999)
    assert "2,002" in str(short.value)
    assert Decision.objects.count() == 3, "no verdict is stored"
