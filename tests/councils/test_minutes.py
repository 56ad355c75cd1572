"""Minutes: they write themselves from the record, are commented on, approved as the charter says, and never change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from councils import minuting
from councils.models import ApprovedMinutes, Minutes, MinutesState
from councils.queries import minutes as queries
from councils.services import agenda, meetings, minutes
from governance.clauses import SILENCE_APPROVES
from governance.clauses import Minutes as Clause
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, JournalEntry, SubjectKind
from governance.services import subjects
from notifications.services.keeping import keep
from tests.councils.rooms import decide, sit
from tests.factories import EPOCH

LATER = EPOCH + timedelta(days=10)
"""After the window of five working days."""


def raise_matter(chamber, title, now=EPOCH):
    about = subjects.create(SubjectKind.THEME, title=title, now=now, audience=[chamber.council.pk])
    return agenda.propose(council=chamber.council, about=about, matter="general", by=chamber.secretary, now=now)


def closed(chamber, now=EPOCH, present=9):
    """A meeting that decided one thing, left another, took a third off, and closed."""
    meeting, votes = sit(chamber, now=now, present=present)
    decide(chamber, meeting, votes, 0, title="Text at each step", now=now)
    left = raise_matter(chamber, "Longer hours", now)
    agenda.place(item=left, meeting=meeting, by=chamber.secretary, now=now)
    off = raise_matter(chamber, "A poster", now)
    off = agenda.place(item=off, meeting=meeting, by=chamber.secretary, now=now)
    agenda.withdraw(item=off, reason="Not ours.", by=chamber.secretary, now=now)
    meeting = meetings.close(meeting=meeting, by=chamber.secretary, now=now + timedelta(hours=1))
    return Minutes.objects.select_related("meeting__council").get(meeting=meeting)


def sent(chamber, **more):
    return minutes.send_out(minutes=closed(chamber, **more), by=chamber.secretary, now=EPOCH + timedelta(hours=2))


def approved(chamber):
    return minutes.approve(minutes=sent(chamber), by=chamber.chair, now=LATER)


def owed(made):
    duty = Duty.objects.get(subject_id=made.pk, closed_at=None)
    return duty.kind, duty.seat.kind, duty.due_on.isoformat()


def test_a_meeting_that_closes_has_minutes_of_all_that_stood_on_its_agenda(council):
    made = closed(council, present=6)
    record = queries.compose(made)
    assert [(item["title"], item["ending"]) for item in record["agenda"]["items"]] == [
        ("Text at each step", ""),
        ("Longer hours", "It was not settled, and went back to the backlog."),
        ("A poster", "It was taken off the agenda."),
    ]
    decision = record["agenda"]["items"][0]["decisions"][0]
    assert decision["verdict_says"] == "Decided: valid"
    assert decision["motion"] == "Text at each step"
    assert "6 of 9" in decision["reckoning"][0]
    assert decision["votes"] == ["For: CX Member1, CX Member2, CX Member3, CX Member4, CX Member5, CX Member6."]
    rows = record["attendance"]["rows"]
    assert [row[2] for row in rows] == ["present"] * 6 + ["not there"] * 3
    assert rows[0] == ["Chair, CX Governance Council", "CX Member1", "present"]
    assert record["attendance"]["quorum"] == (
        "When it closed, 6 of 9 voting seats were taken, and 5 were needed. The chair was there. There was a quorum."
    )


def test_who_left_and_who_stood_in_is_said_and_no_reason_for_an_absence(town, council):
    deputy = town.person("De Puty")
    from governance.services import seats

    seat = council.memberships[3].seat
    seats.seat_person(seat=seat, person=deputy, by=None, now=EPOCH, role="deputy")
    meeting, _votes = sit(council, present=3)
    by = council.secretary
    meetings.mark(
        meeting=meeting, membership=council.memberships[3], presence="present", person=deputy, by=by, now=EPOCH
    )
    meetings.mark(meeting=meeting, membership=council.memberships[2], presence="left", by=by, now=EPOCH)
    meeting = meetings.close(meeting=meeting, by=by, now=EPOCH + timedelta(hours=1))
    rows = queries.compose(meeting.minutes)["attendance"]["rows"]
    assert [row[1:] for row in rows[2:4]] == [
        ["CX Member3", "left before the end"],
        ["De Puty", "present, as deputy"],
    ]
    assert "no quorum" in queries.compose(meeting.minutes)["attendance"]["quorum"]


def test_each_state_has_a_next_mover(council):
    made = closed(council)
    assert owed(made) == (DutyKind.SEND_MINUTES, "secretary", "2026-11-05")
    made = minutes.send_out(minutes=made, by=council.secretary, now=EPOCH + timedelta(hours=2))
    assert made.comments_until.isoformat() == "2026-11-09"
    assert owed(made) == (DutyKind.APPROVE_MINUTES, "chair", "2026-11-16")
    minutes.approve(minutes=made, by=council.chair, now=LATER)
    assert not Duty.objects.filter(subject_id=made.pk, closed_at=None).exists()


def test_the_secretary_writes_prose_and_nothing_else(council):
    made = closed(council)
    first = made.items.order_by("position").first().item.reference
    made = minutes.write(
        minutes=made, introduction="The chair opened.", notes={first: "A long debate."}, by=council.secretary,
        now=EPOCH, version=made.version,
    )  # fmt: skip
    record = queries.compose(made)
    assert record["introduction"] == "The chair opened."
    assert [item["note"] for item in record["agenda"]["items"]] == ["A long debate.", "", ""]
    with pytest.raises(Stale):
        minutes.write(minutes=made, introduction="Mine.", by=council.chair, now=EPOCH, version=made.version - 1)
    with pytest.raises(Invalid, match="did not stand"):
        minutes.write(minutes=made, notes={"ITEM-1": "?"}, by=council.secretary, now=EPOCH)
    with pytest.raises(Refused):
        minutes.write(minutes=made, introduction="Mine.", by=council.members[4], now=EPOCH)


def test_whoever_was_there_comments_in_time_and_each_comment_is_answered_before_the_approval(council):
    made = closed(council, present=6)
    with pytest.raises(Conflict, match="not open"):
        minutes.comment(minutes=made, text="Too early.", by=council.members[4], now=EPOCH)
    made = minutes.send_out(minutes=made, by=council.secretary, now=EPOCH + timedelta(hours=2))
    with pytest.raises(Refused, match="at the meeting"):
        minutes.comment(minutes=made, text="I was away.", by=council.members[8], now=EPOCH)
    first = made.items.order_by("position").first().item.reference
    said = minutes.comment(minutes=made, text="It was 6 weeks.", about=first, by=council.members[4], now=EPOCH)
    with pytest.raises(Conflict, match="until 9 November"):
        minutes.approve(minutes=made, by=council.chair, now=EPOCH + timedelta(days=7))
    with pytest.raises(Conflict, match="1 comment is not answered"):
        minutes.approve(minutes=made, by=council.chair, now=LATER)
    with pytest.raises(Conflict, match="not open"):
        minutes.comment(minutes=made, text="Too late.", by=council.members[4], now=LATER)
    minutes.answer(comment=said, text="Changed.", by=council.secretary, now=LATER)
    with pytest.raises(Conflict, match="answered already"):
        minutes.answer(comment=said, text="Again.", by=council.secretary, now=LATER)
    assert minutes.approve(minutes=made, by=council.chair, now=LATER).number == 1


def test_the_chair_approves_and_the_secretary_does_not(council):
    made = sent(council)
    with pytest.raises(Refused, match="the chair approves"):
        minutes.approve(minutes=made, by=council.secretary, now=LATER)
    assert keep(LATER) >= 0
    made.refresh_from_db()
    assert made.state == MinutesState.OUT, "silence approves nothing here"


def test_silence_approves_when_the_window_ends_and_no_comment_waits(town, council):
    town.rule_anew(replace(town.rules, minutes=Clause(SILENCE_APPROVES)))
    made = sent(council)
    assert owed(made) == (DutyKind.APPROVE_MINUTES, "secretary", "2026-11-09")
    said = minutes.comment(minutes=made, text="No.", by=council.members[4], now=EPOCH)
    with pytest.raises(Conflict, match="silence approves"):
        minutes.approve(minutes=made, by=council.chair, now=LATER)
    for now in (EPOCH + timedelta(days=7), LATER):
        keep(now)
        made.refresh_from_db()
        assert made.state == MinutesState.OUT
    minutes.answer(comment=said, text="Yes.", by=council.secretary, now=LATER)
    keep(LATER)
    keep(LATER)
    assert list(ApprovedMinutes.objects.values_list("number", "way", "by")) == [(1, "silence", None)]


def test_approved_minutes_keep_their_words_whatever_changes_later(town, council):
    done = approved(council)
    assert done.digest == minuting.digest(done.text)
    assert "Text at each step" in done.text
    made = Minutes.objects.get(pk=done.minutes_id)
    subjects.rename(made.meeting.subject, "Another name")
    shown = queries.version_of(made)
    assert shown.record["title"] == "Minutes: CX Governance Council, 2 November 2026"
    assert minuting.text(shown.record) == done.text
    with pytest.raises(Conflict, match="never change"):
        minutes.write(minutes=made, introduction="Later.", by=council.secretary, now=LATER)


@pytest.mark.parametrize("change", ["text", "record", "delete"])
def test_the_database_refuses_to_change_approved_minutes(council, change):
    done = ApprovedMinutes.objects.filter(pk=approved(council).pk)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        done.delete() if change == "delete" else done.update(**{change: "{}"})


def test_a_correction_is_a_new_version_with_a_reason_and_the_old_one_stays(town, council):
    done = approved(council)
    made = Minutes.objects.select_related("meeting__council").get(pk=done.minutes_id)
    with pytest.raises(Invalid) as refused:
        minutes.correct(minutes=made, reason=" ", by=council.secretary, now=LATER)
    assert refused.value.field == "reason"
    made = minutes.correct(minutes=made, reason="A name was wrong.", by=council.secretary, now=LATER)
    assert owed(made)[0] == DutyKind.SEND_MINUTES
    made = minutes.write(minutes=made, introduction="Corrected.", by=council.secretary, now=LATER)
    made = minutes.send_out(minutes=made, by=council.secretary, now=LATER)
    second = minutes.approve(minutes=made, by=council.chair, now=LATER + timedelta(days=10))
    assert (second.number, second.reason) == (2, "A name was wrong.")
    assert "A name was wrong." in second.text
    assert "Corrected." in second.text
    made.refresh_from_db()
    assert queries.version_of(made, 1).record == done.record
    assert queries.version_of(made).approved == second
    with pytest.raises(Absent):
        queries.version_of(made, 3)


def test_what_was_recorded_is_not_composed_again_for_a_correction(town, council):
    done = approved(council)
    from governance.services import seats

    seats.leave(seat=council.memberships[4].seat, by=None, now=LATER)
    made = minutes.correct(
        minutes=Minutes.objects.get(pk=done.minutes_id), reason="A slip.", by=council.secretary, now=LATER
    )
    assert queries.compose(made)["attendance"] == done.record["attendance"]


def test_each_deed_is_one_entry_of_the_journal(council):
    approved(council)
    told = JournalEntry.objects.filter(event__startswith="councils.minutes.").order_by("pk")
    assert list(told.values_list("event", flat=True)) == ["councils.minutes.sent_out", "councils.minutes.approved"]


def test_composing_takes_no_more_statements_for_a_longer_agenda(council, django_assert_max_num_queries):
    def statements(matters):
        meeting, votes = sit(council, now=EPOCH + timedelta(days=matters))
        now = EPOCH + timedelta(days=matters)
        for number in range(matters):
            decide(council, meeting, votes, 0, title=f"Matter {number} of {matters}", now=now)
        meeting = meetings.close(meeting=meeting, by=council.secretary, now=now)
        made = queries.get(meeting.reference, council.secretary, now)
        with django_assert_max_num_queries(30) as counted:
            queries.compose(made)
        return len(counted.captured_queries)

    assert statements(1) == statements(6)
