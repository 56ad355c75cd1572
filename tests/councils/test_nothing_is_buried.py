"""Whatever happens to meetings, votes and seats, what had escalated has a next mover until it is decided.

Each sequence of two mishaps, tried one after the other; then time alone passes. Of those of three, with recusals,
vacancies and slips among them, a sample.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from councils.models import AgendaItem, Ballot, ItemState
from councils.queries import meetings as meeting_queries
from councils.queries import recusing
from councils.services import ballots, decisions, meetings, taking_back
from governance.clauses import Recusal, Rules
from governance.errors import DomainError
from governance.models import Duty, DutyKind, Person, Tenure
from governance.services import seats
from notifications.services.sweep import sweep
from tests.councils.test_ballots import NEW_DAY, Late
from tests.engines import examples
from tests.factories import EPOCH, Chamber, Town

LONG = timedelta(days=12)


class Mishaps:
    """One escalated item, and everything that keeps a council from deciding it."""

    def __init__(self, town: Town) -> None:
        self.late, self.town = Late(town), town

    def stands(self) -> AgendaItem:
        return AgendaItem.objects.select_related("council").get(
            about=self.late.action.subject, matter="late_action", state=ItemState.OPEN
        )

    def room(self, item: AgendaItem) -> Chamber:
        return next(one for one in (self.late.council, self.late.above) if one.council.pk == item.council_id)

    def clerk(self, item: AgendaItem, now: datetime) -> Person:
        """Whoever records there: the chair, the secretary, or the sponsor in the chair's place."""
        room = self.room(item)
        for number in (0, 1):
            held = Tenure.objects.at(now).filter(seat_id=room.memberships[number].pk).select_related("person").first()
            if held is not None:
                return held.person
        return self.town.sponsor

    def called_off(self, now: datetime) -> datetime:
        by = self.clerk(self.stands(), now)
        meeting = meetings.call(council=self.stands().council, starts_at=now, by=by, now=now)
        meetings.call_off(meeting=meeting, reason="Half of us are ill.", by=by, now=now)
        return now

    def no_quorum(self, now: datetime) -> datetime:
        by = self.clerk(self.stands(), now)
        meeting = meetings.call(council=self.stands().council, starts_at=now, by=by, now=now)
        meeting = meetings.open_meeting(meeting=meeting, by=by, now=now)
        meetings.close(meeting=meeting, by=by, now=now, not_decided="Too few of us.")
        return now + timedelta(days=1)

    def all_stand_aside(self, now: datetime) -> datetime:
        item = self.stands()
        room = self.room(item)
        ballots.put(
            item=item, outcome="extend", motion="Later.", payload=NEW_DAY, by=self.clerk(item, now), now=now
        )  # fmt: skip
        for membership, person in zip(room.memberships, room.members, strict=True):
            with suppress(DomainError), transaction.atomic():
                ballots.cast(
                    item=item, membership=membership, choice="recused", reason="My own.", by=person, now=now
                )  # fmt: skip
        return now

    def nobody_votes(self, now: datetime) -> datetime:
        item = self.stands()
        ballots.put(
            item=item, outcome="drop", motion="No more.", payload={"reason": "r"}, by=self.clerk(item, now), now=now
        )
        return self.time_passes(now)

    def seats_fall_vacant(self, now: datetime) -> datetime:
        for membership in self.room(self.stands()).memberships[:2]:
            if Tenure.objects.at(now).filter(seat_id=membership.pk).exists():
                seats.leave(seat=membership.seat, by=None, now=now)
        return now + timedelta(days=1)

    def decided_by_too_few(self, now: datetime, *, aside: int, present: int = 9, back: bool = False) -> datetime:
        """A meeting tries to decide it while the first ``aside`` of ``present`` seats stand aside, then gives it up."""
        item = self.stands()
        room, by = self.room(item), self.clerk(item, now)
        meeting = meetings.call(council=item.council, starts_at=now, by=by, now=now)
        meeting = meetings.open_meeting(meeting=meeting, by=by, now=now)
        votes = {}
        for number, (membership, person) in enumerate(zip(room.memberships[:present], room.members, strict=False)):
            with suppress(DomainError), transaction.atomic():
                meetings.mark(
                    meeting=meeting, membership=membership, presence="present", person=person, by=by, now=now
                )  # fmt: skip
                votes[membership.pk] = "recused" if number < aside else "for"
        rule = Rules.from_json(meeting_queries.version_of(meeting, now).rules).recusal
        for key in recusing.required(self.stands(), meeting_queries.standing(meeting, now).places, rule, now):
            votes.pop(key, None)
        with suppress(DomainError), transaction.atomic():
            decision = decisions.settle(
                item=self.stands(), outcome="extend", motion="Later.", payload=NEW_DAY, votes=votes, by=by, now=now,
                reasons=dict.fromkeys(votes, "My own."),
            )  # fmt: skip
            if decision.verdict == "valid":
                taking_back.take_back(decision=decision, reason="A slip.", by=by, now=now + timedelta(minutes=1))
        self.check(now)
        meetings.close(meeting=meeting, by=by, now=now + timedelta(hours=1), not_decided="It was not ours to decide.")
        return now + timedelta(days=1)

    def the_chair_stands_aside(self, now: datetime) -> datetime:
        return self.decided_by_too_few(now, aside=1)

    def most_stand_aside(self, now: datetime) -> datetime:
        return self.decided_by_too_few(now, aside=7)

    def just_too_few_are_left(self, now: datetime) -> datetime:
        return self.decided_by_too_few(now, aside=1, present=5)

    def decided_and_taken_back(self, now: datetime) -> datetime:
        return self.decided_by_too_few(now, aside=0)

    def members_leave(self, now: datetime) -> datetime:
        return self.empty(self.room(self.stands()).memberships[2:], now)

    def everybody_leaves(self, now: datetime) -> datetime:
        return self.empty(self.room(self.stands()).memberships, now)

    def the_sponsor_leaves(self, now: datetime) -> datetime:
        return self.empty([self.town.exec_sponsor], now)

    def the_owner_is_in_the_chair(self, now: datetime) -> datetime:
        """Whoever chairs answers for the work, too: by the charter the chair stands aside."""
        chair = self.room(self.stands()).members[0]
        seats.seat_person(seat=self.late.seat, person=chair, role="deputy", by=None, now=now)
        return now

    def empty(self, left: Sequence[Any], now: datetime) -> datetime:
        for one in left:
            if Tenure.objects.at(now).filter(seat_id=one.pk, role="holder").exists():
                seats.leave(seat=one.seat, by=None, now=now)
        return now + timedelta(days=1)

    def time_passes(self, now: datetime) -> datetime:
        sweep(now + LONG)
        ballots.close_due(now + LONG)
        return now + LONG

    def check(self, now: datetime) -> None:
        item = self.stands()
        owed = Duty.objects.filter(subject_id=item.pk, kind=DutyKind.SETTLE, closed_at=None)
        assert [duty.due_on is not None for duty in owed] == [True]
        seat = owed[0].seat_id
        is_held = Tenure.objects.at(now).filter(seat_id=seat).exists()
        fills = Duty.objects.filter(subject_id=seat, kind=DutyKind.FILL, closed_at=None).exists()
        assert is_held or fills, "a seat that nobody holds is somebody's to fill"
        ballot = Ballot.objects.filter(item=item, state__in=["awaited", "open"]).first()
        assert ballot is None or owed[0].due_on == ballot.closes_on


