"""Each clause that a charter can hold is flipped alone, and a verdict, a reminder or a refusal changes.

``FLIPS`` names the field that each flip turns; the last test counts that every declared field has one, and a line in
docs/charters.md.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from actions.models import ActionItem, Evidence, Request
from actions.queries.independence import verifier
from actions.services import agenda_of, delegating, funding, items, outcomes, requests
from councils import authority, matters, quorum
from councils.models import AgendaItem, Membership
from councils.periods import first_day
from councils.quorum import SeatStanding
from councils.representation import hear
from councils.services import agenda, books, cadence, councils, decisions, ending, meetings, minutes, trials
from councils.tally import tally
from governance.clauses import (
    CLAUSES,
    LIGHT,
    MEETING_APPROVES,
    SILENCE_APPROVES,
    Cadence,
    ChairsAction,
    Closure,
    DecisionRight,
    Delegation,
    Formality,
    Ladder,
    Minutes,
    Promising,
    Quorum,
    Recusal,
    Representation,
    Represented,
    Rules,
    Step,
    Terms,
    Thresholds,
    Verifying,
    Voting,
    Windows,
    Written,
)
from governance.clauses.keeping import OF_PROGRAMME
from governance.clauses.recusing import CHAIRED_BY
from governance.errors import Conflict, Invalid, Refused
from governance.models import Charter, Duty, DutyKind, Seat, SubjectKind
from governance.services import charters, duties, metrics, people, seats, subjects, submissions
from governance.services.duties import default_rules
from notifications.sql.rungs import coming
from tests.actions.reading_files import take
from tests.councils.rooms import sit
from tests.factories import EPOCH, Town

FLIPS: set[str] = set()

ELSEWHERE = {"provisional.days", "review.months"}
"""Flipped in the tests of what enforces them."""


def verdict(
    rules: Rules,
    choices: str = "ffffa",
    *,
    amount: int = 0,
    committed: int = 0,
    chair: str = "f",
    minutes: int = 0,
    minutes_committed: int = 0,
) -> str:
    """What a motion is worth with six of nine seats present, the chair not among them; f: for, a: against, -: none."""
    words = {"f": "for", "a": "against"}
    standing = [SeatStanding(is_present=place < 6, is_chair=place == 8) for place in range(9)]
    return authority.judge(
        counted=quorum.count(standing, rules.quorum),
        tallied=tally(
            [words[one] for one in choices if one in words], rules.voting, seats=9, present=6, chair_choice=words[chair]
        ),
        right=rules.right,
        amount=amount,
        free=10**9,
        currency="EUR",
        heard=hear(rules.represented, [{"DEP-1"}, {"COU-1"}]),
        committed=committed,
        time=authority.PersonTime(minutes, minutes_committed),
    ).verdict


BASE = Rules(quorum=Quorum(3, chair_required=False), right=DecisionRight(1000, "EUR", "month", 2000))
RISK = Representation("DEP-2", "Risk")

VERDICTS: dict[str, tuple[Rules, Rules, dict[str, Any]]] = {
    "quorum.minimum": (BASE, replace(BASE, quorum=Quorum(7, chair_required=False)), {}),
    "quorum.chair_required": (BASE, replace(BASE, quorum=Quorum(3)), {}),
    "represented.departments": (BASE, replace(BASE, represented=Represented((RISK,))), {}),
    "represented.departments.by": (
        replace(BASE, represented=Represented((RISK,))),
        replace(BASE, represented=Represented((replace(RISK, by="COU-1"),))),
        {},
    ),
    "represented.otherwise": (
        replace(BASE, represented=Represented((RISK,))),
        replace(BASE, represented=Represented((RISK,), "valid")),
        {},
    ),
    "voting.threshold": (BASE, replace(BASE, voting=Voting("two_thirds")), {"choices": "fffaa"}),
    "voting.of": (BASE, replace(BASE, voting=Voting(of="all")), {}),
    "voting.tie": (BASE, replace(BASE, voting=Voting(tie="chair")), {"choices": "ffaa"}),
    "right.per_decision": (BASE, replace(BASE, right=replace(BASE.right, per_decision=500)), {"amount": 800}),
    "right.currency": (BASE, replace(BASE, right=replace(BASE.right, currency="USD")), {"amount": 800}),
    "right.period": (
        BASE, replace(BASE, right=replace(BASE.right, period="", per_period=0)), {"amount": 800, "committed": 1500}
    ),
    "right.per_period": (
        BASE, replace(BASE, right=replace(BASE.right, per_period=2500)), {"amount": 800, "committed": 1500}
    ),
    "right.hours_per_decision": (
        BASE, replace(BASE, right=replace(BASE.right, hours_per_decision=60)), {"minutes": 90}
    ),
    "right.hours_per_period": (
        BASE,
        replace(BASE, right=replace(BASE.right, hours_per_period=600)),
        {"minutes": 90, "minutes_committed": 540},
    ),
}  # fmt: skip
FLIPS |= set(VERDICTS)


@pytest.mark.parametrize("field", VERDICTS)
def test_a_rule_of_deciding_flipped_alone_changes_the_verdict(field):
    one, other, facts = VERDICTS[field]
    assert verdict(one, **facts) != verdict(other, **facts)


@pytest.mark.parametrize("wording", [Voting("consent"), Voting(of="present")], ids=["consent", "of those present"])
def test_each_way_of_voting_has_a_motion_that_it_alone_decides_so(wording):
    assert verdict(BASE, "ffaf" if wording.threshold == "consent" else "fff---") == "valid"
    assert verdict(replace(BASE, voting=wording), "ffaf" if wording.threshold == "consent" else "fff---") == "rejected"


def test_a_period_is_the_months_the_quarters_or_the_years():
    assert len({first_day(period, date(2026, 11, 22)) for period in ("month", "quarter", "year")}) == 3


class Bitten:
    """A council whose charter is put into force anew, and what its work then owes."""

    def __init__(self) -> None:
        self.town = Town()
        self.chamber = self.town.council_of_nine()
        self.seat = self.town.champion_seats[self.town.claims.pk]
        self.owner = self.town.champions[self.town.claims.pk]

    def under(self, rules: Rules, charter: Charter | None = None) -> None:
        version = charters.draft(title="", charter=charter or self.town.charter, rules=rules, by=None, now=EPOCH)
        charters.ratify(version=version, by=None, now=EPOCH)

    def due(self, subject_id: int, kind: str) -> date | None:
        return self.owed(subject_id, kind).due_on

    def owed(self, subject_id: int, kind: str) -> Duty:
        return Duty.objects.get(subject_id=subject_id, kind=kind, closed_at=None)

    def proposed(self) -> ActionItem:
        return items.create(
            title="Text at each step", seat=self.seat, council=self.chamber.council, proof="Four texts each.",
            by=self.town.lead, now=EPOCH,
        )  # fmt: skip

    def promise(self) -> ActionItem:
        return items.accept(action=self.proposed(), promised_on=date(2026, 11, 20), by=self.owner, now=EPOCH)

    def days(self) -> dict[str, date | None]:
        """When each thing is due that an action goes through, in a council that can get stuck."""
        chamber, owner = self.chamber, self.owner
        action = self.proposed()
        found = {"accept": self.due(action.pk, DutyKind.ACCEPT)}
        items.accept(action=action, promised_on=None, by=owner, now=EPOCH)
        found["set_date"] = self.due(action.pk, DutyKind.SET_DATE)
        items.set_date(action=action, due_on=date(2026, 11, 20), by=owner, now=EPOCH)
        items.add_evidence(action=action, title="Forty claims", kind="note", by=owner, now=EPOCH)
        items.say_done(action=action, by=owner, now=EPOCH)
        found["verify"] = self.due(action.pk, DutyKind.VERIFY)
        found.update(self.days_between_departments())
        about = subjects.create(SubjectKind.THEME, title="A matter", now=EPOCH, audience=[chamber.council.pk])
        item = agenda.propose(council=chamber.council, about=about, matter="general", by=chamber.secretary, now=EPOCH)
        found["settle"] = self.due(item.pk, DutyKind.SETTLE)
        opens = EPOCH.date() - timedelta(days=40)
        ended = books.grant(
            council=chamber.council, amount=1, by=self.town.sponsor, now=EPOCH, opens_on=opens,
            closes_on=EPOCH.date() - timedelta(days=1),
        )  # fmt: skip
        ending.owe_closing(EPOCH)
        found["close"] = self.due(ended.pk, DutyKind.CLOSE_ENVELOPE)
        trials.settle(trials.queries.tried([chamber.council], EPOCH), EPOCH)
        found["fill"] = self.due(chamber.council.pk, DutyKind.UNSTICK)
        duties.close_all(subject_id=chamber.council.pk, now=EPOCH, outcome="mended")
        return found

    def asked(self) -> Request:
        """Another department is asked for what the work needs."""
        action, to = self.promise(), self.town.champion_seats[self.town.legal.pk]
        return requests.ask(
            title="A consent text", to=to, asked_for=date(2026, 11, 20), action=action, by=self.owner, now=EPOCH
        )

    def agreed(self) -> Request:
        by = self.town.champions[self.town.legal.pk]
        return requests.agree(request=self.asked(), promised_on=date(2026, 11, 20), by=by, now=EPOCH)

    def days_between_departments(self) -> dict[str, date | None]:
        """By when another department answers what the work needs, and the work's owner what was delivered."""
        made = self.agreed()
        by = self.town.champions[self.town.legal.pk]
        answered = Duty.objects.get(subject_id=made.pk, kind=DutyKind.ANSWER_REQUEST).due_on
        requests.deliver(request=made, by=by, now=EPOCH)
        return {"request": answered, "confirm": self.due(made.pk, DutyKind.CONFIRM)}


