"""Who owes whom: the matrix equals a slow recount, and each of its numbers the list that it opens."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from actions.debts import Figure
from actions.models import Request
from actions.queries import confirming
from actions.queries import items as item_queries
from actions.queries import requests as queries
from actions.queries.debts import matrix
from actions.queries.requests import Narrowed
from actions.queries.scope import Scope
from actions.queries.weight import OldDebts, oldest_debts
from actions.requesting import OPEN, Side, side_of, verbs
from actions.services import items, request_days, requests
from actions.views.owes import largest, level
from governance.errors import DomainError
from governance.models import Department, Duty, Person, Tenure
from notifications.services.sweep import sweep
from tests.engines import examples
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db

VERBS = (
    "agree", "counter", "refuse", "accept", "withdraw", "deliver", "confirm", "send_back", "propose_day", "answer_day",
)  # fmt: skip
SERVICES = {"propose_day": request_days.propose, "answer_day": request_days.answer}
DEEDS = (*("say",) * 9, *("ask",) * 3, "time", "an action ends")
TOLD: Counter[str] = Counter()
WORLD: dict[str, object] = {}


def recount(now: datetime) -> dict[tuple[int, int], dict[str, int]]:
    """The matrix again, from rows alone, one by one: whoever's seat owes the open duty is the debtor."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for request in Request.objects.filter(closed_at=None):
        (duty,) = Duty.objects.filter(subject_id=request.pk, closed_at=None).exclude(
            kind__in=["respond", "approve_date"]
        )
        today = now.astimezone(ZoneInfo(duty.calendar.zone)).date()
        debtor = duty.seat.department_id
        assert debtor in (request.from_department_id, request.to_department_id)
        creditor = request.to_department_id if debtor == request.from_department_id else request.from_department_id
        cell = found.setdefault((debtor, creditor), {"open": 0, "overdue": 0, "unanswered": 0, "oldest": 0})
        cell["open"] += 1
        cell["overdue"] += duty.due_on < today
        cell["unanswered"] += duty.kind in ("answer_request", "weigh")
        cell["oldest"] = max(cell["oldest"], (today - request.asked_on).days)
    return found


def as_counted(viewer: Person, now: datetime) -> dict[tuple[int, int], dict[str, int]]:
    return {
        pair: {"open": debt.open, "overdue": debt.overdue, "unanswered": debt.unanswered, "oldest": debt.oldest}
        for pair, debt in matrix(viewer, now).debts.items()
    }


