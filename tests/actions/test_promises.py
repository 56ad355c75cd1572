"""Another date: who is asked, who answers, what the record keeps, and which rungs fall again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from actions.lifecycle import Role
from actions.models import ActionItem, DateAnswer, DateRequest, Promise
from actions.queries import approving, dates, roles, stories
from actions.queries import items as queries
from actions.services import funding, items, parts
from councils.models import AgendaItem, Council
from governance.clauses import Ladder, Promising, Step, kept_rung
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, Firing, JournalEntry, Person, SeatKind
from governance.services import charters, people, seats
from notifications.queries.home import waiting_for
from notifications.services.sweep import sweep
from tests.factories import EPOCH, LADDER, Town

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 13)
LATER = date(2026, 11, 27)
LATEST = date(2026, 12, 11)


class Work:
    """A promise of the champion of Claims, in a council whose charter lets a seat move it."""

    def __init__(self, promising: Promising | None = None, *, confidential: bool = False) -> None:
        self.town = Town()
        steps = (*LADDER.steps, Step("approve_date", 0, "owner"), Step("approve_date", 2, "sponsor"))
        self.under(promising or Promising(), Ladder(steps))
        self.chamber = self.town.council_of_nine(confidential=confidential)
        self.seat = self.town.champion_seats[self.town.claims.pk]
        self.owner = self.town.champions[self.town.claims.pk]
        self.head = self.town.heads[self.town.claims.pk]

    def under(self, promising: Promising, ladder: Ladder) -> None:
        rules = replace(self.town.rules, promising=promising, ladder=ladder)
        version = charters.draft(title="", charter=self.town.charter, rules=rules, by=None, now=EPOCH)
        charters.ratify(version=version, by=None, now=EPOCH)

    def running(self, seat=None, by: Person | None = None, made_by: Person | None = None) -> ActionItem:
        made = items.create(
            title="Text at each step", seat=seat or self.seat, council=self.chamber.council, proof="Four texts.",
            by=made_by or self.town.lead, now=EPOCH,
        )  # fmt: skip
        return items.accept(action=made, promised_on=DAY, by=by or self.owner, now=EPOCH)

    def ask(self, action: ActionItem, day: date = LATER, now=EPOCH, by: Person | None = None) -> DateRequest:
        return items.ask_for_time(action=action, due_on=day, reason="The supplier.", by=by or self.owner, now=now)

    def answer(self, action: ActionItem, answer: str = "approved", by=None, now=EPOCH, said: str = "") -> DateRequest:
        return items.answer_date(action=action, answer=answer, said=said, by=by or self.head, now=now)


@pytest.fixture(autouse=True)
def on_that_monday(monkeypatch):
    """Pages and programs ask the clock; here it is the day on which everything was founded."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: EPOCH + timedelta(hours=1))


@pytest.fixture
def work() -> Work:
    return Work()


def owed(action: ActionItem) -> dict[str, Duty]:
    return {duty.kind: duty for duty in Duty.objects.filter(subject_id=action.pk, closed_at=None)}


# --- asking --------------------------------------------------------------------------------------------------------


def test_within_the_limit_the_head_owes_an_answer_beside_the_promise_and_nothing_moves_till_then(work: Work) -> None:
    action = work.running()
    request = work.ask(action)
    assert request.item is None
    duty = owed(action)[DutyKind.APPROVE_DATE]
    assert (duty.seat.department, duty.seat.kind) == (work.town.claims, SeatKind.HEAD)
    assert duty.due_on == date(2026, 11, 5), "three working days after Monday"
    assert owed(action)[DutyKind.KEEP].due_on == DAY
    action.refresh_from_db()
    assert action.promised == DAY
    assert not AgendaItem.objects.exists()
    assert [task.reference for task in waiting_for(work.head, EPOCH).answers] == [action.reference]
    assert queries.lines([action], work.owner, EPOCH)[0].move.kind == DutyKind.KEEP, "the promise stands first"


