"""The books against a plain model of them: whatever is granted, allocated, spent, reversed, given back, transferred and
closed, in any order, they balance to the cent, nothing is overdrawn, and a closed period stays as it was closed.

The model is dictionaries and arithmetic; it reads neither the services nor the queries. What it refuses the services
have to refuse, and what it allows they have to do. Balances are added up row by row besides (``derived``).
"""

from dataclasses import dataclass, field

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from councils.models import Account, Envelope, Posting, Spending
from councils.queries import books as queries
from councils.services import books, periods, spending
from governance.errors import Conflict, Invalid
from tests.councils.test_books import derived, things
from tests.engines import examples
from tests.factories import EPOCH

SMALL = st.integers(1, 1_000)
WHICH = st.integers(0, 5)


@dataclass
class Pot:
    """One envelope as the model has it."""

    council: int
    unit: str
    free: int
    granted: int
    left: dict[int, int] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    owed: dict[int, int] = field(default_factory=dict)
    is_closed: bool = False

    def put(self, pot: str, thing: int, amount: int) -> None:
        held = getattr(self, pot)
        held[thing] = held.get(thing, 0) + amount

    def pay(self, thing: int, amount: int) -> None:
        """Allocated to a thing: its debt first."""
        settled = min(amount, self.owed.get(thing, 0))
        self.put("owed", thing, -settled)
        self.put("left", thing, amount - settled)


