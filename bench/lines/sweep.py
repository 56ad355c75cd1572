"""The sweep: 100,000 open duties of which 1,000 are due, beside hand-written statements over sets.

A second figure is how long a sweep takes with 1,000,000 duties stored, equally many due: what is closed or far off must
cost nothing. Each round is taken back, so that every round meets the same rows; neither side pays for the commit.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from bench.run import Figure, statements
from governance.models import Calendar, Duty, Firing, Organisation, SeatKind
from governance.queries.calendars import calendar_of_seat
from governance.queries.seats import cx_lead_seat
from governance.services import departments, organisation, people, seats
from governance.services.duties import default_rules
from governance.sql import ladders
from notifications.models import Message
from notifications.services.sweep import sweep
from notifications.sql import stamp

FOUNDED, NOW = datetime(2026, 11, 2, 8, tzinfo=UTC), datetime(2026, 11, 9, 9, tzinfo=UTC)
DUE, FAR = date(2026, 11, 11), date(2027, 3, 1)
OPEN, STORED, ONE_IN = 100_000, 1_000_000, 100
PLACES, ROUNDS = 50, 5
GOAL, GOAL_GROWTH = 3.0, 1.2

_SUBJECTS = """
INSERT INTO governance_subject (kind, reference, title, audience_id, created_at)
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %s)
SELECT 'action', 'ACT-9' || n, 'Promise ' || n, NULL, %s FROM number
"""

_DUTIES = """
INSERT INTO governance_duty (subject_id, kind, seat_id, calendar_id, charter_version_id, opened_at, due_on, rung,
                             paused_from, turn, height, closed_at, closed_as)
SELECT thing.id, %s, place.id, {calendar}, {version}, %s,
       CASE WHEN thing.id %% {one_in} = 0 AND %s = 'keep' THEN {due} ELSE {far} END, 0, 0, 0, 0, {closed}, %s
  FROM governance_subject AS thing
  JOIN (SELECT seat.subject_id AS id, row_number() OVER (ORDER BY seat.subject_id) - 1 AS n
          FROM governance_seat AS seat WHERE seat.kind = 'champion') AS place ON place.n = thing.id %% {places}
 WHERE thing.reference LIKE 'ACT-9%%'
"""


def run(folder: Path) -> list[Figure]:
    calendar = _place(folder)
    _owe(calendar, "keep")
    _ready(calendar)
    by_hand = statements("sweep")
    size = _same(by_hand)
    ours, limit = _best(_by_us), _best(lambda: _by_hand(by_hand))
    print(f"sweep: ours {ours * 1000:.1f} ms, by hand {limit * 1000:.1f} ms, {size} due of {OPEN} open")
    for number in range((STORED - OPEN) // OPEN):
        kind = ("verify", "accept", "answer", "check", "weigh")[number] if number < 5 else "keep"
        _owe(calendar, kind, closed=number >= 5)
    _ready(calendar)
    again, grown = _best(_by_us), Duty.objects.count()
    print(f"sweep_growth: {again * 1000:.1f} ms with {grown} stored")
    return [
        _figure("sweep", ours, limit, size, GOAL),
        _figure("sweep_growth", again, ours, grown, GOAL_GROWTH),
    ]


def _figure(name: str, ours: float, limit: float, size: int, goal: float) -> Figure:
    return Figure(
        name=name, ours=round(ours * 1000, 2), limit=round(limit * 1000, 2), unit="ms", ratio=round(ours / limit, 2),
        size=size, goal=goal,
    )  # fmt: skip


def _place(folder: Path) -> Calendar:
    """An organisation of fifty champions, each of a department of their own."""
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["NAME"] = str(folder / "sweep.sqlite3")
    call_command("migrate", verbosity=0)
    if not Organisation.objects.exists():
        organisation.start(
            name="Large", zone="UTC", currency="EUR", country="", now=FOUNDED, email="lead@large.example",
            person_name="Lead", password="correct-horse-battery-7",
        )  # fmt: skip
    for number in range(PLACES):
        place = departments.create(code=f"S{number}", name=f"Sweep {number}", by=None, now=FOUNDED)
        person = people.add(email=f"sweep{number}@large.example", name=f"Sweep {number}", by=None, now=FOUNDED)
        seat = seats.found(kind=SeatKind.CHAMPION, department=place, by=None, now=FOUNDED, title=f"Champion {number}")
        seats.seat_person(seat=seat, person=person, by=None, now=FOUNDED)
    Duty.objects.filter(closed_at=None).update(closed_at=FOUNDED, closed_as="bench", next_at=None)
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, [OPEN, stamp(FOUNDED)])
    sweep(FOUNDED)  # what was founded is heard before anything is measured
    return calendar_of_seat(cx_lead_seat())


def _owe(calendar: Calendar, kind: str, *, closed: bool = False) -> None:
    """100,000 duties of a kind; of promises that are open one in a hundred is due."""
    statement = _DUTIES.format(
        calendar=calendar.pk, version=default_rules().pk, one_in=ONE_IN, places=PLACES,
        due=_day(FAR if closed else DUE), far=_day(FAR), closed=_moment(FOUNDED) if closed else "NULL",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [kind, stamp(FOUNDED), kind, "kept" if closed else ""])


def _ready(calendar: Calendar) -> None:
    ladders.schedule_calendar(calendar.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _day(day: date) -> str:
    return f"DATE '{day}'" if connection.vendor == "postgresql" else f"'{day}'"


def _moment(moment: datetime) -> str:
    cast = "::timestamptz" if connection.vendor == "postgresql" else ""
    return f"'{stamp(moment)}'{cast}"


def _by_us() -> None:
    sweep(NOW)


def _by_hand(by_hand: dict[str, str]) -> None:
    on_postgresql = connection.vendor == "postgresql"
    made = "jsonb_build_object" if on_postgresql else "json_object"
    words = {
        "now": _moment(NOW),
        "no": "FALSE" if on_postgresql else "0",
        "facts": f"{made}('position', fell.position, 'target', fell.target, 'due_on', duty.due_on, 'turn', 0)",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("fire", "say", "move"):
            cursor.execute(by_hand[name].format(**words))


def _best(way: Callable[[], None]) -> float:
    best = float("inf")
    for number in range(ROUNDS + 1):
        with transaction.atomic():
            began = perf_counter()
            way()
            took = perf_counter() - began
            transaction.set_rollback(True)
        best = min(best, took) if number else best
    return best


def _same(by_hand: dict[str, str]) -> int:
    """Both ways leave the same behind, else the figures say nothing; how many fell."""

    def left(way: Callable[[], None]) -> tuple[list[Any], list[Any], list[Any]]:
        with transaction.atomic():
            way()
            found = (
                list(Firing.objects.order_by("duty_id").values_list("duty_id", "position", "target", "due_on")),
                list(Message.objects.order_by("duty_id").values_list("occurrence", "seat_id", "kind", "facts")),
                list(
                    Duty.objects.filter(closed_at=None, rung__gt=0).order_by("pk").values_list("pk", "rung", "next_at")
                ),
            )
            transaction.set_rollback(True)
        return found

    ours, limit = left(_by_us), left(lambda: _by_hand(by_hand))
    if ours != limit:
        raise AssertionError("the limit did not leave what we leave, so the figures say nothing")
    return len(ours[0])