def test_another_day_is_asked_for_once_at_a_time_and_later_than_the_promised_one(work: Work) -> None:
    action = work.running()
    for day in (DAY, date(2026, 11, 1)):
        with pytest.raises(Invalid):
            work.ask(action, day)
    with pytest.raises(Invalid, match="sentence"):
        items.ask_for_time(action=action, due_on=LATER, reason=" ", by=work.owner, now=EPOCH)
    work.ask(action)
    with pytest.raises(Conflict, match="asked for already"):
        work.ask(action, LATEST)
    with pytest.raises(Stale):
        items.ask_for_time(action=action, due_on=LATEST, reason="r", by=work.owner, now=EPOCH, version=1)


def test_after_the_limit_only_the_council_moves_it() -> None:
    work = Work(Promising(renewals=1))
    action = work.running()
    work.ask(action)
    work.answer(action)
    request = work.ask(action, LATEST)
    assert request.approver is None
    assert request.item is not None
    assert request.item.proposal["due_on"] == LATEST.isoformat()
    assert DutyKind.APPROVE_DATE not in owed(action)


@pytest.mark.parametrize(("role", "kind"), [("chair", SeatKind.CHAIR), ("sponsor", SeatKind.CX_SPONSOR)])
def test_the_charter_says_who_approves(role: str, kind: str) -> None:
    work = Work(Promising(approver=role))
    assert work.ask(work.running()).approver.kind == kind


def test_a_confidential_councils_dates_are_approved_by_its_own_people_only() -> None:
    work = Work(confidential=True)
    doer = work.chamber.members[3]
    seats.seat_person(seat=work.seat, person=doer, by=None, now=EPOCH)
    action = work.running(by=doer, made_by=doer)
    request = work.ask(action, by=doer)
    assert request.approver.kind == SeatKind.CHAIR, "no head is cleared"
    with pytest.raises(Absent):
        work.answer(action, by=work.head)
    work.answer(action, by=work.chamber.chair)


# --- nobody approves their own -------------------------------------------------------------------------------------


def test_who_owns_the_work_or_asked_is_never_who_approves(work: Work) -> None:
    head_seat = work.ask(work.running()).approver
    action = work.running(head_seat, work.head)
    request = work.ask(action, by=work.head)
    assert request.approver.kind == SeatKind.CHAIR, "no head above: the next in line"
    for person in (work.head, work.owner):
        with pytest.raises((Refused, Absent)):
            work.answer(action, by=person)


def test_whoever_does_part_of_the_work_never_moves_its_date(work: Work) -> None:
    asked, other = work.running(), work.running()
    work.ask(asked)
    for action in (asked, other):
        parts.add_doer(action=action, person=work.head, by=work.owner, now=EPOCH)
    with pytest.raises(Refused):
        work.answer(asked)
    assert work.ask(other).approver.kind == SeatKind.CHAIR


def test_a_head_who_holds_the_owning_seat_as_well_is_passed_over(work: Work) -> None:
    seats.seat_person(seat=work.seat, person=work.head, by=None, now=EPOCH)
    assert work.ask(work.running(by=work.head), by=work.head).approver.kind == SeatKind.CHAIR


def test_a_seat_that_passes_to_the_owner_meanwhile_answers_no_more_and_the_next_in_line_does(work: Work) -> None:
    action = work.running()
    head_seat = work.ask(action).approver
    seats.seat_person(seat=head_seat, person=work.owner, by=None, now=EPOCH)
    assert Role.APPROVER not in roles.of(action, work.owner, EPOCH)
    with pytest.raises(Refused, match="Another person"):
        work.answer(action, by=work.owner)
    work.answer(action, by=work.chamber.chair)
    assert Promise.objects.get(number=2).approved_by == work.chamber.chair


def test_while_the_approver_is_away_whoever_fills_the_seat_answers_and_finds_it_at_home(work: Work) -> None:
    action = work.running()
    work.ask(action)
    people.be_away(person=work.head, by=work.head, until=date(2026, 11, 30))
    assert [task.reference for task in waiting_for(work.town.lead, EPOCH).answers] == [action.reference]
    work.answer(action, by=work.town.lead)
    assert Promise.objects.get(number=2).approved_by == work.town.lead


