"""Nothing rests: after any sequence of events every open thing has exactly one next mover.

A state machine does what people do, in any order, as whoever could; after each step a second derivation that reads only
rows says who is next. ``-s`` prints how often each rule ran, and how often what it tried was refused.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from actions.models import (
    ActionItem,
    Blocker,
    DateRequest,
    Feedback,
    Outcome,
    OutcomeVerdict,
    Promise,
    Response,
    Routing,
    Theme,
    Verification,
)
from actions.queries import items as queries
from actions.services import feedback, items, returning, themes
from actions.services.footing import lock
from actions.services.measure_changes import change
from actions.services.returning import Looked
from councils.models import AgendaItem, Decision, Meeting, Membership
from councils.services import agenda, books, decisions, meetings
from governance.errors import DomainError
from governance.models import Department, Duty, Metric, Person, Seat, Tenure
from governance.services import metrics, seats
from notifications.services.sweep import sweep
from tests.engines import examples
from tests.factories import EPOCH, Chamber, Town

FILE = Path(__file__).parents[1] / "data" / "harbourline-requests.csv"
RAN: Counter[str] = Counter()
REFUSED: Counter[str] = Counter()
OUTCOMES: Counter[str] = Counter()
WORLD: dict[str, object] = {}


class Undo(Exception):
    """Takes an example's deeds back."""


def attempted(deed):
    """Count a rule; what the domain refuses is fine, and leaves everything as it was."""

    def run(self, *arguments, **named):
        RAN[deed.__name__] += 1
        try:
            with transaction.atomic():
                deed(self, *arguments, **named)
        except DomainError:
            REFUSED[deed.__name__] += 1

    run.__name__ = deed.__name__
    return run


ANY = st.integers(min_value=0, max_value=999)
OPEN = ("proposed", "declined", "accepted", "in_progress", "done")
HEALTHS = ("on_track", "at_risk", "off_track")
SETTLEMENTS = [
    (outcome, carried)
    for outcome in ("extend", "drop", "reassign", "accept_as_is", "create_action", "note")
    for carried in ("for", "for", "for", "against")
]
# What people do often stands there more than once.
DEEDS = (
    *("create", "accept", "accept_without_a_date", "set_date", "report", "say_done", "settle") * 3,
    *("decline", "reassign", "verify", "read_and_judge", "customers_say_it_again", "correct_the_kpi"),
    *("decline", "reassign", "verify", "read_and_judge", "send_back", "time_passes_and_rungs_fall") * 2,
    *("block", "lift", "add_evidence", "cancel", "ask_for_time", "put_onto_the_agenda", "put_a_theme_onto_the_agenda"),
    *("answer_date", "ask_for_time"),
    *("withdraw", "call_a_meeting", "close_the_meeting", "leave_a_seat", "seat_a_person", "answer_a_theme"),
)


