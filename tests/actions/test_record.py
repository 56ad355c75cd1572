"""The promise record: by department for whoever sees the work, of oneself for oneself; against rows read slowly."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from actions.models import ActionItem, DateRequest, Promise
from actions.queries import record
from actions.queries.record import Entry
from actions.reliability import Verdict
from actions.services import handover, items, returning
from governance.models import Department, Duty, DutyKind, Person, Seat, SeatKind
from governance.services import people, seats
from tests.factories import EPOCH, Town

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 13)
CHECKED = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
"""December: what came to its end in November is counted."""


class Year:
    """Departments whose seats promised for 13 November; ``kept`` and ``late`` say what became of it."""

    def __init__(self) -> None:
        self.town = Town(renewals=2)
        self.council = self.town.council_of_nine().council
        self.made = 0

    def seat(self, department: Department) -> tuple[Seat, Person]:
        self.made += 1
        person = self.town.person(f"Doer {self.made}")
        return self.town.seat(SeatKind.OTHER, department, person, title=f"Seat {self.made}"), person

    def promise(self, seat: Seat, person: Person, **fields) -> ActionItem:
        action = items.create(
            title="Text", seat=seat, council=self.council, proof="Four.", by=self.town.lead, now=EPOCH, **fields
        )
        return items.accept(action=action, promised_on=DUE, by=person, now=EPOCH)

    def finish(self, action: ActionItem, person: Person, day: int) -> None:
        now = EPOCH + timedelta(days=day - 2)
        items.add_evidence(action=action, title="e", kind="note", by=person, now=now)
        items.say_done(action=action, by=person, now=now)

    def department(self, department: Department, *, people: int, kept: int = 0, late: int = 0) -> list[Person]:
        """``kept`` and ``late`` promises a person, done on the 12th and on the 16th."""
        doers = [self.seat(department) for _number in range(people)]
        for seat, person in doers:
            for day in [12] * kept + [16] * late:
                self.finish(self.promise(seat, person), person, day)
        return [person for _seat, person in doers]

    def row(self, department: Department, viewer: Person | None = None) -> record.Row:
        rows = record.of_departments(viewer or self.town.lead, CHECKED).rows
        return next(row for row in rows if row.department == department)


@pytest.fixture(autouse=True)
def in_december(monkeypatch):
    """Pages and programs ask the clock; here it is always December."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: CHECKED)


@pytest.fixture
def year() -> Year:
    return Year()


def slow(viewer: Person) -> dict[str, int]:
    """Verdicts from rows alone, where the chain is simple: first date, when another was asked for, when done."""
    found = {"kept": 0, "renegotiated": 0, "short": 0, "missed": 0}
    for action in ActionItem.objects.visible_to(viewer, CHECKED):
        days = list(Promise.objects.filter(action=action).order_by("number"))
        if not days:
            continue
        asked = [DateRequest.objects.filter(promise=one).order_by("asked_on").first() for one in days]
        done = action.done_on if action.state in ("done", "verified") else None
        silent = any(
            (one is None or one.asked_on > day.due_on) and (done or CHECKED.date()) > day.due_on
            for day, one in zip(days, asked, strict=True)
        )
        if silent:
            found["missed"] += 1
        elif done is None:
            continue
        elif done <= days[0].due_on:
            found["kept"] += 1
        elif done <= days[-1].due_on and all(
            one is not None and (day.due_on - one.asked_on).days >= 2
            for day, one in zip(days[:-1], asked, strict=False)
        ):
            found["renegotiated"] += 1
        else:
            found["short"] += 1
    return found


def test_a_departments_figures_are_those_that_a_slow_reading_finds(year: Year) -> None:
    claims = year.town.claims
    year.department(claims, people=4, kept=2, late=1)
    seat, person = year.seat(claims)
    for asked, done in ((5, 20), (12, 20), (16, 20), (5, 30), (5, 11)):
        action = year.promise(seat, person)
        at = EPOCH + timedelta(days=asked - 2)
        items.ask_for_time(action=action, due_on=date(2026, 11, 25), reason="r", by=person, now=at)
        items.answer_date(action=action, answer="approved", by=year.town.heads[claims.pk], now=at)
        year.finish(action, person, done)
    year.promise(seat, person)  # never done
    figures = year.row(claims).figures
    assert figures is not None
    expected = {"kept": 9, "renegotiated": 1, "short": 1, "missed": 7}
    assert slow(year.town.lead) == expected
    assert {name: getattr(figures, name) for name in expected} == expected
    assert figures.counted == 18
    assert figures.median_slip == 1.5
    assert year.row(claims).open == 1


