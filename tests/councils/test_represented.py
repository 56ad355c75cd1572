"""Who must be represented, and what a period may commit: judged in a meeting, by the charter it opened under."""

from datetime import timedelta

import pytest

from councils.models import Verdict
from councils.queries import decisions as decision_queries
from councils.queries import meetings as meeting_queries
from councils.services import books, councils, meetings
from governance.clauses import DecisionRight, Quorum, Representation, Represented, Rules, Voting
from governance.errors import Invalid
from governance.models import SeatKind
from governance.services import charters, seats
from tests.councils.rooms import EUROS, decide, sit
from tests.factories import EPOCH, Chamber


def under(chamber, rules):
    version = charters.draft(title="", rules=rules, charter=chamber.council.charter, by=None, now=EPOCH)
    charters.ratify(version=version, by=None, now=EPOCH)
    return version


def test_a_department_is_heard_through_its_seat_its_champion_or_the_body_named_for_it(town, committee, council):
    legal, claims, digital = (one.reference for one in (town.legal, town.claims, town.digital))
    expert = Chamber(town, name="Centre of Excellence", size=3)
    rules = Rules(
        quorum=Quorum(3),
        represented=Represented(
            (Representation(legal, by=expert.council.reference), Representation(claims), Representation(digital))
        ),
    )
    version = under(council, rules)
    assert Rules.from_json(version.rules).represented.sentence() == (
        "Represented when it decides: Legal & Compliance by Centre of Excellence, Claims and Digital & App. "
        "A decision without one of them is advisory."
    )
    seat = councils.add_member(council=council.council, by=town.lead, now=EPOCH, represents=town.claims)
    seats.seat_person(seat=seat.seat, person=town.heads[town.claims.pk], by=None, now=EPOCH)
    guest = councils.add_member(council=council.council, by=town.lead, now=EPOCH, votes=False)
    seats.seat_person(seat=guest.seat, person=town.champions[town.digital.pk], by=None, now=EPOCH)
    meeting, votes = sit(council)

    def mark(membership):
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=council.secretary, now=EPOCH)
        return meeting_queries.standing(meeting, EPOCH).heard.missing

    assert meeting_queries.standing(meeting, EPOCH).heard.missing == ("Legal & Compliance", "Claims", "Digital & App")
    assert mark(seat) == ("Legal & Compliance", "Digital & App"), "its own seat in the council"
    assert mark(guest) == ("Legal & Compliance",), "its champion, whichever seat"
    advice = decide(council, meeting, votes, 0)
    assert advice.verdict == Verdict.ADVISORY
    assert advice.facts["unrepresented"] == ["Legal & Compliance"]
    seats.seat_person(seat=expert.memberships[2].seat, person=council.members[4], by=None, now=EPOCH)
    assert decide(council, meeting, votes, 0, title="Again").verdict == Verdict.VALID
    assert Rules.from_json(meeting.charter_version.rules).represented.departments[0].by_name == "Centre of Excellence"


def test_without_a_quorum_nothing_says_that_what_is_decided_counts(town, committee, council):
    named = Represented((Representation(town.claims.reference),), otherwise="valid")
    under(council, Rules(quorum=Quorum(5), represented=named))
    meeting, _votes = sit(council, present=4)
    assert meeting_queries.standing(meeting, EPOCH).heard.sentence == "Claims is not represented."
    meetings.mark(
        meeting=meeting, membership=council.memberships[4], presence="present", by=council.secretary, now=EPOCH
    )
    assert "counts, and will say so" in meeting_queries.standing(meeting, EPOCH).heard.sentence


def test_a_charter_never_names_a_confidential_council(town, committee):
    quiet = Chamber(town, name="Quiet Table", size=3, confidential=True)
    named = Represented((Representation(town.legal.reference, by=quiet.council.reference),))
    for by in (town.lead, None):
        with pytest.raises(Invalid) as refused:
            charters.draft(title="Loose talk", rules=Rules(represented=named), by=by, now=EPOCH)
        assert refused.value.field == "represented"
        assert "Quiet" not in str(refused.value)


def test_the_second_decision_of_a_quarter_is_referred_and_the_next_quarter_begins_anew(town, committee, council):
    books.grant(council=council.council, amount=90_000 * EUROS, by=town.sponsor, now=EPOCH)
    under(council, Rules(quorum=Quorum(3), right=DecisionRight(400_000, "EUR", "quarter", 600_000)))
    meeting, votes = sit(council)
    assert decide(council, meeting, votes, 3_000, title="First").verdict == Verdict.VALID
    beyond = decide(council, meeting, votes, 3_001, title="Second")
    assert (beyond.verdict, beyond.facts["committed"]) == (Verdict.REFERRED, 300_000)
    assert decide(council, meeting, votes, 3_000, title="Third").verdict == Verdict.VALID
    assert decide(council, meeting, votes, 0, title="Nothing").verdict == Verdict.VALID
    last_evening = EPOCH.replace(month=12, day=31, hour=22)
    assert decision_queries.committed(council.council, "quarter", last_evening) == 600_000
    assert decision_queries.committed(council.council, "quarter", last_evening + timedelta(hours=2)) == 0
    assert decision_queries.committed(council.council, "month", EPOCH.replace(month=12)) == 0
    assert decision_queries.committed(council.council, "", EPOCH) == 0


def test_the_chairs_seat_decides_a_tie_where_the_charter_says_so(town, committee, council):
    under(council, Rules(quorum=Quorum(3), voting=Voting(tie="chair")))
    meeting, votes = sit(council, present=6)
    half = {key: ("for" if place % 2 == 0 else "against") for place, key in enumerate(votes)}
    decision = decide(council, meeting, half, 0)
    assert council.memberships[0].seat.kind == SeatKind.CHAIR
    assert (decision.verdict, decision.facts["tie"], decision.facts["chair_choice"]) == (Verdict.VALID, "chair", "for")
