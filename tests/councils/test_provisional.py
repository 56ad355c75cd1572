"""What a council decides while its charter holds provisionally."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from councils.models import Decision, Verdict
from councils.queries import meetings
from governance.clauses import Provisional
from governance.models import CharterVersion
from governance.services import charters, submissions
from governance.services.duties import default_rules
from tests.councils.rooms import decide, sit
from tests.factories import EPOCH, Chamber, Town, projected_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def room(town: Town, *, days: int) -> tuple[Chamber, CharterVersion]:
    """A council whose first charter is before its sponsor, and holds for so many days meanwhile (0: not at all)."""
    rules = replace(town.rules, provisional=Provisional(days=days))
    version = charters.draft(title="Charter of the squad", rules=rules, by=town.lead, now=town.now)
    submissions.submit(version=version, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
    if days:
        submissions.put_into_force_provisionally(version=version, by=town.lead, now=town.now)
    town.charter = version.charter
    with projected_once():
        chamber = Chamber(town, name="Squad", size=9)
    return chamber, CharterVersion.objects.get(pk=version.pk)


def test_a_decision_is_judged_by_it_and_stays_marked(town: Town) -> None:
    squad, version = room(town, days=60)
    meeting, votes = sit(squad, present=5)
    decision = decide(squad, meeting, votes, 0)
    assert (decision.verdict, decision.charter_version, decision.is_provisional) == (Verdict.VALID, version, True)
    submissions.ratify(version=version, by=town.sponsor, now=town.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(is_provisional=False)
    assert not decide(squad, meeting, votes, 0, title="Another").is_provisional


def test_flipped_the_default_charter_judges(town: Town) -> None:
    """The clause alone is another: no provisional days, and the same council decides by the default charter."""
    squad, _version = room(town, days=0)
    meeting, votes = sit(squad, present=5)
    decision = decide(squad, meeting, votes, 0)
    assert (decision.charter_version, decision.is_provisional) == (default_rules(), False)


def test_a_meeting_that_is_open_when_its_time_ends_decides_by_the_default_charter(town: Town) -> None:
    squad, version = room(town, days=1)
    meeting, votes = sit(squad, present=5)
    later = EPOCH + timedelta(days=1)
    assert meetings.version_of(meeting, later - timedelta(seconds=1)) == version
    assert decide(squad, meeting, votes, 0, now=later).charter_version == default_rules()
