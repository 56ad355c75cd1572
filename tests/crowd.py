"""Many rows that share nothing: each with its own department, owner, council, charter, theme, meeting and action.

For tests of growth. Built through services, with grants projected twice a row instead of after each fact.
"""

from dataclasses import dataclass
from datetime import timedelta
from unittest import mock

from actions.models import ActionItem, Theme
from actions.services import items, logs, requests, themes
from councils.models import AgendaItem, Council, Decision, Meeting
from councils.services import agenda, books, councils, decisions, meetings
from governance import access
from governance.clauses import DecisionRight, Quorum, Rules
from governance.models import Department, ExecutiveSponsor, SeatKind
from governance.queries.seats import cx_lead_seat
from governance.services import journeys, metrics, seats
from tests.factories import LADDER, Town


@dataclass
class Row:
    """One row of everything."""

    department: Department
    council: Council
    theme: Theme
    action: ActionItem
    meeting: Meeting
    decision: Decision
    item: AgendaItem


project = access.sync


def crowd(town: Town, size: int, *, offset: int = 0) -> list[Row]:
    """``size`` rows that share no department, person, council or charter."""
    with mock.patch.object(access, "sync", return_value=(0, 0)):
        rows = [_row(town, number) for number in range(offset, offset + size)]
    project()
    return rows


def _row(town: Town, number: int) -> Row:
    now = town.now
    department = town.department(f"D{number}", f"Department {number}")
    owner, chair = town.person(f"Owner {number}"), town.person(f"Chair {number}")
    sponsor = town.seat(SeatKind.EX_SPONSOR, department, town.person(f"Sponsor {number}"), title=f"Sponsor {number}")
    town.seat(SeatKind.HEAD, department, town.person(f"Head {number}"), title=f"Head {number}")
    seat = town.seat(SeatKind.CHAMPION, department, owner, title=f"Champion {number}")
    steps = [journeys.StepWish(f"Step {number}", seat), journeys.StepWish(f"Unowned {number}")]
    journeys.draw(title=f"Journey {number}", steps=steps, seat=seat, by=town.lead, now=now)
    project()
    metric = metrics.define(title=f"Metric {number}", unit="count", seat=seat, by=town.lead, now=now)
    metrics.observe(metric=metric, on=now.date(), value=number, by=town.lead, now=now)
    soon = (now + timedelta(days=60)).date()
    metrics.set_goal(metric=metric, baseline=number, target=number + 1, due_on=soon, by=town.lead, now=now)
    ExecutiveSponsor.objects.filter(pk=sponsor.pk).update(funding_authority=10**9)
    rules = Rules(quorum=Quorum(minimum=1), right=DecisionRight(per_decision=10**6, currency="EUR"), ladder=LADDER)
    council = councils.found(
        name=f"Council {number}",
        kind="governance",
        department=department,
        sponsor=ExecutiveSponsor.objects.get(pk=sponsor.pk),
        charter=town.charter_in_force(f"Charter {number}", rules),
        by=town.lead,
        now=now,
    )
    chair_seat = council.memberships.select_related("seat").get(seat__kind=SeatKind.CHAIR)
    seats.seat_person(seat=chair_seat.seat, person=chair, by=None, now=now)
    project()
    books.grant(council=council, amount=10**6, by=sponsor.tenures.get().person, now=now)
    made = themes.find_or_make(
        {f"topic {number}": f"Topic {number}"}, departments={f"topic {number}": department.pk}, now=now
    )
    theme = Theme.objects.get(pk=made[f"topic {number}"])
    agenda.propose(council=council, about=theme.subject, matter="theme", by=town.lead, now=now)
    meeting = meetings.call(council=council, starts_at=now, by=chair, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chair, now=now)
    meetings.mark(meeting=meeting, membership=chair_seat, presence="present", by=chair, now=now)
    decision = decisions.settle(
        item=AgendaItem.objects.get(council=council),
        outcome="create_action",
        motion=f"Motion {number}",
        payload={
            "title": f"Action {number}",
            "proof": "It is seen to work.",
            "seat": seat.reference,
            "asked_for": "2026-11-20",
            "amount": 1000 + number,
            "needs_none": False,
        },
        votes={chair_seat.pk: "for"},
        by=chair,
        now=now,
    )
    action = ActionItem.objects.get(decision=decision)
    action = items.accept(action=action, promised_on=(now + timedelta(days=11)).date(), by=owner, now=now)
    items.report(action=action, health="at_risk", line="Waiting.", by=owner, now=now)
    items.block(action=action, reason="Waiting for wording.", by=owner, now=now)
    logs.take_over(text=f"Action\tOwner\nOld line {number}\t{owner.name}\n", council=council, by=chair, now=now)
    items.ask_help(action=action, asked=council.sponsor.seat, words="A tester.", by=owner, now=now)
    lead_seat = cx_lead_seat()
    requests.ask(title=f"Need {number}", to=lead_seat, asked_for=action.promised, action=action, by=owner, now=now)
    left = agenda.propose(council=council, about=action.subject, matter="late_action", by=town.lead, now=now)
    return Row(department, council, theme, action, meeting, decision, left)
