"""How often a council meets at least: a missed cadence is owed by its secretary, until a meeting is called."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.recurrence import WEEKLY, Rule
from councils.services import cadence, meetings, moving, series
from governance.clauses import AS_BEFORE, Cadence, Rules
from governance.models import Charter, Duty, DutyKind, JournalEntry, SeatKind
from governance.services import charters
from tests.factories import EPOCH, Chamber

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture
def chamber(town, council):
    under(town, 4)
    return council


def under(town, weeks: int, charter: Charter | None = None) -> None:
    rules = replace(town.rules, cadence=Cadence(weeks))
    version = charters.draft(title="", charter=charter or town.charter, rules=rules, by=None, now=EPOCH)
    charters.ratify(version=version, by=None, now=EPOCH)


def owed(chamber) -> Duty | None:
    return Duty.objects.filter(subject_id=chamber.council.pk, kind=DutyKind.CALL_MEETING, closed_at=None).first()


def test_a_council_that_has_not_met_in_time_owes_a_meeting_and_its_secretary_owes_calling_it(chamber):
    cadence.settle(EPOCH + 4 * WEEK)
    assert owed(chamber) is None
    late = EPOCH + 4 * WEEK + timedelta(days=1)
    assert cadence.settle(late) >= 1
    duty = owed(chamber)
    assert duty.seat.kind == SeatKind.SECRETARY
    assert duty.overseer_id == chamber.council.pk
    assert duty.due_on > late.date()
    entry = JournalEntry.objects.get(event="councils.cadence.missed", subject=chamber.council.pk)
    assert entry.facts["weeks"] == 4
    assert cadence.settle(late) == 0


def test_a_planned_meeting_inside_the_cadence_keeps_it_quiet_and_a_later_one_does_not(chamber):
    late = EPOCH + 5 * WEEK
    by = chamber.secretary
    meetings.call(council=chamber.council, starts_at=late + 6 * WEEK, by=by, now=EPOCH)
    cadence.settle(late)
    assert owed(chamber) is not None
    meetings.call(council=chamber.council, starts_at=late + 2 * WEEK, by=by, now=late)
    assert owed(chamber) is None


def test_calling_the_meeting_off_again_opens_it_anew_the_next_day(chamber):
    late = EPOCH + 5 * WEEK
    cadence.settle(late)
    meeting = meetings.call(council=chamber.council, starts_at=late + WEEK, by=chamber.secretary, now=late)
    assert owed(chamber) is None
    meetings.call_off(meeting=meeting, reason="Illness.", by=chamber.secretary, now=late)
    cadence.settle(late + timedelta(days=1))
    assert owed(chamber) is not None


def test_a_meeting_that_was_held_begins_the_weeks_anew_and_one_that_was_only_planned_does_not(chamber):
    late = EPOCH + 5 * WEEK
    cadence.settle(late)
    moving.call_now(council=chamber.council, by=chamber.secretary, now=late)
    assert owed(chamber) is None
    cadence.settle(late + 4 * WEEK)
    assert owed(chamber) is None
    cadence.settle(late + 5 * WEEK)
    assert owed(chamber) is not None


def test_a_series_keeps_the_cadence(chamber):
    late = EPOCH + 5 * WEEK
    cadence.settle(late)
    series.begin(
        council=chamber.council, rule=Rule(WEEKLY, weekdays=(0,)), starts_on=late.date(), at=time(9),
        by=chamber.secretary, now=late,
    )  # fmt: skip
    assert owed(chamber) is None
    cadence.settle(late + timedelta(days=1))
    assert owed(chamber) is None


def test_charters_from_before_there_was_a_cadence_set_none():
    stored = Rules().to_json()
    del stored["cadence"]
    assert Rules.from_json(stored).cadence == AS_BEFORE["cadence"] == Cadence(0)


def test_a_new_charter_counts_from_the_day_on_which_it_holds(town, chamber):
    late = EPOCH + 30 * WEEK
    rules = replace(town.rules, cadence=Cadence(3))
    version = charters.draft(title="", charter=town.charter, rules=rules, by=None, now=late)
    charters.ratify(version=version, by=None, now=late)
    cadence.settle(late + timedelta(days=1))
    assert owed(chamber) is None


def test_the_statements_do_not_grow_with_the_councils(town, chamber):
    now = EPOCH + timedelta(days=1)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            cadence.settle(now)
        return len(seen)

    few = statements()
    for number in range(5):
        Chamber(town, name=f"Squad{number} Council", size=3)
    assert statements() == few


def test_week_after_week_nothing_is_called_twice(chamber):
    found = series.begin(
        council=chamber.council, rule=Rule(WEEKLY, weekdays=(0,), until=date(2026, 12, 31)), starts_on=EPOCH.date(),
        at=time(9), by=chamber.secretary, now=EPOCH,
    )  # fmt: skip
    for week in range(12):
        series.call_ahead(EPOCH + week * WEEK)
    slots = list(found.meetings.values_list("slot", flat=True))
    assert len(slots) == len(set(slots))
    assert max(slots).date() <= date(2026, 12, 31)
    found.refresh_from_db()
    assert found.next_slot is None