TERMS = ("accept", "set_date", "verify", "request", "confirm", "settle", "close", "fill")
FLIPS |= {f"terms.{name}" for name in (*TERMS, *OF_PROGRAMME, "respond", "acknowledge", "ratify")}


@pytest.mark.django_db
def test_a_term_flipped_alone_moves_the_day_of_what_it_is_the_term_of_and_of_nothing_else():
    bitten = Bitten()
    before = bitten.days()
    for name in TERMS:
        bitten.under(replace(bitten.town.rules, terms=replace(Terms(), **{name: 40})))
        after = bitten.days()
        assert {kind for kind in before if before[kind] != after[kind]} == {name}


@pytest.mark.django_db
def test_the_response_time_flipped_moves_the_day_on_which_voices_are_answered():
    bitten = Bitten()
    days = set()
    for number, within in enumerate((10, 4)):
        bitten.under(Rules(terms=Terms(answer=within)), charter=default_rules().charter)
        take(EPOCH, f"{number},,,,CLM,Topic {number},a")
        days |= set(Duty.objects.filter(kind=DutyKind.ANSWER).values_list("due_on", flat=True))
    assert len(days) == 2


def flipped(term: str, owed: Callable[[Bitten], date | None], *, of_programme: bool = False) -> list[date | None]:
    """When something is due as things are, with another term flipped as well, and with ``term`` flipped alone."""
    days = []
    other = "settle" if term != "settle" else "accept"
    for terms in (Terms(), replace(Terms(), **{other: 40}), replace(Terms(), **{term: 40})):
        with transaction.atomic():
            bitten = Bitten()
            charter = default_rules().charter if of_programme else bitten.town.charter
            bitten.under(replace(bitten.town.rules, terms=terms), charter)
            days.append(owed(bitten))
            transaction.set_rollback(True)
    return days


