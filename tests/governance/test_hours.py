"""Person-time as people write it, and as it is shown."""

import pytest

from governance.hours import NotTime, parse_minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("7:30", 450), ("7.5", 450), ("7,5 h", 450), ("7", 420), ("7h", 420), ("30 min", 30), ("45 m", 45),
        ("7 h 30 min", 450), ("3 hours 5 minutes", 185), ("120 minutes", 120),
    ],
)  # fmt: skip
def test_hours_and_minutes_are_read_as_they_are_written(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "soon", "7 30", "7 30 min", "0.001"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(NotTime):
        parse_minutes(text)
