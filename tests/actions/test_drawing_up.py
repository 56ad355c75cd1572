"""The record as it is drawn up once a month: the same as what is found from the rows, whole or not at all, and fair."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem, DrawnEntry, RecordDraw, Response, Routing, Theme
from actions.queries import conduct, record
from actions.queries.drawn import drawn
from actions.queries.scope import Period
from actions.queries.trends import trends
from actions.services import drawing_up, themes
from governance import access
from governance.models import Department, Duty, DutyKind, Person
from governance.queries import personal
from governance.services import duties, subjects
from notifications.services.keeping import keep
from tests.actions.test_record import CHECKED, Year
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return Year()


def live(viewer: Person) -> record.RecordOfAll:
    """As it is found from the rows, whatever was drawn up."""

    def from_rows(viewer: Person, now: datetime, period: record.Window) -> list[record.Entry]:
        return record.entries(ActionItem.objects.visible_to(viewer, now), now, period, as_of=period.last)

    with mock.patch.object(record, "known", from_rows):
        return record.of_departments(viewer, CHECKED)


def by_name(viewer: Person) -> dict[str, record.Figures | None]:
    return {row.department.name: row.figures for row in live(viewer).rows if row.figures or not row.open}


def test_it_says_what_the_rows_say_for_everybody_who_looks(year: Year) -> None:
    town = year.town
    year.department(town.claims, people=6, kept=2, late=1)
    year.department(town.digital, people=5, kept=3)
    year.department(town.legal, people=2, kept=4)
    assert conduct.by_department(town.lead, CHECKED) is None, "nothing is told before it is drawn up"
    assert drawing_up.draw_up(CHECKED) is not None
    for viewer in (town.lead, town.sponsor, town.champions[town.claims.pk], town.person("Nobody In Particular")):
        told = conduct.by_department(viewer, CHECKED)
        expected = live(viewer)
        assert record.of_departments(viewer, CHECKED) == expected
        if told is None:
            assert not any(row.figures for row in expected.rows)
            continue
        assert {row.department: row.figures for row in told.rows} == by_name(viewer)
        assert told.figures == expected.total
    assert any(by_name(town.lead).values())
    assert conduct.by_department(town.champions[town.claims.pk], CHECKED) is not None


def test_what_happens_later_in_the_month_changes_nothing_and_the_next_month_is_drawn_anew(year: Year) -> None:
    town = year.town
    year.department(town.claims, people=6, kept=2)
    drawing_up.draw_up(CHECKED)
    before = conduct.by_department(town.lead, CHECKED)
    assert before is not None
    year.department(town.claims, people=6, kept=2)
    assert drawing_up.draw_up(CHECKED + timedelta(days=2)) is None, "once a month"
    assert conduct.by_department(town.lead, CHECKED + timedelta(days=2)) == before
    january = datetime(2027, 1, 4, 9, tzinfo=UTC)
    keep(january)
    after = conduct.by_department(town.lead, january)
    assert after is not None
    assert after.figures is not None
    assert before.figures is not None
    assert after.figures.counted == 2 * before.figures.counted
    assert RecordDraw.objects.count() == 1, "what was drawn up before is dropped"


def test_a_draw_that_was_cut_short_is_read_by_nobody_and_drawn_again(year: Year) -> None:
    town = year.town
    year.department(town.claims, people=6, kept=2)
    with mock.patch.object(drawing_up, "_keep", side_effect=RuntimeError), pytest.raises(RuntimeError):
        drawing_up.draw_up(CHECKED)
    assert DrawnEntry.objects.exists()
    assert conduct.by_department(town.lead, CHECKED) is None
    assert drawing_up.draw_up(CHECKED + timedelta(minutes=5)) is None, "somebody may still be at it"
    assert drawing_up.draw_up(CHECKED + timedelta(hours=2)) is not None
    told = conduct.by_department(town.lead, CHECKED)
    assert told is not None
    assert {row.department: row.figures for row in told.rows} == by_name(town.lead)


def test_until_the_next_is_whole_every_page_tells_of_the_months_that_were_drawn_up_last(year: Year) -> None:
    year.department(year.town.claims, people=6, kept=2)
    drawing_up.draw_up(CHECKED)
    january = datetime(2027, 1, 4, 9, tzinfo=UTC)
    lead = year.town.lead
    told = conduct.by_department(lead, january)
    assert told is not None
    assert record.of_departments(lead, january).period == trends(lead, january).period == told.period
    assert told.period.last == date(2026, 11, 30)
    assert record.of_departments(year.town.person("Nobody In Particular"), january).total is None


def test_a_draw_that_a_later_month_overtook_ends_quietly(year: Year) -> None:
    year.department(year.town.claims, people=5, kept=2)

    def overtaken(*_given: object) -> None:
        RecordDraw.objects.all().delete()
        assert drawing_up.draw_up(datetime(2027, 1, 4, 9, tzinfo=UTC)) is not None

    with mock.patch.object(drawing_up, "_keep", side_effect=[None]) as kept:
        kept.side_effect = lambda *given: overtaken() if kept.call_count == 1 else None
        assert drawing_up.draw_up(CHECKED) is None
    assert [one.last_on for one in RecordDraw.objects.all()] == [date(2026, 12, 31)]


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_it_is_the_same_in_whatever_parts_it_is_read(year: Year, batch: int) -> None:
    year.department(year.town.claims, people=5, kept=2)
    with mock.patch.object(drawing_up, "BATCH", batch):
        drawing_up.draw_up(CHECKED)
    assert DrawnEntry.objects.count() == 10


def test_reading_it_takes_one_statement(year: Year) -> None:
    year.department(year.town.claims, people=5, kept=2)
    drawing_up.draw_up(CHECKED)
    with CaptureQueriesContext(connection) as captured:
        conduct.by_department(year.town.lead, CHECKED)
    assert len(captured) == 1


# --- answers to what was heard ---------------------------------------------------------------------------------------


def slow_answers(viewer: Person, now: datetime, first: date, last: date) -> dict[str, Counter[bool]]:
    """Each department's answers that came to their end in those days, from duties and answers alone; in UTC."""
    found: dict[str, Counter[bool]] = {}
    for duty in Duty.objects.filter(kind="answer").select_related("department"):
        assert duty.due_on is not None
        given = Response.objects.filter(theme_id=duty.subject_id, department=duty.department).order_by("at").first()
        is_by_then = duty.closed_at is not None and duty.closed_at.date() <= duty.due_on
        if is_by_then and (given is None or duty.closed_as != "answered"):
            continue
        day = duty.closed_at.date() if is_by_then and duty.closed_at else duty.due_on + timedelta(days=1)
        is_over = is_by_then or (duty.closed_at or now).date() > duty.due_on
        if is_over and first <= day <= last and access.may_see(viewer, duty.subject_id, now):
            assert duty.department is not None
            found.setdefault(duty.department.name, Counter())[is_by_then] += 1
    return found


