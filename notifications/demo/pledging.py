"""What sponsors and champions pledged at Harbourline Mutual, and how it went."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from councils.models import Council
from governance.models import Answer, Champion, HelpRequest, Person
from governance.services import champions, checkins, helping
from notifications.demo.cast import CHAMPIONS, LEFT, SPONSOR, Cast
from notifications.demo.script import Script

# The head of Legal has not said a word yet.
ENDORSED = ("CLM", "REP", "CON", "DIG", "UND", "POL", "BRK", "HKG")
ENDS_SOON, TERM, SOON = "CON", 200, 24
NOMINEE = "Arjun Mehta"
ANSWERS = (-74, -39, -18)
HELPED = "I spoke to the head: one person is free for it from Monday."

# Day, council, what was said.
CHECK_INS: tuple[tuple[int, str, str], ...] = (
    (-84, "CX Governance Council", "Willem asks for a finance partner at each meeting. I speak to Aoife this week."),
    (
        -55,
        "CX Governance Council",
        "Finance joins from next month. Two owners in Claims are short of hours; with Joel.",
    ),
    (-51, "Executive Committee", "We agreed to look at what customers keep saying before we look at the budget."),
    (-26, "CX Governance Council", "The repair booking waits for IT. I take it to the committee on Monday."),
)


def plan(script: Script, cast: Cast, rooms: Mapping[str, Council]) -> None:
    """Put the deeds into the script; the councils are founded by the time that they are played."""
    script.on(-118, partial(_champions_begin, cast))
    for day, room, note in CHECK_INS:
        script.on(day, partial(_check_in, cast, rooms, room, note), 16)
    for day in ANSWERS:
        script.on(day, partial(_answer, cast), 15)
    script.on(-2, partial(_nominate, cast))


def _champion(cast: Cast, code: str) -> Champion:
    return Champion.objects.select_related("seat__subject").get(pk=cast.seat(f"champion {code}").pk)


def _champions_begin(cast: Cast, now: datetime) -> None:
    """Heads endorse, champions accept: a term of a year and a bit, save for one that ends in three weeks."""
    for code in ENDORSED:
        days = 118 + (SOON if code == ENDS_SOON else TERM)
        ends = now.date() + timedelta(days=days)
        champions.endorse(champion=_champion(cast, code), by=cast.holder(f"head {code}"), now=now, term_ends_on=ends)
        person: Person = cast.people[CHAMPIONS[code] or LEFT]
        champions.accept(champion=_champion(cast, code), by=person, now=now, pledged_minutes=300)


def _check_in(cast: Cast, rooms: Mapping[str, Council], room: str, note: str, now: datetime) -> None:
    checkins.check_in(subject=rooms[room].subject, note=note, by=cast.people[SPONSOR], now=now)


def _answer(cast: Cast, now: datetime) -> None:
    """What the sponsor was asked lately is answered; what is older waits still."""
    asked = HelpRequest.objects.filter(
        asked=cast.seat("sponsor"), answered_at=None, asked_at__gte=now - timedelta(days=5), duty__closed_at=None
    )
    for request in asked.select_related("duty", "asked").order_by("pk"):
        helping.answer(request=request, answer=Answer.HELPED, said=HELPED, by=cast.people[SPONSOR], now=now)


def _nominate(cast: Cast, now: datetime) -> None:
    """Somebody for the Broker Network: its head is asked."""
    champions.nominate(
        champion=_champion(cast, "BRK"),
        person=cast.people[NOMINEE],
        by=cast.lead,
        now=now,
        pledged_minutes=240,
        term_ends_on=now.date() + timedelta(days=365),
    )
