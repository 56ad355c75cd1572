"""Each clause that a charter can hold is flipped alone, and a verdict, a reminder or a refusal changes.

``FLIPS`` names the field that each flip turns; the last test counts that every declared field has one, and a line in
docs/charters.md.
"""

from dataclasses import fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from actions.queries.independence import verifier
from actions.services import items
from councils import authority, quorum
from councils.periods import first_day
from councils.quorum import SeatStanding
from councils.representation import hear
from councils.services import agenda, trials
from councils.tally import tally
from governance.clauses import (
    CLAUSES,
    DecisionRight,
    Ladder,
    Promising,
    Quorum,
    Representation,
    Represented,
    Rules,
    Step,
    Terms,
    Verifying,
    Voting,
)
from governance.models import Charter, Duty, DutyKind, SubjectKind
from governance.services import charters, duties, subjects
from governance.services.duties import default_rules, rules_in_force
from tests.actions.reading_files import take
from tests.factories import EPOCH, Town

FLIPS: set[str] = set()

ELSEWHERE = {"terms.hand_over", "terms.take_over", "terms.respond", "terms.acknowledge", "terms.ratify",
             "provisional.days", "review.months"}  # fmt: skip
"""Flipped in the tests of what enforces them."""


def verdict(rules: Rules, choices: str = "ffffa", *, amount: int = 0, committed: int = 0, chair: str = "f") -> str:
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
        return Duty.objects.get(subject_id=subject_id, kind=kind, closed_at=None).due_on

    def days(self) -> dict[str, date | None]:
        """When each thing is due that an action goes through, in a council that can get stuck."""
        chamber, owner = self.chamber, self.owner
        action = items.create(
            title="Text at each step", seat=self.seat, council=chamber.council, proof="Four texts each.",
            by=self.town.lead, now=EPOCH,
        )  # fmt: skip
        found = {"accept": self.due(action.pk, DutyKind.ACCEPT)}
        items.accept(action=action, promised_on=None, by=owner, now=EPOCH)
        found["set_date"] = self.due(action.pk, DutyKind.SET_DATE)
        items.set_date(action=action, due_on=date(2026, 11, 20), by=owner, now=EPOCH)
        items.add_evidence(action=action, title="Forty claims", kind="note", by=owner, now=EPOCH)
        items.say_done(action=action, by=owner, now=EPOCH)
        found["verify"] = self.due(action.pk, DutyKind.VERIFY)
        about = subjects.create(SubjectKind.THEME, title="A matter", now=EPOCH, audience=[chamber.council.pk])
        item = agenda.propose(council=chamber.council, about=about, matter="general", by=chamber.secretary, now=EPOCH)
        found["settle"] = self.due(item.pk, DutyKind.SETTLE)
        trials.settle(trials.queries.tried([chamber.council], EPOCH), EPOCH)
        found["fill"] = self.due(chamber.council.pk, DutyKind.UNSTICK)
        duties.close_all(subject_id=chamber.council.pk, now=EPOCH, outcome="mended")
        return found


TERMS = ("accept", "set_date", "verify", "settle", "fill")
FLIPS |= {f"terms.{name}" for name in (*TERMS, "answer")}


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


FLIPS |= {"verifying.verifier", "ladder.steps"}


@pytest.mark.django_db
def test_the_verifier_and_each_trigger_of_the_ladder_flipped_change_who_is_asked_and_when():
    bitten = Bitten()
    chamber, make = bitten.chamber, partial(duties.open_duty, now=EPOCH, within=5)
    action = items.create(
        title="Text", seat=bitten.seat, council=chamber.council, proof="Four.", by=bitten.town.lead, now=EPOCH
    )
    asked = set()
    for role in ("secretary", "chair", "cx_lead", "champion"):
        bitten.under(replace(bitten.town.rules, verifying=Verifying(role)))
        action.refresh_from_db()
        asked.add(verifier(action, EPOCH))
    assert len(asked) >= 3
    # Overdue, not accepted, declined, feedback unanswered, done but unverified, seat vacant: silent without its rung.
    for kind in ("keep", "accept", "reassign", "answer", "verify", "fill"):
        falls = {}
        for steps in ((), (Step(kind, 1, "head"),), (Step(kind, 4, "sponsor"),)):
            bitten.under(replace(bitten.town.rules, ladder=Ladder(steps)))
            about = subjects.create(SubjectKind.THEME, title=kind, now=EPOCH, audience=[chamber.council.pk])
            rules = rules_in_force(bitten.town.charter, EPOCH)
            falls[steps] = make(subject_id=about.pk, kind=kind, seat=bitten.seat, rules=rules).next_at
        assert falls[()] is None
        assert len(set(falls.values())) == 3


def test_every_field_of_every_clause_is_flipped_and_stands_in_the_book_of_rules():
    declared = {f"{clause}.{field.name}" for clause, kind in CLAUSES.items() for field in fields(kind)}
    assert declared <= FLIPS | ELSEWHERE
    book = (Path(__file__).parent.parent / "docs" / "charters.md").read_text()
    assert [name for name in sorted(declared) if f"`{name}`" not in book] == []
