"""What a meeting does not decide of what had escalated: said with a reason, and brought on by a written vote.

Where the charter knows no written votes it goes to the body above at once (DESIGN.md, point 8: it cannot be buried).
"""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import referrals
from councils.models import AgendaItem, Ballot, BallotState, Meeting
from councils.queries import ballots as queries
from councils.queries import meetings as meeting_queries
from councils.queries.councils import today_of
from councils.services import agenda
from governance import events
from governance.clauses import enforces
from governance.errors import Invalid
from governance.models import CharterVersion, Person
from governance.queries.calendars import add_working_days, calendar_of_department
from governance.services import duties, journal

NOT_DECIDED = events.declare(
    "councils.item.not_decided", says=gettext_lazy("{by} recorded that {subject} was not decided: {text}"),
    by_people=True,
)  # fmt: skip
LONGEST_REASON = 1000


def reason_of(given: str) -> str:
    """Why it was not decided, as it is kept. Raises :class:`Invalid` at the reason."""
    text = given.strip()
    if not text:
        raise Invalid(_("Say why it is not decided; the body above reads it."), field="reason")
    if len(text) > LONGEST_REASON:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="reason")
    return text


@enforces("written")
def last_day(item: AgendaItem, version: CharterVersion, now: datetime) -> date | None:
    """The last day of a written vote that opens now, by the council's calendar; None: the charter knows none."""
    days = queries.days_of(version)
    calendar = calendar_of_department(item.council.department)
    return add_working_days(calendar.pk, today_of(item.council, now), days) if days else None


def leave(item: AgendaItem, *, meeting: Meeting, reason: str, by: Person, now: datetime) -> AgendaItem:
    """Take a locked item off its meeting as not decided. Returns the item as it stands where it is settled next.

    Within the caller's transaction, authority and lock of the meeting.
    """
    version = meeting_queries.version_of(meeting, now)
    closes_on = last_day(item, version, now)
    Ballot.objects.create(
        item=item,
        meeting=meeting,
        reason=reason,
        charter_version=version,
        state=BallotState.AWAITED if closes_on else BallotState.ENDED,
        opened_by=by,
        opened_at=now,
        closes_on=closes_on or today_of(item.council, now),
        closed_at=None if closes_on else now,
        ended_as="" if closes_on else "climbed",
    )
    item.meeting = None
    item.keep("meeting")
    journal.record(
        NOT_DECIDED, subject=item.subject, by=by, now=now, text=reason, mentions=[("meeting", meeting.pk)]
    )  # fmt: skip
    if closes_on is None:
        return referrals.raise_undecided(item, now=now)
    owe_by(item, closes_on, now)
    return item


def owe_by(item: AgendaItem, day: date, now: datetime) -> None:
    """The secretary brings it to a decision by the last day of its vote."""
    duty = agenda.owed(item)
    if duty is not None:
        duties.move_due_day(duty, due_on=day, now=now)
