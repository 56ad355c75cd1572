"""The clock of the demo: deeds at past moments in their order, and the sweep on each working day between.

A weekend's deeds fall on the Friday before it. They keep the order in which the story tells them, on whatever day of
the week the demo is made: somebody who leaves on a Sunday has still reported on the Friday.
"""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.demo.cast import ZONE
from notifications.services import outbox
from notifications.services.sweep import sweep

Deed = Callable[[datetime], None]


class Script:
    """Deeds are put in with :meth:`on` and played by :meth:`play`; a deed may put in others that lie ahead."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.zone = ZoneInfo(ZONE)
        self.today = now.astimezone(self.zone).date()
        self._deeds: list[tuple[int, time, int, Deed]] = []
        self._count = 0

    def day(self, days: int) -> date:
        """The day that many days from today: a Friday for a weekend behind us, a Monday for one ahead."""
        day = self.today + timedelta(days=days)
        while day.weekday() > 4 and days != 0:
            day += timedelta(days=1 if days > 0 else -1)
        return day

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        return datetime.combine(self.day(days), time(hour, minute), self.zone)

    def on(self, days: int, deed: Deed, hour: int = 10, minute: int = 0) -> None:
        """Do something on a day; what would lie in the future is done now."""
        self._count += 1
        heapq.heappush(self._deeds, (days, time(hour, minute), self._count, deed))

    def play(self) -> None:
        """Play everything, sweeping at five past nine on every weekday, and at last now."""
        swept: date | None = None
        when: datetime | None = None
        while self._deeds:
            days, told, _place, deed = heapq.heappop(self._deeds)
            due = min(self.at(days, told.hour, told.minute), self.now)
            when = due if when is None else max(when, due)
            swept = self._sweep_until(when, swept)
            deed(when)
        self._sweep_until(self.now, swept)
        _move_on(self.now)

    def _sweep_until(self, when: datetime, swept: date | None) -> date:
        day = swept or when.astimezone(self.zone).date()
        while True:
            following = day + timedelta(days=1)
            moment = datetime.combine(following, time(9, 5), self.zone)
            if moment > when:
                return day
            if following.weekday() < 5:
                _move_on(moment)
            day = following


def _move_on(now: datetime) -> None:
    sweep(now)
    outbox.drain(now)
