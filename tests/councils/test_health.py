"""Governance health of a council: each figure against a slow derivation that reads models alone; few are too few."""

from datetime import timedelta

import pytest
import time_machine

from councils.models import Decision, Meeting
from councils.queries import health
from councils.services import meetings
from governance.services.duties import rules_in_force
from tests.councils.rooms import decide, sit
from tests.factories import EPOCH, Chamber

NOW = EPOCH + timedelta(weeks=31)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def figures(chamber, viewer):
    version = rules_in_force(chamber.council.charter, NOW)
    return {one.key: one for one in health.of_council(chamber.council, version, viewer, NOW)}


def lived(council):
    """Three meetings, the second without a quorum; a fourth is called off; one is long ago."""
    for week, present in ((0, 9), (27, 9), (28, 4), (29, 9)):
        now = EPOCH + timedelta(weeks=week)
        meeting, votes = sit(council, now=now, present=present)
        decide(council, meeting, votes, 0, title=f"In week {week}", now=now)
        meetings.close(meeting=meeting, by=council.secretary, now=now)
    off = meetings.call(
        council=council.council, starts_at=EPOCH + timedelta(weeks=30), by=council.secretary, now=EPOCH
    )  # fmt: skip
    meetings.call_off(meeting=off, reason="Ill.", by=council.secretary, now=EPOCH)


def slowly(council):
    since = NOW - health.SINCE
    held = [one for one in Meeting.objects.filter(council=council.council) if since < one.starts_at <= NOW]
    decided = [one for one in Decision.objects.filter(council=council.council) if one.decided_at > since]
    by_meeting = {}
    for one in decided:
        by_meeting.setdefault(one.meeting_id, []).append(one.verdict)
    verdicts = [one.verdict for one in decided]
    return {
        "held": (sum(one.state == "closed" for one in held), len(held)),
        "quorate": (sum("advisory" not in found for found in by_meeting.values()), len(by_meeting)),
        "valid": (verdicts.count("valid"), len(verdicts)),
        "advisory": (verdicts.count("advisory"), len(verdicts)),
        "referred": (verdicts.count("referred"), len(verdicts)),
    }


def test_each_figure_is_what_a_slow_derivation_counts(town, council):
    lived(council)
    found = figures(council, council.secretary)
    assert {key: (found[key].part, found[key].whole) for key in slowly(council)} == slowly(council)
    assert (found["held"].part, found["held"].whole) == (3, 4)
    assert (found["quorate"].part, found["quorate"].whole) == (2, 3)
    assert not found["held"].few
    weeks = town.rules.cadence.weeks
    assert (found["cadence"].value if weeks else "", weeks) == (f"3 of {182 // (7 * weeks)}" if weeks else "", weeks)


def test_what_is_few_is_too_few_to_tell_and_each_figure_opens_its_list(town, council, client_for):
    client = client_for(council.secretary)
    assert "Too few to tell" in client.get(f"/councils/{council.council.reference}/").text
    for figure in figures(council, council.secretary).values():
        assert client.get(figure.url).status_code == 200


def test_the_same_over_the_api_and_nothing_of_it_for_whoever_may_not_see_the_council(town, council, api_for):
    lived(council)
    told = api_for(council.secretary).get(f"/api/v1/councils/{council.council.reference}/health/").json()
    assert {one["key"]: one["value"] for one in told}["held"] == "3 of 4"
    quiet = Chamber(town, name="Zephyr circle", size=3, confidential=True)
    assert api_for(town.lead).get(f"/api/v1/councils/{quiet.council.reference}/health/").status_code == 404