def test_said_done_in_time_and_sent_back_after_the_day_is_no_silence(year: Year) -> None:
    seat, person = year.seat(year.town.claims)
    action = year.promise(seat, person)
    year.finish(action, person, 13)
    clerk = Duty.objects.get(subject_id=action.pk, kind=DutyKind.VERIFY, closed_at=None).seat.tenures.get().person
    items.verify(action=action, finding="refused", note="Two lack.", by=clerk, now=EPOCH + timedelta(days=16))
    (entry,) = record.entries(ActionItem.objects.all(), CHECKED, record.window(CHECKED))
    assert entry.judged.verdict is Verdict.OPEN
    year.finish(action, person, 20)
    (entry,) = record.entries(ActionItem.objects.all(), CHECKED, record.window(CHECKED))
    assert (entry.judged.verdict, entry.judged.slip) == (Verdict.SHORT, 7)


def test_too_few_people_or_promises_are_not_told_and_take_the_next_with_them(year: Year) -> None:
    town = year.town
    year.department(town.claims, people=6, kept=2)
    year.department(town.digital, people=5, kept=2)
    few = year.department(town.legal, people=1, late=3)
    found = record.of_departments(town.lead, CHECKED)
    assert {row.department.name: row.figures is not None for row in found.rows} == {
        "Claims": True, "Digital & App": False, "Legal & Compliance": False,
    }  # fmt: skip
    assert found.total is not None
    assert found.total.counted == 25
    page = _page(town.lead, "/promise-record/")
    assert page.count("Too few to tell") == 2
    assert few[0].name not in page
    reply = _api(town.lead).get("/api/v1/promise-record/").json()
    assert [one["figures"] is None for one in reply["departments"]] == [False, True, True]
    assert reply["period"] == {"first": "2025-12-01", "last": "2026-11-30"}


def test_nothing_narrows_the_figures_so_no_two_of_them_can_be_subtracted(year: Year) -> None:
    year.department(year.town.claims, people=5, kept=2)
    whole = _api(year.town.lead).get("/api/v1/promise-record/").json()
    for narrowed in ("?first=2026-11-10", "?department=DEP-1002", "?from=2026-11-01&until=2026-11-12", "?seat=SEAT-1"):
        assert _api(year.town.lead).get(f"/api/v1/promise-record/{narrowed}").json() == whole


def test_figures_change_with_the_month_and_not_with_each_promise(year: Year) -> None:
    year.department(year.town.claims, people=5, kept=2)
    assert record.of_departments(year.town.lead, EPOCH + timedelta(days=20)).total is None, "November is not over"
    assert year.row(year.town.claims).figures is not None


def test_a_department_below_is_a_row_of_its_own_and_in_no_sum_but_the_total(year: Year) -> None:
    below = year.town.department("CLM-N", "Claims North", year.town.claims)
    year.department(year.town.claims, people=5, kept=2)
    year.department(below, people=5, kept=3)
    assert (year.row(year.town.claims).figures.counted, year.row(below).figures.counted) == (10, 15)


def test_only_what_the_reader_sees_is_counted(year: Year) -> None:
    town = year.town
    year.department(town.claims, people=5, kept=2)
    head, stranger = town.heads[town.claims.pk], town.champions[town.legal.pk]
    assert record.of_departments(head, CHECKED).total is not None
    seen = record.of_departments(stranger, CHECKED)
    assert (list(seen.rows), seen.total) == ([], None)
    assert "No promise has come to its end yet" in _page(stranger, "/promise-record/")


# --- of oneself ----------------------------------------------------------------------------------------------------


def test_ones_own_record_is_for_oneself_and_that_of_others_is_not_there(year: Year) -> None:
    (person,) = year.department(year.town.claims, people=1, kept=2, late=2)
    path = f"/people/{person.pk}/promise-record/"
    page = _page(person, path)
    assert "Of 4 promises: 2 kept the first time" in page
    assert "3 days after the first date" in page
    reply = _api(person).get(f"/api/v1{path}").json()
    assert (reply["figures"]["kept"], reply["figures"]["missed"]) == (2, 2)
    assert path in _page(person, f"/people/{person.pk}/")
    others = [year.town.lead, year.town.sponsor, year.town.heads[year.town.claims.pk]]
    for other in others:
        assert _browser(other).get(path).status_code == 404
        assert _api(other).get(f"/api/v1{path}").status_code == 404
        assert path not in _page(other, f"/people/{person.pk}/")


