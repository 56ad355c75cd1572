"""Whatever happens to meetings, votes and seats, what had escalated has a next mover until it is decided.

Each sequence of two mishaps, tried one after the other; then time alone passes.
"""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from councils.models import AgendaItem, Ballot, ItemState
from councils.services import ballots, meetings
from governance.errors import DomainError
from governance.models import Duty, DutyKind, Person, Tenure
from governance.services import seats
from notifications.services.sweep import sweep
from tests.councils.test_ballots import NEW_DAY, Late
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

    def time_passes(self, now: datetime) -> datetime:
        sweep(now + LONG)
        ballots.close_due(now + LONG)
        return now + LONG

    def check(self, now: datetime) -> None:
        item = self.stands()
        owed = Duty.objects.filter(subject_id=item.pk, kind=DutyKind.SETTLE, closed_at=None)
        assert [duty.due_on is not None for duty in owed] == [True]
        ballot = Ballot.objects.filter(item=item, state__in=["awaited", "open"]).first()
        assert ballot is None or owed[0].due_on == ballot.closes_on


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
