"""What stands first on the home page, and where its reader looks next: by what they hold. Pure."""

from datetime import UTC, date, datetime

import pytest

from governance.models import DutyKind, SeatKind
from notifications.precedence import Group, Look, group_of, looks, order, waited

TODAY, HORIZON = date(2026, 11, 2), date(2026, 11, 16)


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        ([SeatKind.CX_SPONSOR], Group.ANSWERS),
        ([SeatKind.HEAD, SeatKind.CHAMPION], Group.ANSWERS),
        ([SeatKind.CHAIR], Group.ANSWERS),
        ([SeatKind.FINANCE_PARTNER], Group.ANSWERS),
        ([SeatKind.CHAMPION], Group.LATE),
        ([SeatKind.CHAMPION, SeatKind.MEMBER], Group.LATE),
        ([SeatKind.CX_LEAD], Group.LATE),
        ([], Group.LATE),
    ],
)
def test_who_answers_for_others_sees_their_questions_first_and_who_promised_what_is_late(kinds, first) -> None:
    assert order(kinds)[0] == first
    assert set(order(kinds)) == set(Group)
    # Help that is asked for never stands behind what merely is under way.
    assert order(kinds).index(Group.ASKED) < order(kinds).index(Group.SOON)


@pytest.mark.parametrize(
    ("kind", "is_late", "by", "executive", "champion"),
    [
        (DutyKind.VOTE, True, TODAY, Group.ANSWERS, Group.LATE),
        (DutyKind.RATIFY, False, TODAY, Group.ANSWERS, Group.ANSWERS),
        (DutyKind.APPROVE_DATE, False, None, Group.ANSWERS, Group.ANSWERS),
        (DutyKind.KEEP, True, TODAY, Group.LATE, Group.LATE),
        (DutyKind.KEEP, False, HORIZON, Group.SOON, Group.SOON),
        (DutyKind.KEEP, False, date(2026, 11, 17), Group.LATER, Group.LATER),
        (DutyKind.KEEP, False, None, Group.LATER, Group.LATER),
    ],
)
def test_a_late_answer_is_an_answer_to_whoever_answers_first(kind, is_late, by, executive, champion) -> None:
    for kinds, group in (([SeatKind.HEAD], executive), ([SeatKind.CHAMPION], champion)):
        assert group_of(kind, is_late=is_late, by=by, horizon=HORIZON, kinds=kinds) == group


def test_days_of_waiting_are_days_of_the_readers_calendar() -> None:
    asked = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # the first of November already in Amsterdam
    assert waited(asked, TODAY, "Europe/Amsterdam") == 1
    assert waited(asked, TODAY, "UTC") == 2
    assert waited(datetime(2026, 11, 2, 5, tzinfo=UTC), TODAY, "UTC") == 0


def test_where_one_looks_is_named_once_and_every_kind_of_seat_has_somewhere() -> None:
    assert looks([SeatKind.CHAIR, SeatKind.MEMBER]) == (Look.MEETINGS, Look.DECISIONS)
    assert all(looks([kind]) for kind in SeatKind)
    assert looks([])