class Organisation(RuleBasedStateMachine):
    """People at work on actions, agendas and meetings."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = EPOCH
        self.town: Town = WORLD["town"]
        self.chamber: Chamber = WORLD["chamber"]
        self.seats: list[Seat] = WORLD["seats"]
        self.metric: Metric = WORLD["metric"]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(Undo, Undo(), None)

    # --- whoever could ---

    def pick(self, number: int, found):
        rows = list(found.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def holder(self, seat_id: int) -> Person:
        tenure = Tenure.objects.at(self.now).filter(seat_id=seat_id).order_by("-role").first()
        return tenure.person if tenure else self.town.lead

    def mover(self, action: ActionItem) -> Person:
        duty = Duty.objects.filter(subject_id=action.pk, closed_at=None).first()
        return self.holder(duty.seat_id) if duty else self.town.lead

    def action(self, number: int, *states: str) -> ActionItem:
        found = self.pick(number, ActionItem.objects.filter(state__in=states))
        return found or self.pick(number, ActionItem.objects.all()) or self._create(number)

    def _create(self, number: int) -> ActionItem:
        seat = self.seats[number % len(self.seats)]
        return items.create(
            title="Work", seat=seat, council=self.chamber.council, proof="p", by=self.town.lead, now=self.now
        )

    def day(self, ahead: int):
        return self.now.date() + timedelta(days=ahead % 30)

    # --- actions ---

    @attempted
    def create(self, number, other):
        self._create(number)

    @attempted
    def accept(self, number, other):
        action = self.action(number, "proposed")
        is_fixed = Outcome.objects.filter(action=action).exists()
        aim = items.Aim(metric=self.metric, target=5, share=1 + other % 20) if other % 4 and not is_fixed else None
        items.accept(action=action, promised_on=self.day(other), by=self.mover(action), now=self.now, aim=aim)

    @attempted
    def accept_without_a_date(self, number, other):
        action = self.action(number, "proposed")
        items.accept(action=action, promised_on=None, by=self.mover(action), now=self.now)

    @attempted
    def decline(self, number, other):
        action = self.action(number, "proposed")
        items.decline(action=action, reason="r", by=self.mover(action), now=self.now)

    @attempted
    def reassign(self, number, other):
        action = self.action(number, "declined", "proposed")
        by = self.mover(action) if action.state == "declined" else self.town.lead
        items.reassign(action=action, seat=self.seats[other % len(self.seats)], by=by, now=self.now)

    @attempted
    def set_date(self, number, other):
        action = self.pick(number, ActionItem.objects.filter(state__in=["accepted", "in_progress"], promised=None))
        action = action or self.action(number, "accepted")
        items.set_date(action=action, due_on=self.day(other), by=self.mover(action), now=self.now)

    @attempted
    def report(self, number, other):
        action = self.action(number, "accepted", "in_progress")
        items.report(action=action, health=HEALTHS[other % 3], by=self.holder(action.seat_id), now=self.now)

    @attempted
    def block(self, number, other):
        action = self.action(number, "accepted", "in_progress")
        items.block(action=action, reason="r", by=self.holder(action.seat_id), now=self.now)

    @attempted
    def lift(self, number, other):
        blocker = self.pick(number, Blocker.objects.filter(lifted_at=None))
        if blocker is not None:
            items.lift(blocker=blocker, by=self.holder(blocker.action.seat_id), now=self.now)

    @attempted
    def add_evidence(self, number, other):
        action = self.action(number, "accepted", "in_progress")
        items.add_evidence(action=action, title="e", kind="note", by=self.holder(action.seat_id), now=self.now)

    @attempted
    def say_done(self, number, other):
        action = self.action(number, "accepted", "in_progress")
        by = self.holder(action.seat_id)
        items.add_evidence(action=action, title="e", kind="note", by=by, now=self.now)
        items.say_done(action=action, by=by, now=self.now)

    @attempted
    def verify(self, number, other):
        action = self.action(number, "done")
        items.verify(action=action, finding="confirmed", by=self.mover(action), now=self.now)

    @attempted
    def read_and_judge(self, number, other):
        """Whoever owes it waits for the day and reads, and after the last reading says what came of it."""
        duty = self.pick(number, Duty.objects.filter(kind__in=["read", "judge"], closed_at=None))
        if duty is None:
            return
        action = ActionItem.objects.get(pk=duty.subject_id)
        if duty.kind == "judge":
            items.judge(action=action, effect="worked", said="s", by=self.holder(duty.seat_id), now=self.now)
            return
        due = EPOCH + (duty.due_on - EPOCH.date())
        self.now = max(self.now, due + timedelta(hours=12))
        items.read(action=action, by=self.holder(duty.seat_id), now=self.now)

    @attempted
    def customers_say_it_again(self, number, other):
        action = self.action(number, "verified")
        standing = Verification.objects.filter(action=action, finding="confirmed", came_back_at=None).first()
        if standing is not None:
            returning.reopen(Looked(action.pk, standing.pk, before=90, after=30), self.now)

    @attempted
    def correct_the_kpi(self, number, other):
        action = self.action(number, "in_progress", "done", "verified")
        clerk = self.holder(self.chamber.memberships[1].pk)
        aim = items.Aim(because="b") if other % 2 else items.Aim(metric=self.metric, target=6, share=1)
        change(lock(action.pk), aim, reason="r", by=clerk, now=self.now)

    @attempted
    def send_back(self, number, other):
        action = self.action(number, "done")
        items.verify(action=action, finding="refused", note="n", by=self.mover(action), now=self.now)

    @attempted
    def cancel(self, number, other):
        action = self.action(number, "proposed", "declined", "accepted", "in_progress")
        clerk = self.holder(self.chamber.memberships[1].pk)
        items.cancel(action=action, reason="r", by=clerk, now=self.now)

    @attempted
    def ask_for_time(self, number, other):
        action = self.action(number, "accepted", "in_progress")
        later = (action.promised or self.now.date()) + timedelta(days=1 + other % 20)
        items.ask_for_time(action=action, due_on=later, reason="r", by=self.holder(action.seat_id), now=self.now)

    @attempted
    def answer_date(self, number, other):
        asked = self.pick(number, Duty.objects.filter(kind="approve_date", closed_at=None))
        action = ActionItem.objects.get(pk=asked.subject_id) if asked else self.action(number, "in_progress")
        by = self.holder(asked.seat_id) if asked and other % 4 else self.holder(action.seat_id)
        answer = "approved" if other % 3 else "refused"
        items.answer_date(action=action, answer=answer, said="s", by=by, now=self.now)

    # --- the council ---

    @attempted
    def put_onto_the_agenda(self, number, other):
        about = self.action(number, *OPEN)
        agenda.propose(
            council=self.chamber.council, about=about.subject, matter="late_action", by=self.town.lead, now=self.now
        )

    @attempted
    def put_a_theme_onto_the_agenda(self, number, other):
        about = self.pick(number, Theme.objects.all())
        agenda.propose(
            council=self.chamber.council, about=about.subject, matter="theme", by=self.town.lead, now=self.now
        )

    @attempted
    def withdraw(self, number, other):
        item = self.pick(number, AgendaItem.objects.filter(state="open"))
        if item is not None:
            agenda.withdraw(item=item, reason="r", by=self.town.lead, now=self.now)

    @attempted
    def call_a_meeting(self, number, other):
        if Meeting.objects.filter(state="planned").count() < 2:
            meetings.call(council=self.chamber.council, starts_at=self.now, by=self.town.lead, now=self.now)

    @attempted
    def close_the_meeting(self, number, other):
        meeting = Meeting.objects.filter(state="open").first()
        if meeting is not None:
            meetings.close(meeting=meeting, by=self.holder(self.chamber.memberships[1].pk), now=self.now)

    def _sit(self, clerk: Person) -> Meeting:
        meeting = Meeting.objects.filter(state="open").first()
        if meeting is None:
            planned = Meeting.objects.filter(state="planned").first() or meetings.call(
                council=self.chamber.council, starts_at=self.now, by=self.town.lead, now=self.now
            )
            meeting = meetings.open_meeting(meeting=planned, by=clerk, now=self.now)
        for membership in Membership.objects.filter(council=self.chamber.council):
            if Tenure.objects.at(self.now).filter(seat_id=membership.pk).exists():
                meetings.mark(meeting=meeting, membership=membership, presence="present", by=clerk, now=self.now)
        return meeting

    @attempted
    def settle(self, number, other):
        outcome, carried = SETTLEMENTS[other % len(SETTLEMENTS)]
        matter = "theme" if outcome in ("create_action", "note") else "late_action"
        item = self.pick(number, AgendaItem.objects.filter(state="open", matter=matter))
        if item is None:
            about = self.pick(number, Theme.objects.all()) if matter == "theme" else self.action(number, *OPEN)
            item = agenda.propose(
                council=self.chamber.council, about=about.subject, matter=matter, by=self.town.lead, now=self.now
            )
        clerk = self.holder(self.chamber.memberships[1].pk)
        meeting = self._sit(clerk)
        item = agenda.place(item=item, meeting=meeting, by=clerk, now=self.now)
        payload = {
            "reason": "r",
            "note": "n",
            "due_on": (self.now + timedelta(days=31 + other % 30)).date().isoformat(),
            "seat": self.seats[other % len(self.seats)].reference,
            "title": "Decided",
            "proof": "p",
            "amount": other % 40,
        }
        here = meeting.attendance.filter(presence="present").values_list("membership_id", flat=True)
        decision = decisions.settle(
            item=item, outcome=outcome, motion="m", payload=payload, votes=dict.fromkeys(here, carried), by=clerk,
            now=self.now,
        )  # fmt: skip
        OUTCOMES[f"{outcome}: {decision.verdict}"] += 1

    # --- people and time ---

    @attempted
    def leave_a_seat(self, number, other):
        seat = self.seats[number % len(self.seats)]
        seats.leave(seat=seat, by=None, now=self.now)

    @attempted
    def seat_a_person(self, number, other):
        council = [membership.seat for membership in self.chamber.memberships]
        chairs = [*self.seats, *council]
        people = [*self.town.champions.values(), *self.chamber.members]
        seats.seat_person(seat=chairs[number % len(chairs)], person=people[other % len(people)], by=None, now=self.now)

    @attempted
    def answer_a_theme(self, number, other):
        routing = self.pick(number, Routing.objects.filter(heard__gt=0))
        champion = self.town.champion_seats.get(routing.department_id)
        if champion is not None:
            themes.answer(
                theme=routing.theme, department=routing.department, text="t", by=self.holder(champion.pk), now=self.now
            )

    @attempted
    def time_passes_and_rungs_fall(self, number, other):
        self.now += timedelta(days=1 + other % 12, minutes=1)
        sweep(now=self.now)

    @rule(deed=st.sampled_from(DEEDS), number=ANY, other=ANY)
    def something_happens(self, deed, number, other):
        getattr(self, deed)(number, other)

    # --- what must hold, from rows alone ---

    @invariant()
    def no_open_thing_is_without_its_next_mover(self) -> None:
        owed: dict[int, list[Duty]] = {}
        for duty in Duty.objects.filter(closed_at__isnull=True).select_related("asked_by"):
            if duty.kind == "approve_date":
                asked = DateRequest.objects.get(action_id=duty.subject_id, answer="", item=None)
                assert asked.action.state in ("accepted", "in_progress"), f"{asked} waits, and nothing runs"
                continue
            if duty.kind in ("respond", "check_in", "attend"):
                # Owed by a sponsor beside the thing's own next move, and never longer than what it is about.
                assert duty.asked_by is None or duty.asked_by.closed_at is None, f"{duty} outlives what asked for it"
                continue
            owed.setdefault(duty.subject_id, []).append(duty)
        for action in ActionItem.objects.all():
            mine = owed.get(action.pk, [])
            if action.state == "verified":
                fixed = Outcome.objects.filter(action=action).order_by("number").last()
                said = OutcomeVerdict.objects.filter(action=action, verification__came_back_at=None).exists()
                measured = fixed is not None and fixed.metric_id is not None and not said
                assert len(mine) == measured, f"{action} is verified and has {len(mine)} movers"
                assert {duty.kind for duty in mine} <= {"read", "judge"}
                continue
            if action.state in ("cancelled", "as_is"):
                assert mine == [], f"{action} is closed, and still owed"
                assert not Duty.objects.filter(closed_at=None, subject_id=action.pk).exists()
                continue
            assert len(mine) == 1, f"{action} is {action.state} and has {len(mine)} movers"
            kinds = {
                "proposed": ("accept",),
                "declined": ("reassign", "settle"),
                "accepted": ("keep",) if action.promised else ("set_date",),
                "in_progress": ("keep",) if action.promised else ("set_date",),
                "done": ("verify", "settle"),
            }[action.state]
            assert mine[0].kind in kinds, f"{action} is {action.state} and owes {mine[0].kind}"
            if mine[0].kind == "keep":
                assert (mine[0].due_on, mine[0].seat_id) == (action.promised, action.seat_id)
            if mine[0].kind in ("accept", "set_date"):
                assert mine[0].seat_id == action.seat_id
        for item in AgendaItem.objects.all():
            kinds = [duty.kind for duty in owed.get(item.pk, [])]
            assert kinds == (["settle"] if item.state == "open" else []), f"{item} is {item.state} and owes {kinds}"
        for meeting in Meeting.objects.all():
            kinds = [duty.kind for duty in owed.get(meeting.pk, [])]
            assert kinds == ([] if meeting.state == "closed" else ["close_meeting"]), f"{meeting}: {kinds}"
        for routing in Routing.objects.all():
            here = {"theme_id": routing.theme_id, "department_id": routing.department_id}
            is_open = Feedback.objects.filter(closed_at=None, **here).exists()
            answered = Response.objects.filter(at__gte=routing.routed_at, **here).exists()
            asked = [duty for duty in owed.get(routing.theme_id, []) if duty.department_id == routing.department_id]
            assert asked or answered or not is_open, f"{routing} rests"
        given = dict(Promise.objects.order_by("number").values_list("action_id", "due_on"))  # the last one stays
        for action in ActionItem.objects.filter(promised__isnull=False):
            assert given[action.pk] == action.promised, "what the action says is what the record says"
        waiting = DateRequest.objects.filter(answer="", item=None)
        owed_answers = Duty.objects.filter(kind="approve_date", closed_at=None)
        assert waiting.count() == owed_answers.count(), "a wish without anybody who answers it"
        for one in Promise.objects.filter(approved_by__isnull=False):
            assert one.approved_by_id != one.given_by_id
            moved = Promise.objects.filter(action_id=one.action_id, approved_by__isnull=False)
            assert moved.count() <= 2, "beyond the charter's limit only the council moves a date"

    @invariant()
    def the_products_own_look_finds_nothing_either(self) -> None:
        assert queries.orphans(self.now) == []


def _begin(town: Town, council) -> None:
    """An action in each state, so that an example need not spend its steps on getting there."""
    for number, seat in enumerate([*town.champion_seats.values()] * 2):
        owner = Tenure.objects.get(seat=seat).person
        action = items.create(title="Work", seat=seat, council=council, proof="p", by=town.lead, now=EPOCH)
        if number == 1:
            items.decline(action=action, reason="r", by=owner, now=EPOCH)
        if number > 1:
            items.accept(action=action, promised_on=EPOCH.date() if number > 2 else None, by=owner, now=EPOCH)
        if number > 3:
            items.report(action=action, health="at_risk", by=owner, now=EPOCH)
        if number > 4:
            items.add_evidence(action=action, title="e", kind="note", by=owner, now=EPOCH)
            items.say_done(action=action, by=owner, now=EPOCH)


@pytest.mark.django_db
def test_after_any_sequence_of_events_no_open_thing_is_without_a_next_mover() -> None:
    town = Town(renewals=2)
    chamber = Chamber(town, name="CX Governance Council", size=5)
    adjuster = town.seat("other", town.claims, town.person("Lars Holt"), title="Lead adjuster")
    feedback.take_in(path_or_file=FILE, source_name="Service desk", mapping=FILE.with_suffix(".json"), now=EPOCH)
    books.grant(council=chamber.council, amount=5_000, by=town.sponsor, now=EPOCH)
    _begin(town, chamber.council)
    metric = metrics.define(title="Told", unit="percent", seat=adjuster, by=town.lead, now=EPOCH)
    WORLD.update(metric=metric, town=town, chamber=chamber, seats=[*town.champion_seats.values(), adjuster])
    assert Department.objects.filter(code="BRK").exists()
    run_state_machine_as_test(
        Organisation,
        settings=settings(
            max_examples=examples(14),
            stateful_step_count=35,
            deadline=None,
            database=None,
            print_blob=True,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not Decision.objects.exists(), "each example is taken back"
    print()
    for name in sorted(RAN):
        print(f"{name:32} ran {RAN[name]:4}, of which refused {REFUSED[name]:4}")
    print("settled:", dict(sorted(OUTCOMES.items())))
    assert sum(REFUSED.values()) < sum(RAN.values()) / 2, "most of what was tried was done"
