"""Spending what was allocated: posted once, never beyond it unseen; what is left goes back when the work is closed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from actions.models import ActionItem, ActionState
from actions.services import items, spending
from councils.models import AgendaItem, Posting, Spending
from councils.queries import books as book_queries
from councils.services import books, periods
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import SeatKind
from tests.actions.test_items_matters import DAY, Room
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db
EUROS = 100
TODAY = EPOCH.date()


class Funded(Room):
    """An action of Claims to which the council allocated a thousand of its five thousand euros."""

    def __init__(self) -> None:
        super().__init__()
        self.sponsor = self.town.sponsor
        self.envelope = books.grant(
            council=self.chamber.council, amount=5_000 * EUROS, by=self.sponsor, now=EPOCH,
            closes_on=TODAY + timedelta(days=58),
        )  # fmt: skip
        self.work = self.running()
        self.decide(self.work, "allocate", matter="resources", amount=1_000 * EUROS)

    def spend(self, euros: int, **more) -> Spending:
        more = {"on": TODAY, "what": "Texts to claimants", "by": self.owner, "now": EPOCH} | more
        return spending.spend(action=self.work, amount=euros * EUROS, **more)

    def line(self) -> book_queries.Line:
        [line] = book_queries.of_subject(self.work.pk)
        return line

    def free(self) -> int:
        return book_queries.free(self.chamber.council) // EUROS

    def verify(self) -> None:
        items.add_evidence(action=self.work, title="e", kind="note", by=self.owner, now=EPOCH)
        items.say_done(action=self.work, by=self.owner, now=EPOCH)
        items.verify(action=self.work, finding="confirmed", by=self.clerk, now=EPOCH)


@pytest.fixture
def room() -> Funded:
    return Funded()


def drop(room: Funded) -> None:
    room.decide(room.work, "drop", reason="Not needed any more.")


def as_is(room: Funded) -> None:
    room.decide(room.work, "accept_as_is", reason="Good enough.")


@pytest.mark.parametrize(
    ("close", "state"),
    [(Funded.verify, ActionState.VERIFIED), (drop, ActionState.CANCELLED), (as_is, ActionState.AS_IS)],
)
def test_closing_an_action_with_1000_allocated_and_400_spent_frees_600(room: Funded, close, state) -> None:
    assert room.free() == 4_000
    room.spend(400)
    assert room.free() == 4_000, "spending draws on the allocation"
    close(room)
    assert ActionItem.objects.get(pk=room.work.pk).state == state
    assert room.free() == 4_600
    line = room.line()
    assert (line.left, line.spent, line.allocated) == (0, 400 * EUROS, 400 * EUROS)


def test_beyond_the_allocation_nothing_is_spent_unless_it_is_said_and_then_the_council_settles_it(room: Funded) -> None:
    room.spend(900)
    with pytest.raises(Conflict, match=r"Only €100\.00 is left") as refused:
        room.spend(250)
    assert (refused.value.field, refused.value.facts["left"]) == ("overrun", 100 * EUROS)
    assert Spending.objects.count() == 1
    posted = room.spend(250, overrun=True)
    assert posted.overrun == 150 * EUROS
    assert (room.line().left, room.line().overrun, room.line().allocated) == (0, 150 * EUROS, 1_000 * EUROS)
    item = AgendaItem.objects.get(matter="resources", state="open")
    assert "€150.00" in item.ask
    assert item.proposal["payload"] == {"amount": 150 * EUROS}
    room.decide(room.work, "allocate", matter="resources", amount=200 * EUROS)
    assert (room.line().overrun, room.line().left, room.line().allocated) == (0, 50 * EUROS, 1_200 * EUROS)
    assert room.free() == 3_800


def test_who_posts_is_the_owner_the_secretary_or_a_finance_partner(room: Funded) -> None:
    town, partner = room.town, room.town.person("Femke Bakker")
    town.seat(SeatKind.FINANCE_PARTNER, town.claims, partner, title="Finance partner")
    for person in (room.owner, room.clerk):
        room.spend(10, by=person)
    with pytest.raises(Refused, match="This is for"):
        room.spend(10, by=town.heads[town.claims.pk])
    with pytest.raises(Absent):
        room.spend(10, by=town.champions[town.digital.pk])
    if ActionItem.objects.visible_to(partner, EPOCH).filter(pk=room.work.pk).exists():
        room.spend(10, by=partner)
    else:
        with pytest.raises(Absent):
            room.spend(10, by=partner)


def test_a_reference_is_posted_once_and_again_only_after_it_was_reversed(room: Funded) -> None:
    first = room.spend(100, external_reference="INV-7")
    with pytest.raises(Invalid, match="posted already") as refused:
        room.spend(100, external_reference="INV-7")
    assert refused.value.field == "external_reference"
    with pytest.raises(IntegrityError), transaction.atomic():
        Spending.objects.create(
            envelope=room.envelope, subject=room.work.subject, amount=1, on=TODAY, what="x", by=room.owner, at=EPOCH,
            external_reference="INV-7",
        )  # fmt: skip
    against = spending.reverse(spending=first, reason="Typed 100 for 10", by=room.clerk, now=EPOCH)
    assert (room.line().spent, room.line().left) == (0, 1_000 * EUROS)
    room.spend(10, external_reference="INV-7")
    assert room.line().spent == 10 * EUROS
    for again in (first, against):
        with pytest.raises(Conflict, match="reversed already"):
            spending.reverse(spending=again, reason="Once more", by=room.clerk, now=EPOCH)


def test_what_was_posted_is_never_changed_or_deleted(room: Funded) -> None:
    posted = room.spend(100)
    for change in ({"amount": 1}, {"subject": room.envelope.subject}, {"on": DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Spending.objects.filter(pk=posted.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(spending=posted).delete()


def test_what_a_closed_action_gets_back_by_a_reversal_goes_on_to_the_envelope(room: Funded) -> None:
    posted = room.spend(400)
    room.verify()
    spending.reverse(spending=posted, reason="Another team's invoice", by=room.clerk, now=EPOCH)
    assert room.free() == 5_000
    with pytest.raises(Conflict, match="it is closed"):
        room.spend(1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("on", {"on": TODAY + timedelta(days=1)}),
        ("on", {"on": TODAY - timedelta(days=1)}),
        ("what", {"what": "  "}),
        ("cost_centre", {"cost_centre": "x" * 41}),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(room: Funded, field: str, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        room.spend(10, **wrong)
    assert refused.value.field == field
    with pytest.raises(Invalid) as refused:
        room.spend(0)
    assert refused.value.field == "amount"


def test_nothing_is_spent_where_nothing_is_allocated(room: Funded) -> None:
    room.work = room.running()
    with pytest.raises(Conflict, match="Nothing is allocated"):
        room.spend(1, overrun=True)


def test_a_posting_into_a_closed_period_is_refused_by_the_service_and_by_the_database(room: Funded) -> None:
    posted = room.spend(400)
    periods.close(envelope=room.envelope, by=room.sponsor, now=EPOCH)
    with pytest.raises(Conflict, match="Nothing is allocated to this in an open envelope"):
        room.spend(1, overrun=True)
    for act in (
        lambda: room.spend(1, envelope=room.envelope, overrun=True),
        lambda: spending.reverse(spending=posted, reason="Late", by=room.clerk, now=EPOCH),
        lambda: periods.close(envelope=room.envelope, by=room.sponsor, now=EPOCH),
    ):
        with pytest.raises(books.PeriodClosed, match="nothing is posted into a closed period"):
            act()
    grantor, free = (books.account(room.envelope, kind) for kind in ("grantor", "free"))
    with pytest.raises(IntegrityError, match="closed period"), transaction.atomic():
        Posting.objects.create(source=grantor, target=free, amount=1, at=EPOCH)
    with pytest.raises(IntegrityError, match="stays closed"), transaction.atomic():
        type(room.envelope).objects.filter(pk=room.envelope.pk).update(closed_at=None, closed_by=None, rest="")


def test_what_is_left_lapses_or_goes_over_into_the_next_envelope(room: Funded) -> None:
    room.spend(400)
    following = books.grant(council=room.chamber.council, amount=1_000 * EUROS, by=room.sponsor, now=EPOCH)
    closed = periods.close(envelope=room.envelope, into=following, by=room.sponsor, now=EPOCH)
    figures = book_queries.balances([closed.pk, following.pk])
    assert figures[closed.pk] == book_queries.Balances(granted=400 * EUROS, spent=400 * EUROS)
    assert figures[following.pk] == book_queries.Balances(
        granted=5_600 * EUROS, free=5_000 * EUROS, allocated=600 * EUROS
    )
    room.spend(600)
    assert [line.left for line in book_queries.of_subject(room.work.pk)] == [0, 0]
    periods.close(envelope=following, by=room.sponsor, now=EPOCH)
    assert book_queries.balances([following.pk])[following.pk].granted == 600 * EUROS
    assert room.free() == 0


def test_a_period_with_an_overrun_is_closed_once_it_is_settled_or_covered_by_the_grantor(room: Funded) -> None:
    room.spend(1_100, overrun=True)
    with pytest.raises(Conflict, match=r"€100\.00 is overrun") as refused:
        periods.close(envelope=room.envelope, by=room.sponsor, now=EPOCH)
    assert refused.value.field == "cover"
    periods.close(envelope=room.envelope, by=room.sponsor, now=EPOCH, cover=True)
    figures = book_queries.balances([room.envelope.pk])[room.envelope.pk]
    assert figures == book_queries.Balances(granted=1_100 * EUROS, spent=1_100 * EUROS)


def test_who_does_not_grant_neither_closes_nor_transfers(room: Funded) -> None:
    other = books.grant(council=room.chamber.council, amount=1, by=room.sponsor, now=EPOCH)
    for person, error in ((room.clerk, Refused), (room.town.champions[room.town.digital.pk], Absent)):
        with pytest.raises(error):
            periods.close(envelope=room.envelope, by=person, now=EPOCH)
        with pytest.raises(error):
            periods.transfer(envelope=room.envelope, into=other, amount=1, by=person, now=EPOCH)
    hours = books.grant(council=room.chamber.council, amount=600, unit="time", by=room.sponsor, now=EPOCH)
    with pytest.raises(Invalid, match="same currency"):
        periods.transfer(envelope=room.envelope, into=hours, amount=1, by=room.sponsor, now=EPOCH)


def test_hours_are_granted_allocated_spent_and_given_back_apart_from_money(room: Funded) -> None:
    granted = books.grant(council=room.chamber.council, amount=100 * 60, unit="time", by=room.sponsor, now=EPOCH)
    assert "100 h" in granted.statement
    room.decide(room.work, "allocate", matter="resources", amount=0, minutes=40 * 60)
    spending.spend(action=room.work, amount=450, unit="time", on=TODAY, what="Two afternoons", by=room.owner, now=EPOCH)
    money, time = book_queries.of_subject(room.work.pk)
    assert (time.left, time.spent, money.spent) == (40 * 60 - 450, 450, 0)
    room.verify()
    assert book_queries.free(room.chamber.council, unit="time") == 100 * 60 - 450
    assert room.free() == 5_000
