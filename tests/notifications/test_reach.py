"""When a person may be mailed: their own hours, their own days, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reach import Hours, mail_at, next_digest, next_moment, wait_before

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def is_weekday(day: date) -> bool:
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
    found = next_moment(local.astimezone(UTC), Hours("Europe/Amsterdam"), is_weekday)
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
        return is_weekday(day) and day not in free

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


@pytest.mark.parametrize("cadence", ["daily", "weekly", "at_once"])
@pytest.mark.parametrize("is_urgent", [False, True])
def test_without_a_calendar_every_day_is_a_working_day(cadence: str, is_urgent: bool) -> None:
    arose = now = datetime(2026, 11, 10, 10, tzinfo=UTC)
    asked = 0
    while (at := mail_at(now, arose, Hours(cadence=cadence), lambda _day: False, is_urgent=is_urgent)) > now:
        now, asked = at + timedelta(seconds=10), asked + 1  # the drain that comes a little after that moment
        assert asked < 3, "it is not put off by being looked at"
    assert now - arose < timedelta(days=8)


def test_each_failed_attempt_waits_longer_and_never_more_than_four_hours() -> None:
    waits = [wait_before(attempt) for attempt in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert max(waits) <= timedelta(hours=4)


@pytest.mark.parametrize(
    ("arose", "cadence", "weekday", "goes"),
    [
        ("2026-11-17T09:04", "daily", 0, "2026-11-17T09:05"),
        ("2026-11-17T09:05", "daily", 0, "2026-11-17T09:05"),
        ("2026-11-17T09:06", "daily", 0, "2026-11-18T09:05"),
        ("2026-11-20T17:00", "daily", 0, "2026-11-23T09:05"),
        # The clocks go back on Sunday 25 October and forward on Sunday 28 March: nine is nine on the wall.
        ("2026-10-23T20:00", "daily", 0, "2026-10-26T09:05"),
        ("2027-03-26T20:00", "daily", 0, "2027-03-29T09:05"),
        ("2028-02-28T20:00", "daily", 0, "2028-02-29T09:05"),
        ("2026-12-31T20:00", "daily", 0, "2027-01-01T09:05"),
        ("2026-11-17T09:06", "weekly", 1, "2026-11-24T09:05"),
        ("2026-11-16T10:00", "weekly", 1, "2026-11-17T09:05"),
        ("2026-11-16T10:00", "weekly", 5, "2026-11-23T09:05"),  # a Saturday: the Monday after
        ("2026-11-21T10:00", "weekly", 5, "2026-11-23T09:05"),  # moved already, and still to come
    ],
)
def test_a_digest_goes_a_little_after_its_hour_on_the_readers_working_days(
    arose: str, cadence: str, weekday: int, goes: str
) -> None:
    hours = Hours("Europe/Amsterdam", cadence=cadence, weekday=weekday)
    moment = datetime.fromisoformat(arose).replace(tzinfo=AMSTERDAM)
    found = next_digest(moment.astimezone(UTC), hours, is_weekday)
    assert found.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M") == goes
    assert mail_at(moment.astimezone(UTC), moment.astimezone(UTC), hours, is_weekday) == found


@pytest.mark.parametrize(
    ("now", "arose", "is_urgent", "goes"),
    [
        ("2026-11-17T10:00", "2026-11-17T08:00", False, "2026-11-17T10:00"),  # its digest has passed: late, today
        ("2026-11-17T20:00", "2026-11-17T08:00", False, "2026-11-18T09:05"),  # and never in the evening
        ("2026-11-22T10:00", "2026-11-17T08:00", False, "2026-11-23T09:05"),  # nor on a Sunday
        ("2026-11-17T08:59", "2026-11-17T08:59", True, "2026-11-17T09:05"),  # the digest is near
        ("2026-11-17T08:30", "2026-11-17T08:30", True, "2026-11-17T08:30"),
        ("2026-11-17T18:00", "2026-11-17T18:00", True, "2026-11-18T08:00"),
    ],
)
def test_what_is_late_and_what_is_urgent(now: str, arose: str, is_urgent: bool, goes: str) -> None:
    at, since, wanted = (
        datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC) for text in (now, arose, goes)
    )
    assert mail_at(at, since, Hours("Europe/Amsterdam"), is_weekday, is_urgent=is_urgent) == wanted


@given(
    now=st.integers(0, 2 * 366 * 86400).map(
        lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    ),
    before=st.integers(0, 20 * 86400),
    zone=st.sampled_from(["Europe/Amsterdam", "Asia/Hong_Kong", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]),
    hours=st.tuples(st.integers(0, 23), st.integers(1, 24), st.integers(0, 23), st.integers(0, 6)),
    cadence=st.sampled_from(["daily", "weekly", "at_once"]),
    holidays=st.sets(st.integers(-10, 40)),
)
def test_whatever_was_chosen_no_mail_at_night_or_on_a_day_off(
    now: datetime, before: int, zone: str, hours: tuple[int, int, int, int], cadence: str, holidays: set[int]
) -> None:
    since, length, digest, weekday = hours
    chosen = Hours(zone, since, min(24, since + length), digest, cadence, weekday)
    free = {now.date() + timedelta(days=ahead) for ahead in holidays}

    def works(day: date) -> bool:
        return is_weekday(day) and day not in free

    found = mail_at(now, now - timedelta(seconds=before), chosen, works)
    local = found.astimezone(ZoneInfo(zone))
    assert found >= now
    assert works(local.date())
    assert chosen.since <= local.hour < chosen.until
    # Asked again at that moment it is due: what waits for a digest is not put off by being looked at.
    assert mail_at(found, now - timedelta(seconds=before), chosen, works) == found