def filled(bitten: Bitten) -> date | None:
    """The chair's place falls vacant."""
    seat = bitten.chamber.memberships[0].seat
    seats.leave(seat=seat, by=None, now=EPOCH)
    return bitten.due(seat.pk, DutyKind.FILL)


def handed_over(bitten: Bitten) -> date | None:
    people.end_access(person=bitten.owner, by=bitten.town.lead, now=EPOCH)
    return bitten.due(bitten.seat.pk, DutyKind.HAND_OVER)


def taken_over(bitten: Bitten) -> date | None:
    """Somebody else gets the seat while a promise of it runs."""
    bitten.promise()
    seats.seat_person(
        seat=bitten.seat, person=bitten.town.person("Su Ccessor"), by=bitten.town.lead, now=EPOCH + timedelta(hours=1)
    )
    return bitten.due(bitten.seat.pk, DutyKind.TAKE_OVER)


def responded(bitten: Bitten) -> date | None:
    """The head, who pledged no days of their own, is asked for help."""
    action = bitten.promise()
    head = Seat.objects.get(kind="head", department=bitten.town.claims)
    items.ask_help(action=action, asked=head, words="Two testers.", by=bitten.owner, now=EPOCH)
    return bitten.due(action.pk, DutyKind.RESPOND)


def acknowledged(bitten: Bitten) -> date | None:
    """Somebody joins the council."""
    membership = councils.add_member(council=bitten.chamber.council, by=bitten.town.lead, now=EPOCH)
    person = bitten.town.person("Jo Ining")
    councils.seat_member(membership=membership, person=person, by=bitten.town.lead, now=EPOCH)
    return Duty.objects.get(kind=DutyKind.ACKNOWLEDGE, seat=membership.seat, closed_at=None).due_on


def ratified(bitten: Bitten) -> date | None:
    draft = charters.draft(
        title="", charter=bitten.town.charter, rules=bitten.town.rules, by=bitten.town.lead, now=EPOCH
    )
    submissions.submit(version=draft, sponsors=[bitten.town.sponsor_seat], by=bitten.town.lead, now=EPOCH)
    return bitten.due(bitten.town.charter.pk, DutyKind.RATIFY)


OWED: dict[str, Callable[[Bitten], date | None]] = {
    "fill": filled,
    "hand_over": handed_over,
    "take_over": taken_over,
    "respond": responded,
    "acknowledge": acknowledged,
    "ratify": ratified,
}