def test_two_of_ones_own_are_listed_and_too_few_to_tell(year: Year) -> None:
    (person,) = year.department(year.town.claims, people=1, kept=2)
    mine = record.of_oneself(person, CHECKED)
    assert (mine.figures, len(mine.entries)) == (None, 2)


def test_the_record_belongs_to_the_tenure(year: Year) -> None:
    """Whoever left before the day is not charged with it, and the successor not with a date that was not theirs."""
    claims = year.town.claims
    seat, leaver = year.seat(claims)
    action, other = year.promise(seat, leaver), year.promise(seat, leaver)
    year.finish(other, leaver, 5)
    seats.leave(seat=seat, by=year.town.lead, now=EPOCH + timedelta(days=7))
    successor = year.town.person("Suc Cessor")
    at = EPOCH + timedelta(days=14)
    seats.seat_person(seat=seat, person=successor, by=year.town.lead, now=at)
    assert Duty.objects.filter(kind=DutyKind.TAKE_OVER, closed_at=None).exists()
    handover.take_over(seat=seat, restated={action.pk: date(2026, 11, 20)}, by=successor, now=at)
    year.finish(action, successor, 20)
    now = CHECKED
    found = sorted(_told(entry) for entry in record.entries(ActionItem.objects.all(), now, record.window(now)))
    assert found == [(leaver.pk, "kept"), (leaver.pk, "void"), (successor.pk, "kept")]
    assert [_told(entry) for entry in record.of_oneself(successor, now).entries] == [(successor.pk, "kept")]


def test_a_date_that_ran_on_after_its_givers_tenure_counts_for_the_department_alone(year: Year) -> None:
    seat, leaver = year.seat(year.town.claims)
    year.promise(seat, leaver)
    people.end_access(person=leaver, by=year.town.lead, now=EPOCH + timedelta(days=7))
    period = record.window(CHECKED)
    (whole,) = record.entries(ActionItem.objects.all(), CHECKED, period)
    (own,) = record.entries(ActionItem.objects.all(), CHECKED, period, to_tenure=True)
    assert (whole.judged.verdict, own.judged.verdict) == (Verdict.MISSED, Verdict.VOID)


def _told(entry: Entry) -> tuple[int, str]:
    return entry.person_id, str(entry.judged.verdict)


# --- what it takes -------------------------------------------------------------------------------------------------


def test_the_statements_do_not_grow_with_promises(year: Year) -> None:
    counts = []
    for _round in range(3):
        persons = year.department(year.town.claims, people=2, kept=1, late=1)
        with CaptureQueriesContext(connection) as all_of_it:
            record.of_departments(year.town.lead, CHECKED)
        with CaptureQueriesContext(connection) as mine:
            record.of_oneself(persons[0], CHECKED)
        counts.append((len(all_of_it), len(mine)))
    assert counts[0] == counts[1] == counts[2]


def _browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _page(person: Person, path: str) -> str:
    return _browser(person).get(path).text


def _api(person: Person) -> APIClient:
    program = APIClient()
    program.force_authenticate(person)
    return program


@pytest.mark.parametrize("by_customers", [False, True])
def test_a_kept_promise_stays_kept_when_the_action_is_reopened_and_promised_again(year: Year, by_customers) -> None:
    seat, person = year.seat(year.town.claims)
    action = year.promise(seat, person)
    year.finish(action, person, 12)
    secretary = year.council.memberships.get(seat__kind="secretary").seat.tenures.get().person
    at = EPOCH + timedelta(days=11)
    found = items.verify(action=action, finding="confirmed", by=secretary, now=at)
    if by_customers:
        assert returning.reopen(returning.Looked(action.pk, found.pk, 1, 9), at + timedelta(days=1))
    else:
        items.reopen(action=action, reason="It came back.", by=secretary, now=at + timedelta(days=1))

    def verdicts() -> list[str]:
        wide = record.Window(date(2026, 1, 1), date(2026, 12, 31))
        mine = ActionItem.objects.filter(pk=action.pk)
        return [str(one.judged.verdict) for one in record.entries(mine, CHECKED, wide)]

    assert verdicts() == ["kept"], "reopened, and no day is promised yet"
    items.set_date(action=action, due_on=date(2026, 12, 31), by=person, now=at + timedelta(days=2))
    assert verdicts() == ["kept", "open"]
