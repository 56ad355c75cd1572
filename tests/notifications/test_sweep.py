"""Rungs fall when they are due, each once, and speak to whom they should."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from actions.services import items
from councils.models import AgendaItem
from councils.services import agenda
from governance.clauses import COUNCIL, HEAD, OWNER, SPONSOR, WARNING, Ladder, Rules, Step
from governance.errors import Conflict
from governance.models import Calendar, Duty, Firing, HelpRequest, JournalEntry, Seat, SubjectKind, Unheard, Unsealed
from governance.services import charters, duties, people, seats, subjects
from notifications.models import Message
from notifications.queries.upcoming import expected_by
from notifications.services.sweep import said_of, sweep
from notifications.sql.rungs import coming
from tests.factories import Chamber, Town
from tests.notifications.building import owe, working_days_after

DUE = date(2026, 11, 10)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in Amsterdam's winter."""
    return datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)


def days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(number)]


@pytest.fixture
def late(town: Town):
    """An action of Claims, promised for Tuesday 10 November, overseen by a council of nine."""
    chamber = town.council_of_nine()
    action = items.create(
        title="Letters in plain words",
        seat=town.champion_seats[town.claims.pk],
        council=chamber.council,
        proof="Ten letters read aloud by customers.",
        by=town.lead,
        now=town.now,
    )
    action = items.accept(action=action, promised_on=DUE, by=town.champions[town.claims.pk], now=town.now)
    sweep(town.now)
    return action, chamber


def test_the_ladder_asks_the_head_after_two_days_the_sponsor_after_five_the_council_after_eight(town, late) -> None:
    action, chamber = late
    said: dict[date, list[tuple[str, int]]] = {}
    for day in days(date(2026, 11, 3), 28):
        before = set(Message.objects.values_list("pk", flat=True))
        sweep(at(day, 8, 59))
        assert set(Message.objects.values_list("pk", flat=True)) == before, "nothing falls before nine"
        sweep(at(day))
        sweep(at(day))
        new = Message.objects.exclude(pk__in=before).filter(duty__kind="keep")
        if new:
            said[day] = [(message.kind, message.seat_id) for message in new]
    owner = town.champion_seats[town.claims.pk].pk
    head = Seat.objects.get(kind="head", department=town.claims).pk
    assert said == {
        working_days_after(DUE, -2): [("due_soon", owner)],
        working_days_after(DUE, 1): [("warning", owner)],
        working_days_after(DUE, 2): [("head", head)],
        working_days_after(DUE, 4): [("warning", owner)],
        working_days_after(DUE, 5): [("sponsor", town.sponsor_seat.pk)],
        working_days_after(DUE, 7): [("warning", owner)],
        working_days_after(DUE, 8): [("council", chamber.memberships[0].seat_id)],
    }
    item = AgendaItem.objects.get()
    assert (item.council, item.about, item.matter) == (chamber.council, action.subject, "late_action")
    assert item.raised_by is None
    duty = Duty.objects.get(subject=action.subject, kind="keep")
    assert (duty.closed_at, duty.rung, duty.next_at) == (None, 7, None), "what was promised is still owed"


def test_several_rungs_that_passed_fall_in_their_order_and_not_again(town, late) -> None:
    report = sweep(at(date(2026, 12, 1)))
    assert report.fell == Counter({OWNER: 1, WARNING: 3, HEAD: 1, SPONSOR: 1, COUNCIL: 1})
    assert report.agenda_items == 1
    fell = list(Firing.objects.filter(duty__kind="keep").order_by("pk").values_list("position", flat=True))
    assert fell == [1, 2, 3, 4, 5, 6, 7]
    assert not sweep(at(date(2026, 12, 1))).fell
    assert AgendaItem.objects.count() == 1