@pytest.mark.django_db
@pytest.mark.parametrize("term", OWED)
def test_a_term_moves_the_day_of_what_really_falls_due_in_the_charter_that_holds_there(term):
    before, beside, after = flipped(term, OWED[term], of_programme=term in OF_PROGRAMME)
    assert before == beside != after
    assert before is not None
    if term not in OF_PROGRAMME:
        assert flipped(term, OWED[term], of_programme=True) == [before] * 3, "the default charter holds elsewhere"
    else:
        assert flipped(term, OWED[term]) == [before] * 3, "a council's charter rules nothing of the programme's"


FLIPS |= {"promising.renewals", "promising.approver", "promising.within"}


@pytest.mark.django_db
def test_each_rule_of_moving_a_promise_flipped_alone_changes_who_answers_or_by_when():
    bitten = Bitten()

    def asked(**flipped: Any) -> tuple[str, date | None]:
        bitten.under(replace(bitten.town.rules, promising=replace(Promising(), **flipped)))
        action = items.create(
            title="Text",
            seat=bitten.seat,
            council=bitten.chamber.council,
            proof="Four.",
            by=bitten.town.lead,
            now=EPOCH,
        )
        items.accept(action=action, promised_on=date(2026, 11, 20), by=bitten.owner, now=EPOCH)
        request = items.ask_for_time(
            action=action, due_on=date(2026, 12, 4), reason="Supplier.", by=bitten.owner, now=EPOCH
        )
        if request.approver is None:
            return "council", None
        return str(request.approver.kind), bitten.due(action.pk, DutyKind.APPROVE_DATE)

    usual = asked()
    assert usual[0] == "head"
    assert asked(renewals=0) == ("council", None)
    assert asked(approver="chair") == ("chair", usual[1])
    assert asked(within=8)[0] == "head"
    assert asked(within=8)[1] != usual[1]


FLIPS |= {"verifying.verifier", "ladder.steps", "ladder.cadence"}


@pytest.mark.django_db
def test_the_verifier_flipped_changes_who_is_asked():
    bitten = Bitten()
    action = bitten.proposed()
    asked = set()
    for role in ("secretary", "chair", "cx_lead", "champion"):
        bitten.under(replace(bitten.town.rules, verifying=Verifying(role)))
        action.refresh_from_db()
        asked.add(verifier(action, EPOCH))
    assert len(asked) >= 3


FLIPS |= {"right.business_case_above", "right.risk_note_above"}


@pytest.mark.django_db
def test_the_amounts_above_which_something_is_written_flipped_alone_refuse_at_the_field():
    bitten = Bitten()
    books.grant(council=bitten.chamber.council, amount=10_000, by=bitten.town.sponsor, now=EPOCH)

    def refused(**right: int | None) -> set[str]:
        """At which fields an owner and then the council are refused, who write nothing of it."""
        with transaction.atomic():
            bitten.under(replace(bitten.town.rules, right=DecisionRight(5_000, "EUR", **right)))
            fields = {_field(lambda: funding.ask(
                action=bitten.promise(), what_for="A licence", amount=900, by=bitten.owner, now=EPOCH
            ))}  # fmt: skip
            if not fields - {""}:
                fields.add(_field(lambda: _decide(bitten, AgendaItem.objects.get(matter="resources"), amount=900)))
            transaction.set_rollback(True)
        return fields - {""}

    assert refused() == set()
    assert refused(business_case_above=800) == {"problem"}
    assert refused(risk_note_above=800) == {"risk_note"}
    assert refused(risk_note_above=900) == set()


def _field(act: Callable[[], Any]) -> str:
    try:
        act()
    except Invalid as error:
        return error.field
    return ""


def _decide(bitten: Bitten, item: AgendaItem, **payload: Any) -> None:
    clerk = bitten.chamber.secretary
    meeting = meetings.call(council=bitten.chamber.council, starts_at=EPOCH, by=clerk, now=EPOCH)
    meeting = meetings.open_meeting(meeting=meeting, by=clerk, now=EPOCH)
    for membership in bitten.chamber.memberships:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=clerk, now=EPOCH)
    item = agenda.place(item=item, meeting=meeting, by=clerk, now=EPOCH)
    votes = {membership.pk: "for" for membership in bitten.chamber.memberships}
    decisions.settle(item=item, outcome="allocate", motion="Yes.", payload=payload, votes=votes, by=clerk, now=EPOCH)