LATER = (
    "the_chair_stands_aside", "most_stand_aside", "just_too_few_are_left", "decided_and_taken_back", "members_leave",
    "everybody_leaves", "the_sponsor_leaves", "the_owner_is_in_the_chair",
)  # fmt: skip
STEPS = ("called_off", "no_quorum", "all_stand_aside", "nobody_votes", "seats_fall_vacant", "time_passes")


@pytest.mark.django_db
def test_no_sequence_of_mishaps_leaves_what_escalated_without_a_next_mover(town):
    mishaps = Mishaps(town)
    reached = set()

    def go(before: tuple[str, ...], now: datetime) -> None:
        if len(before) == DEPTH:
            for _turn in range(3):
                now = mishaps.time_passes(now)
                mishaps.check(now)
            item = mishaps.stands()
            reached.add((item.council_id, bool(item.proposal.get("alone"))))
            return
        for step in STEPS:
            with transaction.atomic():
                later = now
                with suppress(DomainError), transaction.atomic():
                    later = getattr(mishaps, step)(now)
                mishaps.check(later)
                go((*before, step), later)
                transaction.set_rollback(True)

    go((), EPOCH + timedelta(hours=1))
    assert len(reached) > 1, "the mishaps led somewhere"


DEPTH = 2


RULES = st.builds(
    Recusal,
    must=st.sampled_from(["nobody", "seat", "department"]),
    stays=st.just(True),
    chaired_by=st.sampled_from(["chair", "deputy", "secretary"]),
)


@pytest.mark.django_db
@settings(
    max_examples=examples(30), deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.sampled_from([*STEPS, *LATER]), min_size=3, max_size=3), RULES)
def test_no_three_mishaps_with_recusals_vacancies_and_slips_leave_it_without_a_next_mover(town, steps, rule):
    with transaction.atomic():
        town.rule_anew(replace(town.rules, recusal=rule))
        mishaps, now = Mishaps(town), EPOCH + timedelta(hours=1)
        for step in steps:
            later = now
            with suppress(DomainError), transaction.atomic():
                later = getattr(mishaps, step)(now)
            now = later
            mishaps.check(now)
        for _turn in range(3):
            now = mishaps.time_passes(now)
            mishaps.check(now)
        transaction.set_rollback(True)
