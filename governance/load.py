"""What open duties take of a week: planning figures, not measurements. Pure; docs/figures.md tells the readers."""

from collections.abc import Mapping
from dataclasses import dataclass

from governance.models.duties import DutyKind

MINUTES: dict[str, int] = {
    DutyKind.ACCEPT: 15,
    DutyKind.SET_DATE: 15,
    DutyKind.KEEP: 90,
    DutyKind.VERIFY: 45,
    DutyKind.ANSWER: 30,
    DutyKind.DELIVER: 60,
    DutyKind.SETTLE: 30,
    DutyKind.REASSIGN: 30,
    DutyKind.CLOSE_MEETING: 120,
    DutyKind.FILL: 60,
    DutyKind.HAND_OVER: 60,
    DutyKind.TAKE_OVER: 30,
    DutyKind.CHECK_IN: 30,
    DutyKind.ATTEND: 60,
}
"""Minutes that one open duty of a kind takes of its seat's week."""

OTHERWISE = 15
"""Minutes for every other kind: reading, and saying yes or no."""

AHEAD = 7
"""Days ahead in which a duty's day must lie to count for this week; work under way counts whatever its day."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a seat owes this week against what it has: ``duties`` open ones, minutes a week; no capacity, no verdict."""

    duties: int
    minutes: int
    capacity: int

    @property
    def is_full(self) -> bool:
        return self.capacity > 0 and self.minutes > self.capacity


def weigh(counted: Mapping[str, int], capacity: int) -> Load:
    """The load of ``counted`` duties, by kind."""
    minutes = sum(MINUTES.get(kind, OTHERWISE) * number for kind, number in counted.items())
    return Load(sum(counted.values()), minutes, capacity)
