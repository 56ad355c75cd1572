"""Holding a meeting and deciding in it, through the services."""

from councils.services import agenda, decisions, meetings
from governance.models import Person, SubjectKind
from governance.services import subjects
from tests.factories import EPOCH

EUROS = 100
CARRIED_OUT: list[tuple[str, int]] = []
"""What the tests' own matter carried out: reference and amount of each decision."""


def sit(chamber, now=EPOCH, present=9, *, chair=True):
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.secretary, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.secretary, now=now)
    taking = chamber.memberships[:present] if chair else chamber.memberships[1 : present + 1]
    for membership in taking:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=chamber.secretary, now=now)
    return meeting, {membership.pk: "for" for membership in taking}


def decide(chamber, meeting, votes, euros, *, title="Text at each step", now=EPOCH, by: Person | None = None, **more):
    about = subjects.create(SubjectKind.THEME, title=title, now=now, audience=[chamber.council.pk])
    item = agenda.propose(council=chamber.council, about=about, matter="spending", by=chamber.secretary, now=now)
    agenda.place(item=item, meeting=meeting, by=chamber.secretary, now=now)
    item.refresh_from_db()
    return decisions.settle(
        item=item, outcome="spend", motion=title, payload={"title": title, "amount": euros * EUROS}, votes=votes,
        by=by or chamber.secretary, now=now, **more,
    )  # fmt: skip