DELEGATION = Delegation("chair", 1_000, "EUR", "year", 1_500, "2026-11-30")
DELEGATIONS: dict[str, tuple[Delegation, Delegation]] = {
    "delegation.to": (DELEGATION, replace(DELEGATION, to="sponsor")),
    "delegation.per_allocation": (DELEGATION, replace(DELEGATION, per_allocation=900)),
    "delegation.currency": (DELEGATION, replace(DELEGATION, currency="USD")),
    "delegation.period": (DELEGATION, replace(DELEGATION, period="", per_period=0)),
    "delegation.per_period": (DELEGATION, replace(DELEGATION, per_period=2_000)),
    "delegation.until": (DELEGATION, replace(DELEGATION, until="2026-10-31")),
    "delegation.by_signature": (Delegation(), Delegation(by_signature=True)),
}
FLIPS |= set(DELEGATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("field", DELEGATIONS)
def test_each_rule_of_allocating_without_a_meeting_flipped_alone_changes_what_is_allocated(field):
    """A thousand and then another is asked for; chair and sponsor try both."""

    def allocated(rule: Delegation) -> list[str]:
        with transaction.atomic():
            bitten = Bitten()
            books.grant(council=bitten.chamber.council, amount=10_000, by=bitten.town.sponsor, now=EPOCH)
            right = DecisionRight(5_000, rule.currency)
            bitten.under(replace(bitten.town.rules, right=right, delegation=rule))
            found = []
            for _time in range(2):
                action = bitten.promise()
                case = dict.fromkeys(funding.CASE, "Said.")
                funding.ask(action=action, what_for="It", amount=950, case=case, by=bitten.owner, now=EPOCH)
                for by in (bitten.chamber.chair, bitten.town.sponsor):
                    try:
                        with transaction.atomic():
                            found.append(delegating.allocate(action=action, confirm=True, by=by, now=EPOCH).role)
                    except (Refused, Conflict):
                        found.append("")
            transaction.set_rollback(True)
        return found

    before, after = (allocated(rule) for rule in DELEGATIONS[field])
    assert before != after


FLIPS |= {"windows.first", "windows.second", "windows.third"}


@pytest.mark.django_db
def test_each_reading_flipped_alone_moves_the_days_on_which_it_is_asked_whether_it_worked():
    bitten = Bitten()

    def read_on(**flipped: int) -> tuple[int, ...]:
        bitten.under(replace(bitten.town.rules, windows=replace(Windows(), **flipped)))
        return outcomes.reviews(bitten.promise())

    before = bitten.promise()
    assert read_on() == (30, 60, 90)
    assert read_on(first=14) == (14, 60, 90)
    assert read_on(second=45) == (30, 45, 90)
    assert read_on(third=0) == (30, 60)
    before.refresh_from_db()
    assert outcomes.reviews(before) == (30, 60, 90), "a new version moves nothing that was accepted before"


MINUTES: dict[str, Minutes] = {
    "minutes.approval": Minutes(SILENCE_APPROVES),
    "minutes.send": Minutes(send=9),
    "minutes.window": Minutes(window=9),
    "minutes.within": Minutes(within=9),
}
FLIPS |= set(MINUTES)


@pytest.mark.django_db
@pytest.mark.parametrize("field", MINUTES)
def test_each_rule_of_minutes_flipped_alone_changes_who_approves_or_by_when(field):
    def lived(rule: Minutes) -> tuple[Any, ...]:
        """When they are to be sent, until when commented on, who approves by when, and what silence makes of them."""
        with transaction.atomic():
            bitten = Bitten()
            bitten.under(replace(bitten.town.rules, minutes=rule))
            clerk = bitten.chamber.secretary
            meeting = meetings.call(council=bitten.chamber.council, starts_at=EPOCH, by=clerk, now=EPOCH)
            meeting = meetings.open_meeting(meeting=meeting, by=clerk, now=EPOCH)
            made = meetings.close(meeting=meeting, by=clerk, now=EPOCH).minutes
            sending = bitten.due(made.pk, DutyKind.SEND_MINUTES)
            made = minutes.send_out(minutes=made, by=clerk, now=EPOCH)
            owed = bitten.owed(made.pk, DutyKind.APPROVE_MINUTES)
            approver = owed.seat.kind
            by_silence = minutes.approve_by_silence(EPOCH + timedelta(days=60))
            transaction.set_rollback(True)
        return sending, made.comments_until, approver, owed.due_on, by_silence

    before, after = lived(Minutes()), lived(MINUTES[field])
    assert before != after
    changed = [place for place, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert changed == {"approval": [2, 3, 4], "send": [0], "window": [1, 3], "within": [3]}[field.split(".")[1]]


FLIPS |= {"formality.level"}


@pytest.mark.django_db
def test_the_formality_flipped_alone_leaves_a_note_that_nobody_sends_out():
    def lived(rule: Formality) -> tuple[str, bool]:
        with transaction.atomic():
            bitten = Bitten()
            bitten.under(replace(bitten.town.rules, formality=rule))
            clerk = bitten.chamber.secretary
            meeting = meetings.call(council=bitten.chamber.council, starts_at=EPOCH, by=clerk, now=EPOCH)
            meeting = meetings.open_meeting(meeting=meeting, by=clerk, now=EPOCH)
            made = meetings.close(meeting=meeting, by=clerk, now=EPOCH).minutes
            is_owed = Duty.objects.filter(subject_id=made.pk, kind=DutyKind.SEND_MINUTES).exists()
            transaction.set_rollback(True)
        return made.state, is_owed

    assert lived(Formality()) == ("draft", True)
    assert lived(Formality(LIGHT)) == ("note", False)


@pytest.mark.django_db
def test_minutes_that_the_next_meeting_approves_stand_on_its_agenda():
    with transaction.atomic():
        bitten = Bitten()
        bitten.under(replace(bitten.town.rules, minutes=Minutes(MEETING_APPROVES)))
        clerk = bitten.chamber.secretary
        meeting = meetings.call(council=bitten.chamber.council, starts_at=EPOCH, by=clerk, now=EPOCH)
        meeting = meetings.open_meeting(meeting=meeting, by=clerk, now=EPOCH)
        made = meetings.close(meeting=meeting, by=clerk, now=EPOCH).minutes
        minutes.send_out(minutes=made, by=clerk, now=EPOCH)
        assert AgendaItem.objects.get(about_id=made.pk).matter == "minutes"
        transaction.set_rollback(True)


CLOSURES: dict[str, tuple[Closure, str]] = {
    "closure.minimum": (Closure(minimum=3), "file link"),
    "closure.file": (Closure(minimum=2, file=False), "file link"),
    "closure.link": (Closure(minimum=2, link=False), "file link"),
    "closure.reading": (Closure(minimum=2, reading=False), "reading note"),
    "closure.note": (Closure(minimum=2, note=False), "reading note"),
}
FLIPS |= {*CLOSURES, "closure.unverified"}


@pytest.mark.django_db
@pytest.mark.parametrize("field", CLOSURES)
def test_each_rule_of_evidence_flipped_alone_refuses_what_is_said_to_be_done(field):
    bitten = Bitten()
    flipped, kinds = CLOSURES[field]
    metric = metrics.define(title="Told in time", unit="percent", seat=bitten.seat, by=bitten.town.lead, now=EPOCH)
    seen = metrics.observe(metric=metric, on=EPOCH.date(), value=300, by=bitten.town.lead, now=EPOCH)

    def says_done(closure: Closure) -> str:
        bitten.under(replace(bitten.town.rules, closure=closure))
        action = bitten.promise()
        for kind in kinds.split():
            Evidence.objects.create(
                action=action,
                kind=kind,
                title=kind,
                link="https://keep.example.org/",
                file_key=f"{action.pk} {kind}",
                file_digest="0" * 64,
                observation=seen if kind == "reading" else None,
                by=bitten.owner,
                at=EPOCH,
            )
        try:
            with transaction.atomic():
                return items.say_done(action=action, by=bitten.owner, now=EPOCH).state
        except Conflict as refused:
            return refused.facts["code"]

    assert says_done(Closure(minimum=2)) == "done"
    assert says_done(flipped) == "too_little_evidence"


@pytest.mark.django_db
def test_accepting_unverified_flipped_alone_is_offered_or_refused_to_the_council():
    bitten = Bitten()
    action = bitten.promise()
    item = agenda.propose(
        council=bitten.chamber.council, about=action.subject, matter="late_action", by=bitten.town.lead, now=EPOCH
    )
    offered = set()
    for may in (True, False):
        bitten.under(replace(bitten.town.rules, closure=Closure(unverified=may)))
        fresh = AgendaItem.objects.get(pk=item.pk)
        offered.add(frozenset(outcome.key for outcome in matters.offered(fresh, EPOCH)))
    usual, strict = sorted(offered, key=len, reverse=True)
    assert usual - strict == {"accept_as_is"}


class Resting(Bitten):
    """What rests in a council: each trigger of the ladder as the work itself brings it about."""

    def keep(self) -> Duty:
        return self.owed(self.promise().pk, DutyKind.KEEP)

    def accept(self) -> Duty:
        return self.owed(self.proposed().pk, DutyKind.ACCEPT)

    def reassign(self) -> Duty:
        action = items.decline(action=self.proposed(), reason="Not ours.", by=self.owner, now=EPOCH)
        return self.owed(action.pk, DutyKind.REASSIGN)

    def verify(self) -> Duty:
        action = self.promise()
        items.add_evidence(action=action, title="Forty claims", kind="note", by=self.owner, now=EPOCH)
        return self.owed(items.say_done(action=action, by=self.owner, now=EPOCH).pk, DutyKind.VERIFY)

    def fill(self) -> Duty:
        seat = self.chamber.memberships[0].seat
        seats.leave(seat=seat, by=None, now=EPOCH)
        return self.owed(seat.pk, DutyKind.FILL)

    def answer_request(self) -> Duty:
        return self.owed(self.asked().pk, DutyKind.ANSWER_REQUEST)

    def deliver(self) -> Duty:
        return self.owed(self.agreed().pk, DutyKind.DELIVER)

    def confirm(self) -> Duty:
        by = self.town.champions[self.town.legal.pk]
        return self.owed(requests.deliver(request=self.agreed(), by=by, now=EPOCH).pk, DutyKind.CONFIRM)

    def answer(self) -> Duty:
        take(EPOCH, "1,,,,CLM,Claim status,a")
        return Duty.objects.get(kind=DutyKind.ANSWER, closed_at=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "trigger",
    ["keep", "accept", "reassign", "answer", "verify", "fill", "answer_request", "deliver", "confirm"],
)
def test_each_trigger_of_the_ladder_flipped_alone_changes_when_what_rests_climbs(trigger):
    """Overdue, not accepted, declined, feedback unanswered, done but unverified, seat vacant: silent without a rung."""
    falls = {}
    for steps in ((), (Step(trigger, 1, "head"),), (Step(trigger, 4, "sponsor"),)):
        with transaction.atomic():
            resting = Resting()
            # Voices are heard before any council owns them: the programme's own charter holds.
            charter = default_rules().charter if trigger == "answer" else resting.town.charter
            resting.under(replace(resting.town.rules, ladder=Ladder(steps)), charter)
            falls[steps] = getattr(resting, trigger)().next_at
            transaction.set_rollback(True)
    assert falls[()] is None
    assert len(set(falls.values())) == 3


@pytest.mark.django_db
def test_the_cadence_flipped_alone_changes_when_what_the_council_leaves_lying_climbs():
    climbs = set()
    for days in (0, 10, 20):
        with transaction.atomic():
            resting = Resting()
            ladder = Ladder((Step("keep", 1, "council"),), days)
            resting.under(replace(resting.town.rules, ladder=ladder), resting.town.charter)
            duty = resting.keep()
            climbs.add(max((rung.at for rung in coming([duty.pk], EPOCH + timedelta(days=200))), default=None))
            transaction.set_rollback(True)
    assert len(climbs) == 3


FLIPS |= {"cadence.weeks"}


@pytest.mark.django_db
def test_how_often_a_council_meets_flipped_alone_changes_when_calling_a_meeting_is_owed():
    days = {}
    for weeks in (0, 2, 6):
        with transaction.atomic():
            bitten = Bitten()
            bitten.under(replace(bitten.town.rules, cadence=Cadence(weeks)))
            days[weeks] = None
            for day in range(60):
                cadence.settle(EPOCH + timedelta(days=day))
                if Duty.objects.filter(kind=DutyKind.CALL_MEETING, subject_id=bitten.chamber.council.pk).exists():
                    days[weeks] = day
                    break
            transaction.set_rollback(True)
    assert days == {0: None, 2: 15, 6: 43}


CHAIRS: dict[str, ChairsAction] = {
    "chair.allowed": ChairsAction(),
    "chair.up_to": ChairsAction(True, 400),
    "chair.currency": ChairsAction(True, 500, "USD"),
}
FLIPS |= set(CHAIRS)


@pytest.mark.parametrize("field", CHAIRS)
def test_each_rule_of_the_chairs_action_flipped_alone_refuses_what_the_chair_may_decide(field):
    def judged(rule: ChairsAction) -> str:
        return authority.judge_chair(rule, BASE.right, amount=500, free=10**6, currency="EUR").verdict

    assert (judged(ChairsAction(True, 500)), judged(CHAIRS[field])) == ("valid", "referred")


def test_what_the_council_has_left_of_its_period_binds_its_chair():
    rule = ChairsAction(True, 500)
    assert authority.judge_chair(
        rule, BASE.right, amount=500, free=10**6, currency="EUR", committed=1_600
    ).verdict == "referred"  # fmt: skip


FLIPS |= {"recusal.must", "recusal.stays", "recusal.chaired_by"}


def judged_in_its_owners_council(rule: Recusal) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts of a decision on an action whose owner sits in the council, as does whoever speaks for its department;
    and the titles of both seats."""
    bitten = Bitten()
    bitten.under(replace(bitten.town.rules, recusal=rule))
    room = bitten.chamber
    owner, speaker = room.memberships[4], room.memberships[6]
    Membership.objects.filter(pk=speaker.pk).update(represents=owner.seat.department)
    action = items.accept(
        action=items.create(
            title="Letters", seat=owner.seat, council=room.council, proof="Ten.", by=bitten.town.lead, now=EPOCH
        ),
        promised_on=date(2026, 11, 20), by=room.members[4], now=EPOCH,
    )  # fmt: skip
    item = agenda_of.propose(action, ask="What now?", now=EPOCH)
    _meeting, votes = sit(room)
    for one in (owner, speaker):
        votes.pop(one.pk)
    decision = decisions.settle(
        item=AgendaItem.objects.get(pk=item.pk), outcome="drop", motion="Drop it.", payload={"reason": "r"},
        votes=votes, by=room.secretary, now=EPOCH,
    )  # fmt: skip
    return decision.facts, {"owner": owner.seat.title, "speaker": speaker.seat.title}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "present", "aside"),
    [(Recusal(), 9, []), (Recusal("seat"), 8, ["owner"]), (Recusal("department"), 7, ["owner", "speaker"])],
    ids=["nobody", "who answers", "their department"],
)
def test_who_has_to_stand_aside_flipped_alone_changes_who_is_counted(rule, present, aside):
    facts, seats_of = judged_in_its_owners_council(rule)
    assert (facts["present"], facts["recused"]) == (present, 9 - present)
    assert facts.get("aside", []) == [seats_of[one] for one in aside]
    assert "aside_left" not in facts


@pytest.mark.django_db
def test_whether_they_stay_flipped_alone_changes_what_is_told():
    facts, _seats = judged_in_its_owners_council(Recusal("seat", stays=False))
    assert facts["aside_left"] is True
    assert "left the room" in " ".join(authority.why("valid", facts))


def test_who_chairs_then_flipped_alone_loses_the_chair_that_a_quorum_needs():
    room = [SeatStanding(is_chair=True, is_present=True, is_recused=True), *[SeatStanding(is_present=True)] * 5]
    met = {by: quorum.count(room, Quorum(5), Recusal(chaired_by=by)).is_quorate for by in CHAIRED_BY}
    assert met == {"chair": True, "deputy": False, "secretary": False}
    stored = {name: clause for name, clause in Rules().to_json().items() if name != "recusal"}
    assert Rules.from_json(stored).recusal == Recusal(chaired_by="chair"), "as it was before"


FLIPS |= {"written.days"}


@pytest.mark.django_db
def test_the_days_of_a_written_vote_flipped_alone_move_its_last_day_or_send_it_up_at_once():
    ends = {}
    for days in (5, 7, 0):
        with transaction.atomic():
            bitten = Bitten()
            bitten.under(replace(bitten.town.rules, written=Written(days)))
            clerk = bitten.chamber.secretary
            item = agenda.propose(
                council=bitten.chamber.council, about=None, matter="general", by=None, now=EPOCH, ask="It rests.",
                proposal={matters.ESCALATED: True},
            )  # fmt: skip
            meeting = meetings.call(council=bitten.chamber.council, starts_at=EPOCH, by=clerk, now=EPOCH)
            meeting = meetings.open_meeting(meeting=meeting, by=clerk, now=EPOCH)
            meetings.close(meeting=meeting, by=clerk, now=EPOCH, not_decided="No time.")
            item.refresh_from_db()
            ends[days] = (bitten.due(item.pk, DutyKind.SETTLE), "alone" in item.proposal)
            transaction.set_rollback(True)
    assert len(set(ends.values())) == 3
    assert [ends[days][1] for days in (5, 7, 0)] == [False, False, True]


FLIPS |= {"agenda.heard", "agenda.days", "agenda.waiting"}


@pytest.mark.django_db
def test_the_thresholds_flipped_alone_bring_a_theme_onto_the_agenda_or_keep_it_off():
    by_count, by_waiting = Thresholds(heard=3, days=30, waiting=0), Thresholds(heard=0, days=30, waiting=3)
    stands = {}
    for rule in (
        by_count, replace(by_count, heard=4), replace(by_count, days=5), replace(by_count, heard=0),
        by_waiting, replace(by_waiting, waiting=4),
    ):  # fmt: skip
        with transaction.atomic():
            bitten = Bitten()
            bitten.under(replace(bitten.town.rules, agenda=rule))
            take(EPOCH, *(f"{n},2026-10-20 09:00,,,CLM,Claim status,a" for n in range(3)))
            meetings.call(council=bitten.chamber.council, starts_at=EPOCH, by=bitten.chamber.secretary, now=EPOCH)
            stands[rule] = AgendaItem.objects.filter(source="theme").count()
            transaction.set_rollback(True)
    assert list(stands.values()) == [1, 0, 0, 0, 1, 0]


def test_every_field_of_every_clause_is_flipped_and_stands_in_the_book_of_rules():
    declared = {f"{clause}.{field.name}" for clause, kind in CLAUSES.items() for field in fields(kind)}
    assert declared <= FLIPS | ELSEWHERE
    book = (Path(__file__).parent.parent / "docs" / "charters.md").read_text()
    assert [name for name in sorted(declared) if f"`{name}`" not in book] == []
