"""How people work together on what was promised: who helps, steps on the way, files, what came back."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from actions.models import ActionItem
from actions.services import facts, items, parts
from actions.services.facts import Benefit, Facts
from actions.shown_files import Sent
from governance.models import Person, Seat, SeatKind
from governance.queries.seats import movers

if TYPE_CHECKING:
    from notifications.demo.story import Story

TEXTS = "Text customers at each step of a motor claim"
GARAGES = "Two more garages around Groningen"
RINGS = "Ring the garage before the customer drives there"
MENU = "Cut the phone menu to three options"
CALLS = b"""day,waited longer than ten minutes,called back the same day
Monday,14,14
Tuesday,9,9
Wednesday,11,11
Thursday,8,8
Friday,10,10
"""


def plan(story: "Story") -> None:
    """Put the deeds into the script: each by whoever answers for the work on that day."""
    script = story.script

    def on(days: int, title: str, deed: Callable[[ActionItem, Person, datetime], object], hour: int = 14) -> None:
        def do(now: datetime) -> None:
            found = ActionItem.objects.select_related("subject", "seat", "department", "council").get(
                pk=story.works[title].pk
            )
            deed(found, Person.objects.get(pk=movers([found.seat_id], now)[found.seat_id].person_id), now)

        script.on(days, do, hour)

    def describe(action: ActionItem, by: Person, now: datetime) -> None:
        words = "Fewer calls that only ask how it stands."
        benefit = Benefit("capacity_freed", 1_800_000, 2_600_000, 3_100_000, words=words)
        helping = [story.cast.departments[code] for code in ("DIG", "LEG")]
        facts.describe(action=action, facts=Facts(origin="decision", benefit=benefit, departments=helping), by=by,
                       now=now)  # fmt: skip

    def give_away(action: ActionItem, by: Person, now: datetime) -> None:
        seat = Seat.objects.get(kind=SeatKind.CHAMPION, department__code="DIG")
        parts.add_doer(action=action, seat=seat, by=by, now=now)

    def mark_out(action: ActionItem, by: Person, now: datetime) -> None:
        first = parts.set_milestone(action=action, title="Wording agreed with Legal", due_on=script.day(-50), by=by,
                                    now=now)  # fmt: skip
        parts.reach(action=action, milestone=first.pk, by=by, now=now)
        parts.set_milestone(action=action, title="Consent asked again", due_on=script.day(4), by=by, now=now)
        parts.set_milestone(action=action, title="First hundred claims", due_on=script.day(11), by=by, now=now)

    def wait(action: ActionItem, by: Person, now: datetime) -> None:
        parts.depend(action=action, needs=story.works[GARAGES], by=by, now=now)

    def show(action: ActionItem, by: Person, now: datetime) -> None:
        file = Sent(BytesIO(CALLS), "calls-of-one-week.csv", len(CALLS))
        items.add_evidence(action=action, title="A week of calls, as counted", kind="file", file=file, by=by, now=now)

    def come_back(action: ActionItem, by: Person, now: datetime) -> None:
        verifier = action.verifications.order_by("-pk").first()
        if verifier is not None:
            items.reopen(
                action=action, reason="The new system brought the old menu back on Monday.", by=verifier.by, now=now
            )

    on(-66, TEXTS, describe)
    on(-65, TEXTS, give_away)
    on(-60, TEXTS, mark_out)
    on(-29, RINGS, wait)
    on(-10, RINGS, show)
    on(-8, MENU, come_back)
    on(-3, TEXTS, lambda action, by, now: parts.follow(action=action, by=story.cast.lead, now=now))
