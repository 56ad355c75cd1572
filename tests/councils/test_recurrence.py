"""Rules of recurrence: what they say, which moments follow, and that two other libraries find the same ones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from councils import recurrence
from councils.invitations import REQUEST, Mailbox, Occasion, invitation
from councils.recurrence import LAST, MONTHLY, NTHS, WEEKLY, YEARLY, Rule, read
from governance.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (
    "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Shanghai", "Asia/Kolkata", "Australia/Lord_Howe",
    "Pacific/Auckland", "Africa/Casablanca", "UTC",
)  # fmt: skip


def first(rule: Rule, starts_on: date, at: time, many: int, zone: ZoneInfo = BERLIN) -> list[datetime]:
    begins = recurrence.first_day(rule, starts_on)
    return list(islice(recurrence.slots(rule, begins, at, zone), many))


def days(rule: Rule, starts_on: date, many: int) -> list[str]:
    return [slot.astimezone(BERLIN).date().isoformat() for slot in first(rule, starts_on, time(10), many)]


SENTENCES = [
    (Rule(WEEKLY, weekdays=(1,)), "Every week on Tuesday at 10:00", "FREQ=WEEKLY;BYDAY=TU"),
    (Rule(WEEKLY, 2, (0, 3)), "Every two weeks on Monday and Thursday at 10:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"),
    (Rule(WEEKLY, 3, (0, 1, 4)), "Every 3 weeks on Monday, Tuesday and Friday at 10:00",
     "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,FR"),
    (Rule(MONTHLY, weekdays=(1,), nth=3), "Every month on the third Tuesday at 10:00", "FREQ=MONTHLY;BYDAY=3TU"),
    (Rule(MONTHLY, 3, (4,), nth=LAST), "Every 3 months on the last Friday at 10:00",
     "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR"),
    (Rule(MONTHLY, day=15), "Every month on day 15 at 10:00", "FREQ=MONTHLY;BYMONTHDAY=15"),
    (Rule(MONTHLY, day=31), "Every month on the last day at 10:00",
     "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    (Rule(MONTHLY, day=30), "Every month on day 30, or the last day where there is none at 10:00",
     "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    (Rule(YEARLY, month=2, day=29), "Every year in February, on day 29, or the last day where there is none at 10:00",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
    (Rule(WEEKLY, weekdays=(1,), count=5), "Every week on Tuesday at 10:00, 5 times", "FREQ=WEEKLY;BYDAY=TU;COUNT=5"),
    (Rule(WEEKLY, weekdays=(1,), until=date(2027, 1, 31)), "Every week on Tuesday at 10:00, until 31 January 2027",
     "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270131"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "sentence", "text"), SENTENCES, ids=[row[2] for row in SENTENCES])
def test_a_rule_says_itself_in_words_and_as_text_and_is_read_back(rule, sentence, text):
    assert rule.sentence(time(10)) == sentence
    assert rule.text() == text
    assert read(text, date(2026, 11, 3)) == rule
    assert len(text) <= recurrence.LONGEST_TEXT


def test_every_two_weeks_stays_at_ten_across_both_changes_of_clocks():
    slots = first(Rule(WEEKLY, 2, (1,)), date(2026, 10, 13), time(10), 14)
    assert {slot.astimezone(BERLIN).time() for slot in slots} == {time(10)}
    assert {slot.hour for slot in slots} == {8, 9}


def test_the_31st_is_the_last_day_of_each_month_and_29_february_is_the_28th_in_other_years():
    assert days(Rule(MONTHLY, day=31), date(2027, 1, 1), 4) == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
    assert days(Rule(MONTHLY, day=30), date(2028, 1, 5), 3) == ["2028-01-30", "2028-02-29", "2028-03-30"]
    assert days(Rule(YEARLY, month=2, day=29), date(2027, 1, 1), 3) == ["2027-02-28", "2028-02-29", "2029-02-28"]


def test_an_hour_that_does_not_exist_is_held_later_and_one_that_comes_twice_the_first_time():
    sundays = Rule(WEEKLY, weekdays=(6,))
    spring = first(sundays, date(2027, 3, 28), time(2, 30), 1)[0]
    assert spring == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert spring.astimezone(BERLIN).time() == time(3, 30)
    autumn = first(sundays, date(2026, 10, 25), time(2, 30), 1)[0]
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_series_begins_on_the_first_of_its_own_days():
    assert recurrence.first_day(Rule(WEEKLY, 2, (1,)), date(2026, 11, 4)) == date(2026, 11, 10)
    assert recurrence.first_day(Rule(MONTHLY, 3, day=15), date(2026, 11, 16)) == date(2026, 12, 15)
    with pytest.raises(Invalid) as refused:
        recurrence.first_day(Rule(WEEKLY, weekdays=(1,), until=date(2026, 11, 5)), date(2026, 11, 4))
    assert refused.value.field == "until"


REFUSED = [
    ("FREQ=DAILY", "FREQ=DAILY"),
    ("FREQ=WEEKLY;BYHOUR=9", "BYHOUR"),
    ("FREQ=MONTHLY;BYDAY=5TU", "first to fourth, or last"),
    ("FREQ=MONTHLY;BYDAY=TU", "first to fourth, or last"),
    ("FREQ=MONTHLY;BYMONTHDAY=31", "without day 31"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", "BYMONTHDAY=1,15"),
    ("FREQ=MONTHLY;BYDAY=1MO,3MO", "BYDAY=1MO,3MO"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", "Monday"),
    ("FREQ=WEEKLY;INTERVAL=99;BYDAY=MO", "interval"),
    ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL=0"),
    ("FREQ=WEEKLY;COUNT=5;UNTIL=20270101", "not both"),
    ("FREQ=WEEKLY;UNTIL=tomorrow", "cannot be read"),
    ("FREQ=WEEKLY;FREQ=WEEKLY", "cannot be read"),
    ("every Tuesday", "cannot be read"),
    ("", "cannot be read"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[row[0] or "nothing" for row in REFUSED])
def test_a_rule_that_cannot_be_kept_is_refused_with_the_part_that_is_wrong(text, reason):
    with pytest.raises(Invalid, match=reason) as refused:
        read(text, date(2026, 11, 3))
    assert refused.value.field == "rule"


@given(st.text(alphabet="FREQWKLYMONTHDAIBPUSC=;,+-0123456789 ", max_size=60))
def test_whatever_is_sent_as_a_rule_is_read_or_refused(text):
    try:
        rule = read(f"FREQ={text}", date(2026, 11, 3))
    except Invalid:
        return
    assert read(rule.text(), date(2026, 11, 3)) == rule


WEEKDAYS = st.integers(0, 6)


@st.composite
def rules(draw) -> Rule:
    freq = draw(st.sampled_from([WEEKLY, MONTHLY, YEARLY]))
    month = draw(st.integers(1, 12)) if freq == YEARLY else 0
    interval = draw(st.integers(1, {WEEKLY: 6, MONTHLY: 4, YEARLY: 2}[freq]))
    if freq == WEEKLY:
        made = Rule(freq, interval, tuple(sorted(draw(st.sets(WEEKDAYS, min_size=1, max_size=4)))))
    elif draw(st.booleans()):
        made = Rule(freq, interval, (draw(WEEKDAYS),), nth=draw(st.sampled_from(NTHS)), month=month)
    else:
        longest = recurrence._longest(month) if month else 31
        made = Rule(freq, interval, day=draw(st.integers(1, 31) | st.sampled_from([29, 30, 31])), month=month)
        if made.day > longest:
            made = Rule(freq, interval, day=longest, month=month)
    count = draw(st.sampled_from([0, 0, 3, 40]))
    return Rule(made.freq, made.interval, made.weekdays, made.nth, made.day, made.month, count)


@settings(max_examples=50, deadline=None)
@example(Rule(WEEKLY, weekdays=(6,)), date(2027, 3, 28), time(2, 30), "Europe/Berlin", True)
@example(Rule(WEEKLY, weekdays=(6,)), date(2026, 10, 25), time(2, 30), "Europe/Berlin", False)
@given(
    rules(),
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)) | st.sampled_from([time(2, 30), time(1, 30)]),
    st.sampled_from(ZONES),
    st.booleans(),
)
def test_two_other_libraries_find_the_same_moments_in_our_invitations(rule, on, at, name, has_end):
    """Across changes of clocks, 29 February, the 31st; with and without an end."""
    zone = ZoneInfo(name)
    begins = recurrence.first_day(rule, on)
    if has_end and not rule.count:
        until = begins + timedelta(days=200)
        rule = Rule(rule.freq, rule.interval, rule.weekdays, rule.nth, rule.day, rule.month, 0, until)
    starts = recurrence.moment(begins, at, zone)
    line = starts + timedelta(days=900 if rule.freq == YEARLY else 400)
    ours = recurrence.between(rule, begins, at, zone, after=starts - timedelta(seconds=1), to=line)
    text = invitation(
        [Occasion("a@keep", 0, datetime.combine(begins, at, tzinfo=zone), 60, name, "Council", rule=rule)],
        method=REQUEST,
        organiser=Mailbox("Council", "keep@example.org"),
        reader=Mailbox("Li", "li@example.org"),
        stamp=starts,
    ).decode()
    wall = {slot.astimezone(zone) for slot in ours}
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(
        starts - timedelta(days=1), line + timedelta(hours=1)
    )
    theirs = sorted(one["DTSTART"].dt.astimezone(UTC) for one in found)
    assert [one for one in theirs if one <= line] == ours
    read_again = vobject.readOne(text).vevent.getrruleset(addRDate=True)
    naive = []
    for one in read_again:
        if one.replace(tzinfo=None) > line.astimezone(zone).replace(tzinfo=None):
            break
        naive.append(one.replace(tzinfo=None))
    exists = {datetime.combine(slot.date(), at) for slot in wall} | {slot.replace(tzinfo=None) for slot in wall}
    assert len(naive) == len(ours)
    assert set(naive) <= exists