def test_the_database_keeps_it_too(work: Work) -> None:
    action = work.running()
    request = work.ask(action)
    with pytest.raises(IntegrityError, match="nobody_answers_their_own"), transaction.atomic():
        DateRequest.objects.filter(pk=request.pk).update(answered_by=work.owner)
    work.answer(action)
    for change in ({"due_on": LATEST}, {"number": 9}):
        with pytest.raises(IntegrityError, match="never overwritten"), transaction.atomic():
            Promise.objects.filter(number=2).update(**change)
    with pytest.raises(IntegrityError, match="answered once"), transaction.atomic():
        DateRequest.objects.filter(pk=request.pk).update(answer="refused", said="No.")


# --- answering -----------------------------------------------------------------------------------------------------


def test_approved_it_is_the_next_promise_with_reason_and_approver(work: Work) -> None:
    action = work.running()
    work.ask(action)
    work.answer(action, said="Agreed.")
    first, second = Promise.objects.filter(action=action).order_by("number")
    assert (first.due_on, second.due_on) == (DAY, LATER)
    assert (second.reason, second.approved_by, second.given_by) == ("The supplier.", work.head, work.owner)
    assert second.tenure is not None
    assert second.tenure.person == work.owner, "the record belongs to the tenure of who promised"
    action.refresh_from_db()
    assert action.promised == LATER
    assert set(owed(action)) == {DutyKind.KEEP}
    assert JournalEntry.objects.filter(event="actions.promise.approved", by=work.head).count() == 1


def test_refused_needs_a_sentence_and_the_date_stays(work: Work) -> None:
    action = work.running()
    work.ask(action)
    with pytest.raises(Invalid, match="why the date stays"):
        work.answer(action, "refused")
    with pytest.raises(Invalid):
        work.answer(action, "overtaken")
    work.answer(action, "refused", said="Customers wait.")
    action.refresh_from_db()
    assert (action.promised, set(owed(action))) == (DAY, {DutyKind.KEEP})
    assert DateRequest.objects.get().said == "Customers wait."
    with pytest.raises(Refused, match="nothing to approve"):
        work.answer(action)
    work.ask(action, LATEST)  # and may be asked for anew


def test_silence_climbs_and_never_moves_the_date(work: Work) -> None:
    action = work.running()
    work.ask(action)
    for day in range(1, 15):
        sweep(EPOCH + timedelta(days=day))
    fell = set(Firing.objects.filter(duty__kind=DutyKind.APPROVE_DATE).values_list("target", flat=True))
    assert fell == {"owner", "warning", "sponsor"}
    action.refresh_from_db()
    assert action.promised == DAY
    assert DateRequest.objects.get().answer == ""
    assert Promise.objects.count() == 1


def test_a_day_that_passed_while_it_waited_can_only_be_refused(work: Work) -> None:
    action = work.running()
    work.ask(action)
    after = EPOCH + timedelta(days=30)
    with pytest.raises(Conflict, match="has passed"):
        work.answer(action, now=after)
    assert DateRequest.objects.get().answer == "", "nothing was kept of it"
    work.answer(action, "refused", said="Too late.", now=after)


@pytest.mark.parametrize("deed", ["done", "cancelled"])
def test_what_ends_the_work_overtakes_the_request(work: Work, deed: str) -> None:
    action = work.running()
    work.ask(action)
    if deed == "done":
        items.add_evidence(action=action, title="e", kind="note", by=work.owner, now=EPOCH)
        items.say_done(action=action, by=work.owner, now=EPOCH)
    else:
        items.cancel(action=action, reason="r", by=work.chamber.secretary, now=EPOCH)
    assert DateRequest.objects.get().answer == DateAnswer.OVERTAKEN
    assert DutyKind.APPROVE_DATE not in owed(action)
    action.refresh_from_db()
    assert Role.APPROVER not in roles.of(action, work.head, EPOCH)


