"""A charter is revised and an old decision keeps its verdict: what was counted once is told as it was counted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from councils.models import AgendaItem, Decision, Verdict
from councils.services import agenda, books, decisions, meetings
from governance.clauses import DecisionRight, Quorum, Representation, Represented, Rules, Voting
from governance.models import CharterState, CharterVersion, SubjectKind
from governance.services import charters, subjects
from tests.factories import EPOCH, Chamber, Town

EUROS = 100
DECEMBER = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_charter_is_revised_and_an_old_decision_keeps_its_verdict(api_for, client_for) -> None:
    town = Town()
    committee = Chamber(town, name="Executive Committee", size=3)
    council = Chamber(town, name="CX Governance Council", size=9, parent=committee.council)
    books.grant(council=council.council, amount=20_000 * EUROS, by=town.sponsor, now=EPOCH)
    read = api_for(town.lead)

    def sit(now, present=9, *, chair=True):
        meeting = meetings.call(council=council.council, starts_at=now, by=council.secretary, now=now)
        meeting = meetings.open_meeting(meeting=meeting, by=council.secretary, now=now)
        for membership in council.memberships[:present] if chair else council.memberships[1 : present + 1]:
            meetings.mark(meeting=meeting, membership=membership, presence="present", by=council.secretary, now=now)
        return meeting

    def decide(meeting, title, now, *, against=0) -> Decision:
        seat = town.champion_seats[town.claims.pk]
        about = subjects.create(SubjectKind.THEME, title=title, now=now, audience=[council.council.pk])
        item = agenda.propose(council=council.council, about=about, matter="theme", by=council.secretary, now=now)
        agenda.place(item=item, meeting=meeting, by=council.secretary, now=now)
        here = [row.membership_id for row in meeting.attendance.filter(presence="present").order_by("membership_id")]
        votes = {key: "against" if place < against else "for" for place, key in enumerate(here)}
        return decisions.settle(
            item=AgendaItem.objects.get(pk=item.pk), outcome="create_action", motion=title,
            payload={
                "title": title, "proof": "Nine of ten.", "seat": seat.reference, "asked_for": "2026-12-18",
                "amount": 3_999 * EUROS, "needs_none": False,
            },
            votes=votes, by=council.secretary, now=now,
        )  # fmt: skip

    # November: €3,999 is within the limit of €4,000, and one vote against does not matter.
    first = sit(EPOCH, present=6)
    valid = decide(first, "Text at each step", EPOCH, against=1)
    assert valid.verdict == Verdict.VALID
    before = read.get(f"/api/v1/decisions/{valid.reference}/").json()
    assert before["sentence"] == "valid (6 of 9; 5 for, 1 against)"

    # The charter is revised in every respect, and a sponsor ratifies it while that meeting still sits.
    stricter = Rules(
        quorum=Quorum(7),
        represented=Represented((Representation(town.legal.reference),)),
        voting=Voting("consent"),
        right=DecisionRight(1_000 * EUROS, "EUR", "year", 2_000 * EUROS),
        ladder=town.rules.ladder,
    )
    draft = charters.draft(title="", charter=town.charter, rules=stricter, by=town.lead, now=EPOCH)
    charters.ratify(version=draft, by=town.sponsor, now=EPOCH)
    states = dict(CharterVersion.objects.filter(charter=town.charter).values_list("number", "state"))
    assert states == {1: CharterState.SUPERSEDED, 2: CharterState.IN_FORCE}

    # That meeting opened under the old rules and ends under them.
    again = decide(first, "Text again", EPOCH, against=1)
    assert (again.verdict, again.charter_version.number) == (Verdict.VALID, 1)
    meetings.close(meeting=first, by=council.secretary, now=EPOCH)

    # December: the same motion, the same people, other rules.
    second = sit(DECEMBER, present=6)
    advice = decide(second, "Text in December", DECEMBER, against=1)
    assert (advice.verdict, advice.charter_version.number) == (Verdict.ADVISORY, 2)
    told = read.get(f"/api/v1/decisions/{advice.reference}/").json()
    assert told["sentence"] == "advisory (6 of 9, 7 needed; Legal & Compliance was not represented)"
    assert told["facts"]["unrepresented"] == ["Legal & Compliance"]

    # And what was decided in November is what it was, in the register, over the API, and word by word on its page.
    after = read.get(f"/api/v1/decisions/{valid.reference}/").json()
    assert after == before
    assert (after["charter_version"], after["verdict"]) == (1, "valid")
    page = client_for(town.lead).get(f"/decisions/{valid.reference}/").text
    assert "6 of 9 voting seats were taken; 5 needed, the chair was there." in page
    assert "5 for, 1 against, 0 abstained, 0 recused; a motion needs more than half of 6." in page
    assert "one decision may commit €4,000.00" in page

    # A third version, laxer than both, changes nothing of that either.
    laxer = charters.draft(
        title="", charter=town.charter, rules=replace(town.rules, quorum=Quorum(1)), by=town.lead, now=DECEMBER
    )
    charters.ratify(version=laxer, by=town.sponsor, now=DECEMBER)
    assert Decision.objects.get(pk=advice.pk).verdict == Verdict.ADVISORY
    assert read.get(f"/api/v1/decisions/{advice.reference}/").json() == told