class Departments(RuleBasedStateMachine):
    """Three departments that ask one another, say every verb in any state as anybody, and let time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = EPOCH
        self.town: Town = WORLD["town"]
        self.chamber: Chamber = WORLD["chamber"]
        self.seats = [*self.town.champion_seats.values()]
        self.people = [*self.town.champions.values(), self.town.lead, self.chamber.chair]
        for asking in range(3):
            self.ask(asking, (asking + 1) % 3, 9, serves=asking == 0)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(RuntimeError, RuntimeError(), None)

    def request(self, number: int) -> Request | None:
        rows = list(Request.objects.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def ask(self, frm: int, to: int, ahead: int, serves: bool) -> None:
        seat = self.seats[frm]
        by = Tenure.objects.get(seat=seat).person
        given = {"action": WORLD["actions"][frm]} if serves else {"seat": seat}
        day = self.now.date() + timedelta(days=ahead)
        self.attempt("ask", lambda: requests.ask(
            title="Need", to=self.seats[to], asked_for=day, by=by, now=self.now, **given
        ))  # fmt: skip

    def say(self, verb: str, number: int, who: int, ahead: int, rightly: bool) -> None:
        request = self.request(number)
        if request is None:
            return
        by, day = self.people[who], self.now.date() + timedelta(days=ahead)
        if rightly and request.state in OPEN:
            # What could be said now, by whoever says it; otherwise anything, by anybody.
            legal = sorted(verbs({*Side}, request.state) & {*VERBS})
            verb = legal[(number + who) % len(legal)]
            waits = confirming.proposed(request)
            asked_moves = side_of(verb) == Side.ASKED or (verb == "answer_day" and waits and waits.side == "asking")
            side = request.to_seat_id if asked_moves else request.from_seat_id
            by, day = Tenure.objects.get(seat_id=side).person, max(day, self.now.date())
        said = {
            "agree": {"promised_on": min(day, request.asked_for) if rightly else day}, "counter": {"offered_on": day},
            "refuse": {"reason": "r"}, "withdraw": {"reason": "r"}, "send_back": {"reason": "r"},
            "propose_day": {"day": day, "reason": "r"}, "answer_day": {"answer": "approved"},
        }.get(verb, {})  # fmt: skip
        before = request.state
        may = verb in verbs(queries.sides(request, by, self.now), before)
        service = SERVICES.get(str(verb)) or getattr(requests, str(verb))
        done = self.attempt(str(verb), lambda: service(request=request, by=by, now=self.now, **said))
        after = Request.objects.get(pk=request.pk).state
        assert done <= may, f"{by} said {verb} of what was {before}"
        assert done or after == before

    def an_action_ends(self, number: int) -> None:
        action = WORLD["actions"][number % 3]
        self.attempt("cancel", lambda: items.cancel(action=action, reason="r", by=self.chamber.chair, now=self.now))

    def time_passes_and_rungs_fall(self, days: int) -> None:
        before = dict(Request.objects.values_list("pk", "state"))
        self.now += timedelta(days=days, minutes=1)
        sweep(self.now)
        assert dict(Request.objects.values_list("pk", "state")) == before, "silence moved something"

    @rule(deed=st.sampled_from(DEEDS), number=st.integers(0, 99), other=st.integers(0, 99), rightly=st.integers(0, 3))
    def something_happens(self, deed: str, number: int, other: int, rightly: int) -> None:
        if deed == "ask":
            self.ask(number % 3, (number + other) % 3, other % 33 - 2, serves=bool(rightly % 2))
        elif deed == "say":
            self.say(VERBS[other % len(VERBS)], number, other % 5, number % 33 - 2, rightly=rightly > 0)
        elif deed == "time":
            self.time_passes_and_rungs_fall(1 + number % 9)
        else:
            self.an_action_ends(number)

    def attempt(self, name: str, deed) -> bool:
        try:
            with transaction.atomic():
                deed()
        except DomainError:
            TOLD[f"{name} refused"] += 1
            return False
        TOLD[name] += 1
        return True

    @invariant()
    def an_open_request_has_one_duty_of_its_mover_and_a_closed_one_none(self) -> None:
        kinds = {"asked": ("answer_request", Side.ASKED), "countered": ("weigh", Side.ASKING),
                 "agreed": ("deliver", Side.ASKED), "delivered": ("confirm", Side.ASKING)}  # fmt: skip
        for request in Request.objects.all():
            owed = list(
                Duty.objects.filter(subject_id=request.pk, closed_at=None).exclude(kind__in=["respond", "approve_date"])
            )
            if request.state not in kinds:
                assert owed == [], f"{request} is {request.state} and owed"
                assert not Duty.objects.filter(subject_id=request.pk, closed_at=None).exists()
                continue
            (duty,) = owed
            kind, side = kinds[request.state]
            seat = request.to_seat_id if side == Side.ASKED else request.from_seat_id
            assert (duty.kind, duty.seat_id, duty.due_on) == (kind, seat, request.due_on)
        assert item_queries.orphans(self.now) == []

    @invariant()
    def the_matrix_equals_the_recount(self) -> None:
        assert as_counted(self.town.lead, self.now) == recount(self.now)


def test_whatever_is_said_by_anybody_each_open_request_is_owed_once_and_the_matrix_counts_it_once() -> None:
    town = Town()
    chamber = Chamber(town, name="CX Governance Council", size=5)
    actions = []
    for seat in town.champion_seats.values():
        owner = Tenure.objects.get(seat=seat).person
        action = items.create(
            title="Work", seat=seat, council=chamber.council, proof="p", by=town.lead, now=EPOCH
        )  # fmt: skip
        actions.append(items.accept(action=action, promised_on=None, by=owner, now=EPOCH))
    WORLD.update(town=town, chamber=chamber, actions=actions)
    for more in range(1, 7):  # chance may leave out the rarest verb: then it goes on, and further each time
        run_state_machine_as_test(
            Departments,
            settings=settings(
                max_examples=more * examples(20), stateful_step_count=30, deadline=None, database=None, print_blob=True,
                phases=[Phase.explicit, Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
        if {*VERBS} <= TOLD.keys():
            break
    assert not Request.objects.exists(), "each example is taken back"
    print(dict(sorted(TOLD.items())))
    assert {*VERBS} <= TOLD.keys(), "each verb was said at least once"


class Debts:
    """Claims waits for Legal and Digital; Digital has proposed otherwise once, and delivered once."""

    def __init__(self) -> None:
        self.town = town = Town()
        self.seats, self.people = town.champion_seats, town.champions
        claims, digital, legal = town.claims, town.digital, town.legal
        self.unanswered = self.ask(claims, legal)
        self.agreed = requests.agree(
            request=self.ask(claims, legal), promised_on=EPOCH.date(), by=self.people[legal.pk], now=EPOCH
        )
        self.countered = requests.counter(
            request=self.ask(claims, digital), offer="Half.", by=self.people[digital.pk], now=EPOCH
        )

    def ask(self, asking: Department, asked: Department) -> Request:
        return requests.ask(
            title="Need", to=self.seats[asked.pk], seat=self.seats[asking.pk], by=self.people[asking.pk], now=EPOCH,
            asked_for=(EPOCH + timedelta(days=20)).date(),
        )  # fmt: skip


def test_the_debtor_is_whoever_moves_next_and_each_number_is_the_length_of_the_list_it_opens() -> None:
    debts = Debts()
    town, now = debts.town, EPOCH + timedelta(days=10)
    found = matrix(town.lead, now)
    claims, digital, legal = (one.pk for one in (town.claims, town.digital, town.legal))
    assert found.debts.keys() == {(legal, claims), (claims, digital)}, "Claims has to answer what Digital proposed"
    both = found.debt(legal, claims)
    assert (both.open, both.overdue, both.unanswered, both.oldest) == (2, 2, 1, 10)
    assert (found.owes(legal), found.is_owed(claims), found.is_owed(digital)) == (
        both,
        both,
        found.debt(claims, digital),
    )
    assert found.total.open == 3 == Request.objects.count()
    for row in (claims, digital, legal):
        for column in (claims, digital, legal):
            for figure in Figure:
                narrowed = Narrowed(
                    owing=Department.objects.get(pk=row), owed=Department.objects.get(pk=column), figure=figure
                )
                assert queries.listed(town.lead, now, narrowed).count() == found.debt(row, column).of(figure)
        for figure in Figure:
            owes = Narrowed(owing=Department.objects.get(pk=row), figure=figure)
            is_owed = Narrowed(owed=Department.objects.get(pk=row), figure=figure)
            assert queries.listed(town.lead, now, owes).count() == found.owes(row).of(figure)
            assert queries.listed(town.lead, now, is_owed).count() == found.is_owed(row).of(figure)


def test_the_oldest_debts_stand_in_each_direction_for_whoever_may_see_them() -> None:
    debts = Debts()
    town = debts.town
    Request.objects.filter(pk=debts.countered.pk).update(asked_on=EPOCH.date() - timedelta(days=9))
    told = oldest_debts(town.lead, EPOCH)
    assert [one.request for one in told.owes] == [debts.countered, debts.unanswered, debts.agreed]
    assert (told.owes[0].debtor, told.owes[0].creditor) == ("Claims", "Digital & App"), "it answers what is proposed"
    assert not told.is_owed
    of_claims = oldest_debts(town.lead, EPOCH, Scope(within=town.claims))
    assert [one.request for one in of_claims.owes] == [debts.countered]
    assert [one.request for one in of_claims.is_owed] == [debts.unanswered, debts.agreed]
    assert oldest_debts(town.person("Noor Bakker"), EPOCH) == OldDebts([], ())


def test_only_what_the_viewer_may_see_is_counted() -> None:
    debts = Debts()
    town = debts.town
    assert matrix(town.champions[town.legal.pk], EPOCH).total.open == 2, "what others ask of each other is theirs"
    assert matrix(town.champions[town.claims.pk], EPOCH).total.open == 3
    assert matrix(town.person("Noor Bakker"), EPOCH).debts == {}


def test_the_statements_of_the_matrix_do_not_grow_with_what_it_counts() -> None:
    debts = Debts()
    town, counts = debts.town, []
    for _round in range(2):
        for number in range(5):
            department = town.department(f"X{_round}{number}", f"Unit {_round}{number}")
            person = town.person(f"Holder {_round}{number}")
            seat = town.seat("other", department, person, title=f"Owner {_round}{number}")
            requests.ask(
                title="Need", to=town.champion_seats[town.legal.pk], seat=seat, by=person, now=EPOCH,
                asked_for=(EPOCH + timedelta(days=9)).date(),
            )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            assert matrix(town.lead, EPOCH).total.open == 3 + 5 * (_round + 1)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5


def test_the_shade_grows_with_what_is_owed_and_the_corner_needs_something_overdue() -> None:
    debts = Debts()
    found = matrix(debts.town.lead, EPOCH + timedelta(days=10))
    both = found.debt(debts.town.legal.pk, debts.town.claims.pk)
    assert level(both, most=2) == 4
    assert level(found.debt(debts.town.claims.pk, debts.town.digital.pk), most=1) <= 4
    assert level(found.debt(debts.town.digital.pk, debts.town.legal.pk), most=2) == 0
    assert next(card["party"].name for card in largest(found)) == debts.town.legal.name, "the most overdue first"