class Books(RuleBasedStateMachine):
    def __init__(self, town, councils) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.by, self.councils = town.sponsor, councils
        self.things = things(councils[0], 3)
        self.envelopes: list[Envelope] = []
        self.pots: list[Pot] = []
        self.posted: list[tuple[Spending, int, int, int]] = []
        self.reversed: set[int] = set()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def tries(self, allowed: bool, act) -> object:
        """Do it; it works exactly where the model says so, and stores nothing where it does not."""
        before = Posting.objects.count()
        try:
            with transaction.atomic():
                done = act()
        except (Conflict, Invalid):
            assert not allowed, "refused what the model allows"
            assert Posting.objects.count() == before
            return None
        assert allowed, "done what the model refuses"
        return done

    def at(self, which: int) -> int:
        return which % len(self.pots)

    @rule(council=st.integers(0, 1), unit=st.sampled_from(["money", "money", "time"]), amount=SMALL)
    @precondition(lambda self: len(self.pots) < 5)
    def grant(self, council, unit, amount):
        made = books.grant(council=self.councils[council], amount=amount, unit=unit, by=self.by, now=EPOCH)
        self.envelopes.append(made)
        self.pots.append(Pot(council, unit, amount, amount))

    @rule(which=WHICH, thing=st.integers(0, 2), amount=SMALL)
    @precondition(lambda self: self.pots)
    def allocate(self, which, thing, amount):
        pot = self.pots[self.at(which)]
        allowed = not pot.is_closed and amount <= pot.free
        self.tries(
            allowed,
            lambda: books.allocate(
                envelope=self.envelopes[self.at(which)], subject=self.things[thing], amount=amount, by=None, now=EPOCH
            ),
        )
        if allowed:
            pot.free -= amount
            pot.pay(thing, amount)

    @rule(council=st.integers(0, 1), unit=st.sampled_from(["money", "time"]), thing=st.integers(0, 2), amount=SMALL)
    def commit(self, council, unit, thing, amount):
        running = [pot for pot in self.pots if (pot.council, pot.unit, pot.is_closed) == (council, unit, False)]
        allowed = amount <= sum(pot.free for pot in running)
        self.tries(
            allowed,
            lambda: books.commit(
                council=self.councils[council], subject=self.things[thing], amount=amount, unit=unit, by=None, now=EPOCH
            ),
        )
        if allowed:
            for pot in sorted(running, key=lambda pot: not pot.owed.get(thing)):
                part = min(amount, pot.free)
                pot.free -= part
                pot.pay(thing, part)
                amount -= part

    @rule(which=WHICH, thing=st.integers(0, 2), amount=SMALL, overrun=st.booleans())
    @precondition(lambda self: self.pots)
    def spend(self, which, thing, amount, overrun):
        place = self.at(which)
        pot = self.pots[place]
        left = pot.left.get(thing, 0)
        allowed = not pot.is_closed and thing in pot.left and (overrun or amount <= left)
        done = self.tries(
            allowed,
            lambda: spending.spend(
                subject=self.things[thing], envelope=self.envelopes[place], amount=amount, on=EPOCH.date(),
                what="Texts", overrun=overrun, by=self.by, now=EPOCH,
            ),
        )  # fmt: skip
        if allowed:
            pot.put("left", thing, -min(left, amount))
            pot.put("owed", thing, max(0, amount - left))
            pot.put("spent", thing, amount)
            self.posted.append((done, place, thing, amount))

    @rule(which=WHICH)
    @precondition(lambda self: self.posted)
    def reverse(self, which):
        posted, place, thing, amount = self.posted[which % len(self.posted)]
        pot = self.pots[place]
        allowed = not pot.is_closed and posted.pk not in self.reversed
        self.tries(allowed, lambda: spending.reverse(spending=posted, reason="Mistyped", by=self.by, now=EPOCH))
        if allowed:
            self.reversed.add(posted.pk)
            settled = min(pot.owed.get(thing, 0), amount)
            pot.put("owed", thing, -settled)
            pot.put("left", thing, amount - settled)
            pot.put("spent", thing, -amount)

    @rule(thing=st.integers(0, 2), unit=st.sampled_from(["money", "time"]), amount=st.none() | SMALL)
    def give_back(self, thing, unit, amount):
        holding = [pot for pot in self.pots if pot.unit == unit and not pot.is_closed and pot.left.get(thing)]
        left = sum(pot.left[thing] for pot in holding)
        allowed = amount is None or amount <= left
        self.tries(
            allowed,
            lambda: books.give_back(subject=self.things[thing], unit=unit, amount=amount, by=None, now=EPOCH),
        )
        if allowed:
            rest = left if amount is None else amount
            # The order of accounts is that in which they were made, and of no consequence to what is true.
            for account in Account.objects.filter(kind="allocation", subject=self.things[thing]).order_by("pk"):
                pot = self.pots[[one.pk for one in self.envelopes].index(account.envelope_id)]
                part = min(rest, pot.left.get(thing, 0)) if pot in holding else 0
                pot.put("left", thing, -part)
                pot.free += part
                rest -= part

    @rule(which=WHICH, to=WHICH, amount=SMALL)
    @precondition(lambda self: len(self.pots) > 1)
    def transfer(self, which, to, amount):
        one, other = self.at(which), self.at(to)
        source, target = self.pots[one], self.pots[other]
        allowed = (
            one != other and not source.is_closed and not target.is_closed and source.unit == target.unit
            and amount <= source.free
        )  # fmt: skip
        self.tries(
            allowed,
            lambda: periods.transfer(
                envelope=self.envelopes[one], into=self.envelopes[other], amount=amount, by=self.by, now=EPOCH
            ),
        )
        if allowed:
            source.free -= amount
            source.granted -= amount
            target.free += amount
            target.granted += amount

    @rule(which=WHICH, into=st.none() | WHICH, cover=st.booleans())
    @precondition(lambda self: self.pots)
    def close(self, which, into, cover):
        one, other = self.at(which), self.at(into) if into is not None else None
        pot, heir = self.pots[one], self.pots[other] if other is not None else None
        owed = sum(pot.owed.values())
        allowed = not pot.is_closed and (cover or not owed)
        if heir is not None:
            allowed = allowed and heir is not pot and not heir.is_closed
            allowed = allowed and (heir.council, heir.unit) == (pot.council, pot.unit)
        self.tries(
            allowed,
            lambda: periods.close(
                envelope=self.envelopes[one], into=self.envelopes[other] if other is not None else None, cover=cover,
                by=self.by, now=EPOCH,
            ),
        )  # fmt: skip
        if allowed:
            gone = pot.free + sum(pot.left.values())
            pot.granted += owed - gone
            if heir is not None:
                heir.granted += gone
                heir.free += pot.free
                for thing, amount in pot.left.items():
                    if amount:
                        heir.put("left", thing, 0)
                        heir.pay(thing, amount)
            pot.free, pot.left, pot.owed, pot.is_closed = 0, dict.fromkeys(pot.left, 0), {}, True

    @invariant()
    def the_books_are_as_the_model_has_them(self):
        sums = derived()
        kinds: dict[tuple[int, str, int | None], int] = {
            (account.envelope_id, account.kind, account.subject_id): sums[account.pk]
            for account in Account.objects.all()
        }
        assert sum(kinds.values()) == 0, "out of balance"
        figures = queries.balances(envelope.pk for envelope in self.envelopes)
        for envelope, pot in zip(self.envelopes, self.pots, strict=True):
            own = {key[1:]: amount for key, amount in kinds.items() if key[0] == envelope.pk}
            assert -own["grantor", None] == pot.granted
            assert own["free", None] == pot.free >= 0
            for pots, kind, sign in (("left", "allocation", 1), ("spent", "spent", 1), ("owed", "overrun", -1)):
                for thing, subject in enumerate(self.things):
                    expected = getattr(pot, pots).get(thing, 0)
                    assert sign * own.get((kind, subject.pk), 0) == expected >= 0, (kind, thing)
            told = figures[envelope.pk]
            assert told == queries.Balances(
                pot.granted, pot.free, sum(pot.left.values()), sum(pot.spent.values()), sum(pot.owed.values())
            )
            assert told.granted + told.overrun == told.free + told.allocated + told.spent


def test_the_books_are_what_a_plain_model_of_them_says_whatever_happens(town, committee, council):
    councils = [committee.council, council.council]
    run_state_machine_as_test(
        lambda: Books(town, councils),
        settings=settings(
            max_examples=examples(8), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