def test_a_rung_that_asks_for_help_is_recorded_and_sealed_a_reminder_is_not(town, late) -> None:
    action, _chamber = late
    sweep(at(date(2026, 12, 1)))
    entries = list(JournalEntry.objects.filter(event="notifications.rung.fell").order_by("pk"))
    assert [entry.facts["target"] for entry in entries] == [HEAD, SPONSOR, COUNCIL]
    assert {entry.subject_id for entry in entries} == {action.pk}
    assert Unsealed.objects.filter(entry__in=entries).count() == 3
    assert not Unheard.objects.exists()
    assert entries[0].mentions.get().subject.title == "Head of Claims"


def test_what_was_kept_closes_its_ladder(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    duties.close_all(subject_id=duty.subject_id, now=town.now, outcome="kept")
    assert not sweep(at(date(2026, 12, 1))).fell


def test_what_closed_between_two_sweeps_says_nothing_more(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    assert sweep(at(date(2026, 11, 12))).fell[HEAD] == 1
    duties.close_all(subject_id=duty.subject_id, now=at(date(2026, 11, 12)), outcome="kept")
    assert not sweep(at(date(2026, 12, 1))).fell


def test_without_a_date_there_is_no_ladder(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=None)
    assert duty.next_at is None
    assert not sweep(at(date(2027, 6, 1))).fell


def test_what_is_opened_without_a_day_has_none_and_no_ladder(town: Town) -> None:
    subject = subjects.create(SubjectKind.ACTION, title="Text", now=town.now, audience=[town.claims.pk])
    seat = town.champion_seats[town.claims.pk]
    duty = duties.open_duty(
        subject_id=subject.pk, kind="keep", seat=seat, now=town.now, rules=town.charter.versions.get()
    )
    assert (duty.due_on, duty.next_at) == (None, None)


def test_a_hold_pauses_the_ladder_and_ends_by_the_clock_one_rung_at_a_time(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    sweep(at(date(2026, 11, 6)))
    duties.pause(subject_id=duty.subject_id, to=date(2026, 11, 20))
    fell = {}
    for day in days(date(2026, 11, 7), 40):
        report = sweep(at(day))
        if report.fell:
            fell[day] = dict(report.fell)
    end = date(2026, 11, 20)
    # The warning was due on the 11th: it falls as the hold ends, and those above keep their distance from it.
    assert fell == {
        end: {WARNING: 1},
        working_days_after(end, 1): {HEAD: 1},
        working_days_after(end, 3): {WARNING: 1},
        working_days_after(end, 4): {SPONSOR: 1},
        working_days_after(end, 6): {WARNING: 1},
        working_days_after(end, 7): {COUNCIL: 1},
    }


def test_a_hold_that_ends_before_anything_was_due_moves_nothing(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    before = duty.next_at
    duties.pause(subject_id=duty.subject_id, to=date(2026, 11, 5))
    duty.refresh_from_db()
    assert duty.next_at == before


def test_another_date_keeps_the_rung_reached(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    sweep(at(date(2026, 11, 12)))
    duty.refresh_from_db()
    assert duty.rung == 3
    duties.move_due_day(duty, due_on=date(2026, 12, 1))
    assert not sweep(at(date(2026, 12, 4))).fell, "the head was asked already and is not asked again"
    assert sweep(at(working_days_after(date(2026, 12, 1), 5))).fell == Counter({WARNING: 1, SPONSOR: 1})
    assert Firing.objects.filter(duty=duty, target=HEAD).count() == 1


def test_nine_oclock_is_nine_oclock_on_both_sides_of_a_change_of_the_clock(town: Town) -> None:
    # The clocks go forward on Sunday 28 March 2027, Easter: the Friday before and the Monday after are off.
    (duty,) = owe(town, 1, due_on=date(2027, 3, 30))
    assert duty.next_at == datetime(2027, 3, 24, 8, tzinfo=UTC)
    sweep(duty.next_at)
    duty.refresh_from_db()
    assert duty.next_at == datetime(2027, 3, 31, 7, tzinfo=UTC)
    assert not sweep(duty.next_at - timedelta(seconds=1)).fell
    assert sweep(duty.next_at).fell == Counter({WARNING: 1})


def test_a_head_who_owes_is_helped_by_the_one_above(town: Town) -> None:
    head = Seat.objects.get(kind="head", department=town.claims)
    owe(town, 1, due_on=DUE, seat=head)
    sweep(at(date(2026, 11, 12)))
    assert Message.objects.get(kind="head").seat.kind == "cx_lead"


def test_a_vacancy_asks_the_head_of_the_vacant_seats_department_not_of_its_fillers(town: Town) -> None:
    """The CX lead, of the root, owes the champion of Claims."""
    charter = duties.default_rules().charter
    ladder = Ladder((Step("fill", 2, "head"), Step("fill", 5, "sponsor")))
    draft = charters.draft(title="", charter=charter, rules=Rules(ladder=ladder), by=None, now=town.now)
    charters.ratify(version=draft, by=None, now=town.now)
    seat = town.champion_seats[town.claims.pk]
    people.end_access(person=town.champions[town.claims.pk], by=town.lead, now=town.now)
    fill = Duty.objects.get(subject=seat.subject, kind="fill", closed_at=None)
    assert fill.due_on is not None
    head = Seat.objects.get(kind="head", department=town.claims)
    late = at(working_days_after(fill.due_on, 5))
    foretold = {one.target: one.seat_id for one in expected_by(late) if one.duty_id == fill.pk}
    assert (foretold[HEAD], foretold[SPONSOR]) == (head.pk, town.sponsor_seat.pk)
    sweep(late)
    asked = {message.kind: message.seat_id for message in Message.objects.filter(duty=fill)}
    assert asked == {"head": head.pk, "sponsor": town.sponsor_seat.pk}, "warnings that were passed are not said"
    assert HelpRequest.objects.filter(duty=fill, asked=head).count() == 1


def test_a_confidential_councils_vacancy_climbs_inside_it_by_its_own_charter(town: Town) -> None:
    secret = Chamber(town, name="Zephyr Council", size=3, confidential=True)
    ladder = Ladder((Step("fill", 1, "head"), Step("fill", 2, "sponsor"), Step("fill", 3, "council")))
    draft = charters.draft(title="", charter=town.charter, rules=Rules(ladder=ladder), by=None, now=town.now)
    charters.ratify(version=draft, by=None, now=town.now)
    chair, _clerk, member = (one.seat for one in secret.memberships)
    seats.leave(seat=member, by=None, now=town.now)
    fill = Duty.objects.get(subject=member.subject, kind="fill", closed_at=None)
    assert (fill.charter_version.charter_id, fill.overseer_id) == (town.charter.pk, secret.council.pk)
    assert fill.due_on is not None
    sweep(at(working_days_after(fill.due_on, 4)))
    cleared = {chair.pk, town.sponsor_seat.pk}
    assert set(Message.objects.filter(duty=fill).values_list("seat_id", flat=True)) == cleared
    assert {row.target for row in Firing.objects.filter(duty=fill)} == {WARNING, HEAD, SPONSOR, COUNCIL}


def test_what_has_no_council_yet_reaches_the_lead_and_no_agenda(town: Town) -> None:
    owe(town, 1, due_on=DUE)
    report = sweep(at(date(2026, 12, 1)))
    assert report.agenda_items == 0
    assert Message.objects.get(kind="council").seat.kind == "cx_lead"
    assert Message.objects.get(kind="sponsor").seat_id == town.sponsor_seat.pk


def test_an_item_that_stands_on_the_agenda_already_is_not_put_there_twice(town, late) -> None:
    action, chamber = late
    agenda.propose(
        council=chamber.council, about=action.subject, matter="late_action", by=chamber.chair, now=town.now, ask="Now?"
    )
    sweep(at(date(2026, 12, 1)))
    assert AgendaItem.objects.count() == 1


def test_one_that_cannot_be_placed_keeps_no_other_waiting(town: Town, monkeypatch) -> None:
    chamber = town.council_of_nine()
    stuck, free = owe(town, 2, due_on=DUE, overseer_id=chamber.council.pk)
    propose = agenda.propose

    def refuse(**asked):
        if asked["about"].pk == stuck.subject_id:
            raise Conflict("no room")
        return propose(**asked)

    monkeypatch.setattr(agenda, "propose", refuse)
    report = sweep(at(date(2026, 12, 1)))
    assert (report.errors, report.agenda_items) == (1, 1)
    stuck.refresh_from_db()
    free.refresh_from_db()
    assert (stuck.rung, free.rung) == (6, 7), "the one that failed is tried again, whole"
    assert not Message.objects.filter(duty=stuck, kind="council").exists()
    monkeypatch.undo()
    assert sweep(at(date(2026, 12, 1))).agenda_items == 1


def test_a_dry_run_says_what_a_sweep_will_do_and_writes_nothing(town, late) -> None:
    owe(town, 5, due_on=date(2026, 11, 16))
    moment = at(date(2026, 11, 19))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        told = sweep(moment, dry_run=True)
    assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in captured.captured_queries)
    expected = {(rung.duty_id, rung.position): rung.seat_id for rung in said_of(told.expected).values()}
    assert told.messages == len(expected)
    done = sweep(moment)
    assert done.fell == told.fell
    said = {(message.duty_id, message.facts["position"]): message.seat_id for message in Message.objects.all()}
    assert expected.items() <= said.items()


def test_what_is_expected_first_is_what_stands_in_the_duty(town: Town) -> None:
    every = [
        *owe(town, 1, due_on=DUE),
        *owe(town, 1, due_on=date(2026, 11, 14)),
        *owe(town, 1, due_on=date(2027, 3, 28), kind="answer", subject_kind="theme"),
        *owe(town, 1, due_on=date(2026, 12, 25), kind="verify"),
    ]
    sweep(at(date(2026, 11, 12)))
    for duty in Duty.objects.filter(pk__in=[duty.pk for duty in every]):
        rungs = coming([duty.pk], at(date(2028, 1, 1)))
        assert (rungs[0].at if rungs else None) == duty.next_at
        assert [rung.position for rung in rungs] == list(range(duty.rung + 1, duty.rung + 1 + len(rungs)))


def test_an_edited_calendar_moves_what_is_to_come(town: Town) -> None:
    (duty,) = owe(town, 1, due_on=DUE)
    sweep(at(date(2026, 11, 6)))
    Calendar.objects.get().days.filter(day__lte=date(2026, 11, 30)).update(
        opens_at=datetime(2026, 12, 24, 10, tzinfo=UTC)
    )
    duties.reschedule([duty.pk])
    assert not sweep(at(date(2026, 11, 30))).fell
    assert expected_by(datetime(2026, 12, 24, 10, tzinfo=UTC))[0].target == WARNING


def _statements(town: Town, number: int, moment: datetime) -> int:
    owe(town, number, due_on=DUE)
    with CaptureQueriesContext(connection) as captured:
        report = sweep(moment)
    assert sum(report.fell.values()) == number
    return len(captured)


def test_a_sweep_of_two_hundred_makes_as_many_statements_as_one_of_twenty(town: Town) -> None:
    sweep(town.now)
    moment = at(date(2026, 11, 6))
    few, many = _statements(town, 20, moment), _statements(town, 200, moment)
    assert few == many


def test_a_thousand_due_cost_less_than_one_statement_for_fifteen(town: Town) -> None:
    sweep(town.now)
    assert _statements(town, 1000, at(date(2026, 11, 6))) <= 66


def test_a_sweep_with_nothing_due_only_reads(town: Town) -> None:
    sweep(town.now)
    with CaptureQueriesContext(connection) as captured:
        sweep(town.now)
    said = [query["sql"].lstrip().split()[0].upper() for query in captured.captured_queries]
    assert said == ["SELECT"] * len(said)
    # What is due, what was heard, who left a seat or ends a term by the clock: each asks once or twice, of few rows.
    assert len(said) <= 12


def test_the_sentence_of_a_fallen_rung_is_a_sentence(town: Town) -> None:
    from notifications.services.sweep import FELL

    with override("en"):
        said = str(FELL.says).format(subject="ACT-1042", position=3)
    assert "ACT-1042" in said
    assert "rung 3" in said