def test_answers_in_time_are_found_a_second_time_and_told_of_groups_alone(year: Year) -> None:
    town, day = year.town, EPOCH.date() + timedelta(days=7)
    places = (town.claims, town.digital, town.legal)
    for number in range(9):
        place = places[number % 3]
        subject = subjects.create("theme", title=f"Theme {number}", now=EPOCH, audience=[place.pk])
        theme = Theme.objects.create(subject=subject, name=f"Theme {number}")
        Routing.objects.create(theme=theme, department=place, heard=1, open_at_source=1, routed_at=EPOCH)
        duties.open_duty(
            subject_id=theme.pk, kind=DutyKind.ANSWER, seat=town.champion_seats[place.pk], department=place, now=EPOCH,
            due_on=day if number < 8 else date(2026, 12, 7),
        )  # fmt: skip
        # In time and late, and on the last day and the first one after it; not at all; before a day of the next month.
        after = (1, 7, 8, 40, None, 7, 8, None, 20)[number]
        if after is not None:
            at = EPOCH + timedelta(days=after)
            themes.answer(theme=theme, department=place, text="We will.", by=town.champions[place.pk], now=at)
    closed_without = Duty.objects.filter(kind="answer", closed_at=None, due_on=day).order_by("pk")[:1].get()
    duties.close_duty(
        subject_id=closed_without.subject_id, kind=DutyKind.ANSWER, department_id=closed_without.department_id,
        now=EPOCH + timedelta(days=2), outcome="nothing open",
    )  # fmt: skip
    drawing_up.draw_up(CHECKED)
    for viewer in (town.lead, town.sponsor, *town.champions.values()):
        told = drawn(viewer, CHECKED)
        assert told is not None
        counted: dict[str, Counter[bool]] = {}
        for one in told.answers:
            counted.setdefault(one.department, Counter())[one.judged.verdict == "kept"] += 1
        assert counted == slow_answers(viewer, CHECKED, told.first, told.last), viewer
        by_department = conduct.by_department(viewer, CHECKED)
        assert by_department is not None
        assert by_department.answers is None, "a handful, by three people"
        assert all(row.answers is None for row in by_department.rows)
    whole = slow_answers(town.lead, CHECKED, date(2025, 12, 1), date(2026, 11, 30))
    assert sum(some[True] for some in whole.values()) == 4
    assert sum(some[False] for some in whole.values()) == 4


