"""When a person may be mailed: their own hours, their own days, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reach import Hours, next_moment, wait_before

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("2026-11-17T09:30", "2026-11-17T09:30"),
        ("2026-11-17T08:00", "2026-11-17T08:00"),
        ("2026-11-17T06:00", "2026-11-17T08:00"),
        ("2026-11-17T18:00", "2026-11-18T08:00"),
        ("2026-11-20T22:00", "2026-11-23T08:00"),
        ("2026-11-21T10:00", "2026-11-23T08:00"),
        # The clocks go back on Sunday 25 October and forward on Sunday 28 March: eight is eight on the wall.
        ("2026-10-23T20:00", "2026-10-26T08:00"),
        ("2027-03-26T20:00", "2027-03-29T08:00"),
    ],
)
def test_a_mail_waits_for_the_readers_next_window(now: str, reached: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=AMSTERDAM)
    found = next_moment(local.astimezone(UTC), Hours("Europe/Amsterdam"), weekday)
    assert found.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M") == reached


@given(
    now=st.integers(0, 2 * 366 * 86400).map(
        lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    ),
    zone=st.sampled_from(["Europe/Amsterdam", "Asia/Hong_Kong", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]),
    since=st.integers(0, 23),
    length=st.integers(1, 24),
    holidays=st.sets(st.integers(0, 40)),
)
def test_no_mail_at_night_or_on_a_day_off(
    now: datetime, zone: str, since: int, length: int, holidays: set[int]
) -> None:
    hours = Hours(zone, since, min(24, since + length))
    free = {now.date() + timedelta(days=ahead) for ahead in holidays}

    def works(day: date) -> bool:
        return weekday(day) and day not in free

    found = next_moment(now, hours, works)
    local = found.astimezone(ZoneInfo(zone))
    assert found >= now
    assert works(local.date())
    # Where the clock jumps over the opening hour, the window opens when the jump is over.
    assert hours.since <= local.hour < hours.until
    assert found == now or (local.minute, local.second) in {(0, 0), (30, 0)}


def test_a_missing_calendar_silences_nobody() -> None:
    now = datetime(2026, 11, 17, 20, tzinfo=UTC)
    assert next_moment(now, Hours(), lambda _day: False) == datetime(2026, 11, 18, 8, tzinfo=UTC)


def test_each_failed_attempt_waits_longer_and_never_more_than_four_hours() -> None:
    waits = [wait_before(attempt) for attempt in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert max(waits) <= timedelta(hours=4)
