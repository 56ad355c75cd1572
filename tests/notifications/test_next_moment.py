"""All open duties recomputed by a slow independent path after random edits; and the edges of clocks and calendars."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.clauses import Ladder, Step
from governance.models import Calendar, CalendarDay, Duty, Firing, Seat
from governance.services import calendars, duties, people
from governance.services.calendars import opens_at
from governance.sql import ladders
from notifications.models import Message
from notifications.services.sweep import sweep
from tests.engines import examples
from tests.factories import Chamber, Town
from tests.notifications import next_moment_oracle as oracle
from tests.notifications.building import owe

DUE = date(2026, 11, 10)
FULL = Ladder(
    tuple(
        Step("keep", days, to)
        for days, to in ((-2, "owner"), (1, "champion"), (2, "head"), (5, "sponsor"), (7, "chair"), (8, "council"))
    ),
    cadence=10,
)
EDITS = ("date", "seat", "pause", "hasten", "calendar", "charter", "away", "close", "sweep", "sweep", "sweep")


class House:
    """Twelve duties of several seats, by two calendars, some confidential; edited through services."""

    def __init__(self, town: Town) -> None:
        self.town, self.now = town, town.now
        town.rule_anew(replace(town.rules, ladder=FULL))
        self.above = town.council_of_nine()
        below = Chamber(town, name="Squad", size=3, parent=self.above.council)
        quiet = Chamber(town, name="Zephyr", size=3, parent=self.above.council, confidential=True)
        usual = Calendar.objects.get()
        self.calendar = Calendar.objects.create(name="Elsewhere", zone="Asia/Kolkata", working_week="1111110")
        calendars.build(self.calendar, today=town.now.date())
        self.seats = [*town.champion_seats.values(), Seat.objects.get(kind="head", department=town.claims)]
        made = []
        for place, overseer in enumerate((None, below.council.pk, quiet.council.pk, self.above.council.pk)):
            for day in (DUE, DUE + timedelta(days=4), date(2026, 12, 31)):
                seat = self.seats[place]
                made += owe(town, 1, due_on=day, seat=seat, overseer_id=overseer,
                            calendar=self.calendar if day.day % 2 else usual)  # fmt: skip
        self.keys = [duty.pk for duty in made]
        self.overseers = [below.council.pk, quiet.council.pk, self.above.council.pk]

    def duty(self, number: int) -> Duty:
        return Duty.objects.get(pk=self.keys[number % len(self.keys)])

    def edit(self, what: str, number: int) -> None:
        duty = self.duty(number)
        if what == "sweep":
            self.sweep(number)
        elif what == "calendar":
            calendar = self.calendar if number % 2 else Calendar.objects.order_by("pk").first()
            calendar.working_week = ("1111100", "1111111", "1010100", "0111111")[number % 4]
            calendar.send_hour = (7, 9, 17)[number % 3]
            calendar.save()
            calendars.rebuild(calendar, today=self.town.now.date())
        elif what == "charter":
            self.town.now = self.now
            steps = FULL.steps[number % 3 :] if number % 4 else FULL.steps
            self.town.rule_anew(replace(self.town.rules, ladder=Ladder(steps, cadence=number % 30)))
        elif what == "away":
            person = self.town.champions[self.town.claims.pk]
            people.be_away(person=person, until=(self.now + timedelta(days=number % 9 + 1)).date(), by=person)
        elif duty.closed_at is not None:
            return
        elif what == "date":
            duties.move_due_day(duty, due_on=self.now.date() + timedelta(days=number % 40), now=self.now)
        elif what == "seat":
            duties.hand_on(duty, seat=self.seats[number % len(self.seats)])
        elif what == "pause":
            duties.pause(subject_id=duty.subject_id, to=self.now.date() + timedelta(days=number % 25))
        elif what == "hasten":
            body = self.overseers[number % 3]
            duties.hasten(subject_ids=[duty.subject_id], overseer_id=body, now=self.now)
        else:
            duties.close_all(subject_id=duty.subject_id, now=self.now, outcome="kept")

    def sweep(self, number: int) -> None:
        """The rungs that fall are those that the oracle says, and what is said goes to whom it says."""
        self.now += timedelta(days=number % 9, hours=number % 7)
        before = set(Firing.objects.values_list("pk", flat=True))
        mine = list(Duty.objects.filter(pk__in=self.keys))
        expected = {(duty.pk, *rung) for duty in mine for rung in oracle.falling(duty, self.now)}
        whom = {(pk, position): oracle.asked(Duty.objects.get(pk=pk), position) for pk, position, _to in expected}
        sweep(self.now)
        fell = Firing.objects.filter(duty__in=self.keys).exclude(pk__in=before)
        assert sorted(fell.values_list("duty_id", "position", "target")) == sorted(expected)
        for message in Message.objects.filter(duty__in=self.keys, created_at=self.now):
            key = (message.duty_id, message.facts["position"])
            if key in whom:
                assert message.seat_id == whom[key], message.kind

    def check(self) -> None:
        for duty in Duty.objects.filter(closed_at=None, due_on__isnull=False).select_related("calendar"):
            assert duty.next_at == oracle.next_at(duty), (duty, duty.rung)


def test_after_any_edits_each_duty_has_the_moment_that_is_found_day_by_day(town: Town) -> None:
    house, start = House(town), town.now
    house.check()

    @settings(
        max_examples=examples(15),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 400)), min_size=3, max_size=8))
    def edited(edits: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            house.now = town.now = start
            for what, number in edits:
                house.edit(what, number)
                house.check()
            transaction.set_rollback(True)

    edited()


def test_an_edited_calendar_is_one_update_over_duties(town: Town) -> None:
    owe(town, 40, due_on=DUE)
    calendar = Calendar.objects.get()
    with CaptureQueriesContext(connection) as captured:
        ladders.schedule_calendar(calendar.pk)
    assert [query["sql"].split()[:2] for query in captured.captured_queries] == [["UPDATE", "governance_duty"]]


@pytest.mark.parametrize(
    ("due_on", "falls"),
    [
        (date(2028, 2, 29), date(2028, 2, 25)),  # a Tuesday, two working days before
        (date(2028, 3, 2), date(2028, 2, 29)),
        (date(2027, 1, 1), date(2026, 12, 30)),  # New Year is off: before the working day that follows
        (date(2027, 1, 4), date(2026, 12, 30)),
        (date(2034, 12, 29), date(2034, 12, 27)),  # the calendar's last days
    ],
)
def test_leap_days_the_turn_of_the_year_and_the_calendars_end(town: Town, due_on: date, falls: date) -> None:
    (duty,) = owe(town, 1, due_on=due_on)
    assert duty.next_at == opens_at(ZoneInfo("Europe/Amsterdam"), falls, 9)
    assert duty.next_at == oracle.next_at(duty)


def test_what_lies_beyond_the_calendar_has_no_moment_until_the_calendar_reaches_on(town: Town) -> None:
    calendar = Calendar.objects.get()
    CalendarDay.objects.filter(calendar=calendar, day__gt=date(2026, 12, 31)).delete()
    (duty,) = owe(town, 1, due_on=date(2027, 3, 1))
    assert duty.next_at is None
    assert calendars.reach_on(today=town.now.date()) == 1
    duty.refresh_from_db()
    assert duty.next_at == oracle.next_at(duty) is not None
    assert calendars.reach_on(today=town.now.date()) == 0


def _changes(zone: ZoneInfo) -> set[date]:
    """The days of two years on which clocks change there, with those beside them."""
    found, before = set(), None
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    while moment.year < 2028:
        offset = moment.astimezone(zone).utcoffset()
        if before is not None and offset != before:
            day = moment.astimezone(zone).date()
            found |= {day - timedelta(days=1), day, day + timedelta(days=1)}
        before, moment = offset, moment + timedelta(days=1)
    return found


def test_the_hour_at_which_rungs_fall_is_right_where_clocks_change_in_every_zone() -> None:
    """The first instant at which a clock on that wall shows the hour or a later one: in a gap the gap's end, in a fold
    the first of the two. Found by walking in steps of five minutes."""
    tried = 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for day in sorted(_changes(zone)):
            for hour in (2, 9):
                moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
                while (local := moment.astimezone(zone)).date() < day or (local.date() == day and local.hour < hour):
                    moment += timedelta(minutes=5)
                assert opens_at(zone, day, hour) == moment, (name, day, hour)
                tried += 1
    assert tried > 1000