def test_enough_answers_of_enough_people_are_told(year: Year) -> None:
    town = year.town
    draw = RecordDraw.objects.create(
        first_on=date(2025, 12, 1), last_on=date(2026, 11, 30), begun_at=CHECKED, drawn_at=CHECKED
    )
    people = [town.person(f"Answerer {number}") for number in range(6)]
    for number in range(12):
        DrawnEntry.objects.create(
            draw=draw, kind="answer", subject=town.claims.subject, department=town.claims, person=people[number % 6],
            verdict="kept" if number else "missed", given_on=EPOCH.date(), settled_on=EPOCH.date(),
        )  # fmt: skip
    told = conduct.by_department(town.lead, CHECKED)
    assert told is not None
    assert [(row.department, row.answers) for row in told.rows] == [("Claims", conduct.InTime(11, 12))]
    assert told.answers == conduct.InTime(11, 12)
    DrawnEntry.objects.filter(person=people[0]).update(person=people[1])
    DrawnEntry.objects.filter(person=people[2]).update(person=people[3])
    told = conduct.by_department(town.lead, CHECKED)
    assert told is not None
    assert told.rows[0].answers is None, "four people are too few"


# --- on the review ---------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_no_filter_and_no_two_filters_of_the_review_tell_of_conduct(year: Year, client_for, time_machine) -> None:
    town = year.town
    year.department(town.claims, people=6, kept=2, late=1)
    year.department(town.digital, people=5, kept=3)
    drawing_up.draw_up(CHECKED)
    time_machine.move_to(CHECKED, tick=False)
    client = client_for(town.lead)
    whole = client.get("/review/")
    assert whole.context["conduct"] == conduct.by_department(town.lead, CHECKED)
    for period in Period:
        assert client.get("/review/", {"period": period}).context["conduct"] == whole.context["conduct"]
    form = whole.context["form"]
    offered = [
        (name, value)
        for name, field in form.fields.items()
        if name != "period"
        for value, _label in field.widget.choices
        if value
    ]
    assert {name for name, _value in offered} == {"within", "council", "sponsor"}
    narrowed = [{name: value} for name, value in offered]
    narrowed += [{**one, name: value} for one in narrowed for name, value in offered if name not in one]
    for asked in narrowed:
        page = client.get("/review/", asked)
        assert page.context["conduct"] is None
        assert "Kept first promise" not in page.text
    assert len(narrowed) > 20


def test_an_entry_never_outlives_its_draw_and_stands_beside_nobodys_name(year: Year) -> None:
    year.department(year.town.claims, people=5, kept=2)
    drawing_up.draw_up(CHECKED)
    assert Department.objects.filter(pk=year.town.claims.pk).exists()
    RecordDraw.objects.all().delete()
    assert not DrawnEntry.objects.exists()


def test_no_copy_about_a_person_that_another_takes_says_what_became_of_their_promises(year: Year) -> None:
    year.department(year.town.claims, people=5, kept=1, late=1)
    drawing_up.draw_up(CHECKED)
    them = Person.objects.get(pk=DrawnEntry.objects.values_list("person_id", flat=True)[:1].get())

    def kinds(viewer: Person | None) -> set[str]:
        return {one["model"] for one in personal.export(them, viewer, CHECKED)["kept"]}

    assert "actions.drawnentry" in kinds(None), "the operator's copy has everything"
    assert "actions.drawnentry" in kinds(them)
    assert "actions.drawnentry" not in kinds(year.town.lead)
    listed = personal.places(them, personal.words_of(them), year.town.lead, CHECKED)
    assert "actions.drawnentry" not in {place.label for place in listed}
