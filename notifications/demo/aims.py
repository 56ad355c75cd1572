"""What was fixed at acceptance as the one number that will show whether work worked, and what was counted since."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from actions.models import ActionItem
from actions.services import items
from actions.services.items import Aim
from governance.models import Better, Duty, DutyKind, Metric, Person, Seat, Unit
from governance.queries.seats import movers
from governance.services import metrics
from notifications.demo.cast import Cast
from notifications.demo.script import Script

FIRST_READING = 34
"""Days after a verification on which the first reading is taken: thirty, and the weekends that may lie between."""


@dataclass(frozen=True, slots=True)
class Number:
    """One KPI that several pieces of work move: whose it is, and what was counted on which day."""

    title: str
    reader: str
    meaning: str
    target: int
    counted: tuple[tuple[int, int, int], ...]
    """Day, how many, of how many."""
    better: str = Better.UP


CALLS = Number(
    "Calls answered within five minutes", "champion CON", "Of all calls of that week, every line, from the telephony.",
    750, ((-104, 2_410, 3_960), (-92, 2_388, 3_905), (-38, 2_650, 3_940), (-24, 2_702, 3_951), (-12, 2_731, 3_934)),
)  # fmt: skip
KNOWING = Number(
    "Customers who knew where their claim stood", "champion CLM", "Asked by text on the tenth day of a claim.",
    800, ((-103, 188, 331), (-91, 192, 340), (-50, 231, 352), (-35, 229, 344), (-8, 232, 349)),
)  # fmt: skip
ON_TIME = Number(
    "Repairs ready on the day that was said", "champion REP", "Of the repairs of that fortnight, as the garage booked.",
    850, ((-102, 141, 203), (-90, 137, 199), (-45, 149, 207), (-30, 152, 208)),
)  # fmt: skip
FIRST_TRY = Number(
    "Sign-ins that succeed at the first try", "champion DIG", "Of a week's sign-ins by code, from the log.",
    900, ((-101, 8_120, 9_870), (-93, 8_090, 9_815), (-40, 8_702, 9_840), (-20, 8_790, 9_902)),
)  # fmt: skip
PREMIUM_CALLS = Number(
    "Calls about a premium letter", "champion UND", "Of the letters of that month, within ten days.", 25,
    ((-100, 402, 9_780), (-89, 395, 9_640), (-36, 377, 9_805), (-14, 371, 9_790)), Better.DOWN,
)  # fmt: skip
ONE_CALL = Number(
    "Moves that took one call", "champion POL", "Of the moves of that month, from the call records.", 800,
    ((-99, 164, 251), (-88, 171, 259), (-42, 197, 262), (-18, 203, 266)),
)  # fmt: skip
CALLED_BACK = Number(
    "二十四小時內回電", "champion HKG", "當週所有回電請求。", 900, ((-98, 61, 96), (-87, 66, 101), (-10, 88, 99)),
)  # fmt: skip

SHARES: dict[str, tuple[Number, int]] = {
    "Text customers at each step of a motor claim": (KNOWING, 20),
    "The claims number stands on every letter": (KNOWING, 20),
    "Answer by the fifth day, even if there is nothing new": (KNOWING, 40),
    "Photos can be sent again without starting over": (KNOWING, 20),
    "Garages say when a part is late": (ON_TIME, 60),
    "Ring the garage before the customer drives there": (ON_TIME, 40),
    "No form asks twice for the policy number": (ONE_CALL, 50),
    "A move reported once moves every policy": (ONE_CALL, 50),
    "The premium letter fits on one page": (PREMIUM_CALLS, 50),
    "One page that says what a premium consists of": (PREMIUM_CALLS, 50),
    "A sign-in code arrives within a minute": (FIRST_TRY, 40),
    "The code by text lives for ten minutes": (FIRST_TRY, 30),
    "Keep people signed in to the app for thirty days": (FIRST_TRY, 30),
    "Who calls twice reaches the same person": (CALLS, 20),
    "Call back whoever waited more than ten minutes": (CALLS, 40),
    "Move five colleagues to Monday mornings": (CALLS, 40),
    "熱線回電承諾改為二十四小時": (CALLED_BACK, 100),
}
"""Which work claims how many percent of a number's change. Together never more than all of it."""

WITHOUT: dict[str, str] = {
    "A register of every consent text in use": "A register prevents. No number of ours would show what did not happen.",
    "New colleagues hear twenty customer calls in their first week": (
        "It changes people before it changes numbers. We ask the starters in spring."
    ),
    "A hire car is offered with every repair above three days": "It softens a wait, and shortens none.",
    "Cover at both addresses for the day of the move": "Nobody lost cover before; it takes away a worry.",
}


@dataclass(slots=True)
class Aims:
    """The numbers that were defined by now."""

    cast: Cast
    script: Script
    defined: dict[str, Metric] = field(default_factory=dict)

    def of(self, title: str) -> Aim | None:
        """What the owner of a piece of work fixes when taking it on."""
        if title in WITHOUT:
            return Aim(because=WITHOUT[title])
        if title not in SHARES:
            return None
        number, share = SHARES[title]
        return Aim(metric=self.defined[number.title], target=number.target, share=share)

    def plan(self) -> None:
        """Defined in the first days; counted since, by whoever the number belongs to."""
        for number in {number.title: number for number, _share in SHARES.values()}.values():
            self.script.on(-97, partial(self._define, number), 8)
            for day, part, whole in number.counted:
                if day > -97:
                    self.script.on(day, partial(self._count, number, day, part, whole), 8, 30)

    def plan_reading(self, work: ActionItem, day: int) -> None:
        self.script.on(day, partial(self._read, work.pk), 13, 30)

    def _define(self, number: Number, now: datetime) -> None:
        seat: Seat = Seat.objects.select_related("subject", "department").get(pk=self.cast.seat(number.reader).pk)
        self.defined[number.title] = metrics.define(
            title=number.title, unit=Unit.PERCENT, better=number.better, meaning=number.meaning, seat=seat,
            by=self.cast.lead, now=now,
        )  # fmt: skip
        for day, part, whole in number.counted:
            if day <= -97:
                self._count(number, day, part, whole, now)

    def _count(self, number: Number, day: int, part: int, whole: int, now: datetime) -> None:
        metric = self.defined[number.title]
        by = Person.objects.get(pk=movers([metric.seat_id], now)[metric.seat_id].person_id)
        on = min(self.script.today + timedelta(days=day), now.date())
        metrics.observe(metric=metric, on=on, numerator=part, denominator=whole, by=by, now=now)

    def _read(self, key: int, now: datetime) -> None:
        """Whoever owes a reading takes it, where its day has come."""
        owed = Duty.objects.filter(subject_id=key, kind=DutyKind.READ, closed_at=None, due_on__lte=now.date()).first()
        if owed is not None:
            by = Person.objects.get(pk=movers([owed.seat_id], now)[owed.seat_id].person_id)
            items.read(action=ActionItem.objects.select_related("subject").get(pk=key), by=by, now=now)