@pytest.mark.parametrize("deed", ["verified", "cancelled"])
def test_what_the_council_was_asked_ends_with_the_action(deed: str) -> None:
    work = Work(Promising(renewals=0))
    action = work.running()
    request = work.ask(action)
    assert request.item is not None
    funding.ask(action=action, amount=5_00, what_for="Texts", by=work.owner, now=EPOCH)
    if deed == "verified":
        items.add_evidence(action=action, title="e", kind="note", by=work.owner, now=EPOCH)
        items.say_done(action=action, by=work.owner, now=EPOCH)
        items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=EPOCH)
    else:
        items.cancel(action=action, reason="r", by=work.chamber.secretary, now=EPOCH)
    assert DateRequest.objects.get().answer == DateAnswer.OVERTAKEN
    listed = AgendaItem.objects.filter(about_id=action.pk)
    assert sorted(listed.values_list("matter", "state")) == [("late_action", "withdrawn"), ("resources", "withdrawn")]
    assert not Duty.objects.filter(subject_id__in=listed.values("pk"), closed_at=None).exists()
    said = JournalEntry.objects.filter(event="councils.item.withdrawn", subject_id=request.item.pk).get()
    assert (
        said.text.body == {"verified": "The action was verified as done.", "cancelled": "The action was dropped."}[deed]
    )


# --- the rung that was reached -------------------------------------------------------------------------------------


def late(work: Work, days: int) -> tuple[ActionItem, Duty]:
    action = work.running()
    for day in range(8, 12 + days):
        sweep(EPOCH + timedelta(days=day))
    return action, owed(action)[DutyKind.KEEP]


def test_a_head_keeps_the_sponsors_rung_and_nobody_is_asked_twice(work: Work) -> None:
    now = EPOCH + timedelta(days=19)
    action, before = late(work, 8)
    assert set(before.firings.values_list("target", flat=True)) >= {"head", "sponsor"}
    assert "council" not in before.firings.values_list("target", flat=True)
    work.ask(action, LATEST, now)
    work.answer(action, now=now)
    after = owed(action)[DutyKind.KEEP]
    assert after.pk != before.pk
    for day in range(20, 60):
        sweep(EPOCH + timedelta(days=day))
    assert list(after.firings.exclude(target="warning").values_list("target", flat=True)) == ["council"]


def test_the_level_that_was_reached_starts_the_ladder_anew() -> None:
    work = Work(Promising(approver="sponsor"))
    now = EPOCH + timedelta(days=19)
    action, _before = late(work, 8)
    work.ask(action, LATEST, now)
    work.answer(action, by=work.town.sponsor, now=now)
    assert owed(action)[DutyKind.KEEP].rung == 0


RUNGS = [(1, "owner"), (2, "warning"), (3, "head"), (4, "warning"), (5, "sponsor"), (6, "warning"), (7, "council")]


@pytest.mark.parametrize(
    ("fell", "level", "begins"),
    [
        (0, "head", 0),
        (1, "head", 0),
        (3, "head", 0),
        (4, "head", 0),  # a warning asks nobody for help
        (5, "head", 5),
        (6, "head", 5),  # and its owner is warned again before the next rung
        (5, "sponsor", 0),
        (7, "sponsor", 7),
        (7, "council", 0),
    ],
)
def test_which_rung_a_later_date_begins_at(fell: int, level: str, begins: int) -> None:
    assert kept_rung(RUNGS, fell, RUNGS, approved_by=level) == begins


def test_a_new_versions_ladder_applies_to_rungs_not_yet_reached() -> None:
    shorter = [(1, "sponsor"), (2, "council")]
    assert kept_rung(RUNGS, 5, shorter, approved_by="head") == 1
    assert kept_rung(RUNGS, 5, [(1, "council")], approved_by="head") == 0


