"""What was spent at Harbourline Mutual, what its chair allocated, and a period that was closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from actions.services import delegating, funding, spending
from councils.services import books, periods
from notifications.demo.cast import CHAIR, SPONSOR
from notifications.demo.work import DECIDED, EURO, Work

if TYPE_CHECKING:
    from notifications.demo.story import Story

COMMITTEE, GOVERNANCE = "Executive Committee", "CX Governance Council"


@dataclass(frozen=True, slots=True)
class Paid:
    """One line of spending: the day, on which work, how much, for what, and the number of the invoice."""

    on: int
    title: str
    amount: int
    what: str
    reference: str
    cost_centre: str = "4410"
    overrun: bool = False


PAID = (
    Paid(-66, "Text customers at each step of a motor claim", 1_850, "Text gateway, set-up", "R-20881"),
    Paid(-38, "Text customers at each step of a motor claim", 1_400, "Four texts in two languages", "R-21017"),
    Paid(-58, "Call back whoever waited more than ten minutes", 2_900, "Change of the telephone menu", "R-20904"),
    Paid(-49, "Call back whoever waited more than ten minutes", 600, "Training, two evenings", "R-20960"),
    Paid(-45, "One page that says what a premium consists of", 1_240, "Two rounds of reading", "R-20977"),
    Paid(
        -8, "Ring the garage before the customer drives there", 2_780, "Booking desk, two months", "R-21140", "4420",
        overrun=True,
    ),
)  # fmt: skip


def plan(story: "Story") -> None:
    """Put the deeds into the script; what is spent on stands by the time that it is."""
    story.script.on(-110, partial(_pilot, story), 15)
    known = {work.title: work for work in DECIDED}
    letter = known["Rewrite the total-loss letter in plain language"]
    story.script.on(-15, partial(_ask, story, letter), 11)
    story.script.on(-13, partial(_give, story, letter), 15)
    for paid in PAID:
        story.script.on(paid.on, partial(_pay, story, known[paid.title], paid), 16)


def _ask(story: "Story", work: Work, now: datetime) -> None:
    """A small sum for which no meeting is needed: its owner asks."""
    funding.ask(
        action=story.action(work), what_for="Two rounds of reading, with drivers from outside", amount=700 * EURO,
        by=story.acts(work, now), now=now,
    )  # fmt: skip


def _give(story: "Story", work: Work, now: datetime) -> None:
    """The chair allocates it, as the charter lets."""
    delegating.allocate(action=story.action(work), confirm=True, by=story.person(CHAIR), now=now)


def _pilot(story: "Story", now: datetime) -> None:
    """Half a year's hours for the council; and a purse for a first pilot, of which nothing was needed: it lapses."""
    sponsor, today = story.person(SPONSOR), now.date()
    books.grant(council=story.rooms[GOVERNANCE], amount=600 * 60, unit="time", by=sponsor, now=now)
    purse = books.grant(
        council=story.rooms[COMMITTEE], amount=10_000 * EURO, by=sponsor, now=now, closes_on=today + timedelta(days=50)
    )

    def close(then: datetime) -> None:
        periods.close(envelope=purse, by=sponsor, now=then)

    story.script.on(-58, close)


def _pay(story: "Story", work: Work, paid: Paid, now: datetime) -> None:
    spending.spend(
        action=story.action(work),
        amount=paid.amount * EURO,
        on=now.date(),
        what=paid.what,
        cost_centre=paid.cost_centre,
        external_reference=paid.reference,
        overrun=paid.overrun,
        by=story.acts(work, now),
        now=now,
    )
