"""What customers go through, and the numbers that tell how they fare."""

from datetime import datetime, timedelta
from functools import partial

from governance.models import Better, Metric, Seat, Unit
from governance.services import journeys, metrics, seats
from governance.services.journeys import StepWish
from notifications.demo.cast import Cast
from notifications.demo.script import Script

# Title, unit, better, whose seat, what it counts, values from the oldest to the newest, target.
METRICS: tuple[tuple[str, str, str, str, str, tuple[int, ...], int | None], ...] = (
    (
        "Customers who would recommend us", Unit.NPS, Better.UP, "champion CON",
        "Of those who called or wrote, asked by text the day after: 9 and 10 less 0 to 6.",
        (12, 14, 11, 15, 18, 21), 30,
    ),
    (
        "Claims told within two days", Unit.PERCENT, Better.UP, "champion CLM",
        "Motor claims whose customer heard from us within two working days of reporting, of all that month.",
        (583, 607, 612, 640, 668, 701), 900,
    ),
    (
        "Minutes until a call is answered", Unit.MINUTES, Better.DOWN, "owner CON",
        "Median of the month, all lines, working hours.",
        (9, 8, 9, 7, 6, 6), None,
    ),
)  # fmt: skip


def put_in(cast: Cast, script: Script) -> None:
    """Two journeys after the seats are there; a value a month, and two goals."""
    script.on(-110, partial(_draw, cast))
    defined: dict[str, Metric] = {}
    script.on(-109, partial(_define, cast, defined), hour=11)
    for number in range(len(METRICS[0][5])):
        script.on(-105 + 20 * number, partial(_observe, cast, defined, number), hour=9)
    script.on(-100, partial(_aim, cast, defined), hour=15)


def _seat(cast: Cast, key: str) -> Seat:
    found: Seat = Seat.objects.select_related("subject", "department").get(pk=cast.seat(key).pk)
    return found


def _draw(cast: Cast, now: datetime) -> None:
    empty = seats.found(
        kind="step_owner",
        department=cast.departments["REP"],
        title="Owner, picking a garage",
        by=cast.lead,
        now=now,
        filled_by=_seat(cast, "head REP"),
    )
    plans = (
        (
            "I have a claim",
            "My car is repaired or paid for soon, and I know at any time where it stands.",
            "champion CLM",
            (
                ("I report what happened", "champion CON"),
                ("I hear that it arrived", "champion CLM"),
                ("I pick a garage", empty),
                ("My car is repaired", "owner REP"),
                ("I am told where it stands", "champion CLM"),
                ("I am paid", "champion POL"),
                ("I am asked how it went", None),
            ),
        ),
        (
            "I move house",
            "I say it once, and every policy of mine knows.",
            "champion POL",
            (
                ("I tell you", "champion DIG"),
                ("Every policy knows", "champion POL"),
                ("My premium changes", "champion UND"),
                ("My broker hears of it", "champion BRK"),
            ),
        ),
    )
    for title, purpose, owner, steps in plans:
        wishes = [StepWish(step, _seat(cast, seat) if isinstance(seat, str) else seat) for step, seat in steps]
        journeys.draw(title=title, purpose=purpose, seat=_seat(cast, owner), steps=wishes, by=cast.lead, now=now)


def _define(cast: Cast, defined: dict[str, Metric], now: datetime) -> None:
    for title, unit, better, seat, meaning, _values, _target in METRICS:
        defined[title] = metrics.define(
            title=title, unit=unit, better=better, meaning=meaning, seat=_seat(cast, seat), by=cast.lead, now=now
        )


def _observe(cast: Cast, defined: dict[str, Metric], number: int, now: datetime) -> None:
    for title, _unit, _better, _seat_key, _meaning, values, _target in METRICS:
        metrics.observe(metric=defined[title], on=now.date(), value=values[number], by=cast.lead, now=now)


def _aim(cast: Cast, defined: dict[str, Metric], now: datetime) -> None:
    for title, _unit, _better, _seat_key, _meaning, values, target in METRICS:
        if target is not None:
            metrics.set_goal(
                metric=defined[title],
                baseline=values[0],
                target=target,
                due_on=(now + timedelta(days=200)).date(),
                by=cast.lead,
                now=now,
            )