# --- on pages and over the API -------------------------------------------------------------------------------------


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_approver_finds_the_form_on_the_page_and_on_home_and_the_owner_does_not(work: Work) -> None:
    action = work.running()
    path = f"/actions/{action.reference}/"
    assert "Fatima El Idrissi answers it" not in browser(work.owner).get(path).text
    assert "Joel Brandt answers it" in browser(work.owner).get(path).text, "who is asked is said before"
    work.ask(action)
    assert "May the date move?" not in browser(work.owner).get(path).text
    for there in (path, "/"):
        page = browser(work.head).get(there).text
        assert "May the date move?" in page
        assert "The supplier." in page
    answer = browser(work.head).post(f"{path}answer-date/", {"answer": "refused", "said": ""})
    assert answer.status_code == 422
    assert "why the date stays" in answer.text
    answer = browser(work.head).post(f"/my-work/{action.reference}/answer-date/", {"answer": "approved", "said": "Yes"})
    assert answer.status_code == 302
    page = browser(work.owner).get(path).text
    assert "approved by Joel Brandt" in page
    assert "14 days after the first date" in page
    assert "14 days after the first date" in browser(work.owner).get("/actions/").text


def test_a_second_answer_is_told_that_somebody_was_quicker(work: Work) -> None:
    action = work.running()
    work.ask(action)
    action.refresh_from_db()
    items.block(action=action, reason="r", by=work.owner, now=EPOCH)
    answer = browser(work.head).post(
        f"/actions/{action.reference}/answer-date/", {"answer": "approved", "version": action.version}
    )
    assert answer.status_code == 409
    assert "Somebody was quicker" in answer.text


def test_the_same_over_the_api(work: Work) -> None:
    action = work.running()
    program = APIClient()
    program.force_authenticate(work.owner)
    path = f"/api/v1/actions/{action.reference}/"
    sent = program.post(f"{path}ask-for-time/", {"due_on": "2026-12-20", "reason": "The supplier."}, format="json")
    assert sent.status_code == 200, sent.text
    listed = program.get(f"/api/v1/date-requests/?of={action.reference}").json()["results"]
    assert [(one["due_on"], one["answer"], one["by"]) for one in listed] == [("2026-12-20", "", work.owner.name)]
    assert program.post(f"{path}answer-date/", {"answer": "approved"}, format="json").status_code == 403
    program.force_authenticate(work.head)
    assert program.post(f"{path}answer-date/", {"answer": "later"}, format="json").status_code == 422
    answered = program.post(f"{path}answer-date/", {"answer": "approved", "said": "Yes."}, format="json")
    assert answered.json()["promised"] == "2026-12-20"
    promise = program.get(f"/api/v1/promises/?of={action.reference}").json()["results"][0]
    assert (promise["approved_by"], promise["decision"]) == (work.head.name, None)
    program.force_authenticate(work.town.champions[work.town.legal.pk])
    assert program.get(f"/api/v1/date-requests/{DateRequest.objects.get().pk}/").status_code == 404


def test_statements_of_the_page_do_not_grow_with_what_was_asked(work: Work) -> None:
    action = work.running()
    counts = []
    for number in range(4):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            stories.of(queries.get(action.reference, work.owner, EPOCH), work.owner, EPOCH)
        counts.append(len(caught))
        work.ask(action, LATER + timedelta(days=number))
        work.answer(action, "refused", said="No.")
    assert counts[1:] == [counts[1]] * 3


def test_where_it_goes_is_said_before_it_is_asked() -> None:
    work = Work(Promising(renewals=1))
    action = work.running()
    assert "After that only the council" in dates.goes_to(action, work.owner, EPOCH)
    work.ask(action)
    work.answer(action)
    assert "agenda" in dates.goes_to(action, work.owner, EPOCH)
    assert approving.renewed(action) == 1
    people.end_access(person=work.head, by=work.town.lead, now=EPOCH)
    assert Council.objects.count() == 1


def test_a_day_beyond_the_calendar_is_not_asked_for(work: Work) -> None:
    """No ladder would climb from it: approved, it would be owed for ever."""
    action = work.running()
    with pytest.raises(Invalid, match="does not reach that far") as refused:
        work.ask(action, date(9999, 12, 31))
    assert refused.value.field == "due_on"
    assert not DateRequest.objects.exists()
