"""Check-ins: what a sponsor pledged to each council that they sponsor, evenly spaced; each one opens the next."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Absent, Invalid, Refused
from governance.models import Calendar, CheckIn, Duty, DutyKind, ExecutiveSponsor, Person, Seat, Subject
from governance.queries import checkins as queries
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.services import duties, journal
from governance.sponsored import Body, bodies_of

CHECKED_IN = events.declare(
    "governance.sponsor.checked_in", says=gettext_lazy("{by} checked in with {subject}"), by_people=True
)

QUARTER = 91
"""Days: thirteen weeks."""


@transaction.atomic
def check_in(*, subject: Subject, note: str, by: Person, now: datetime) -> CheckIn:
    """Write down what came of a talk with a council that one sponsors. The next one is owed from today on.

    By whoever answers for the sponsor's seat. Raises :class:`Absent` for a council that ``by`` may not see,
    :class:`Refused` for anybody but its sponsor, :class:`Invalid` without a note.
    """
    body = require_sponsoring(subject, by, now)
    note = note.strip()
    if not note:
        raise Invalid(_("Write in a line or two what was said, so that the council can hold on to it."), field="note")
    sponsor = ExecutiveSponsor.objects.select_for_update(of=("self",)).select_related("seat").get(pk=body.sponsor_id)
    made = CheckIn.objects.create(sponsor=sponsor, subject=subject, by=by, at=now, note=note)
    duties.close_duty(subject_id=subject.pk, kind=DutyKind.CHECK_IN, now=now, outcome="checked_in")
    keep_up(sponsor, now)
    journal.record(CHECKED_IN, subject=subject, by=by, now=now, text=note, mentions=[("sponsor", sponsor.pk)])
    return made


def require_sponsoring(subject: Subject, by: Person, now: datetime) -> Body:
    """The body of ``subject``, for whoever answers for its sponsor's seat; else :class:`Absent` or :class:`Refused`."""
    if not access.may_see(by, subject.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    body = queries.mine(by, subject, now)
    if body is None:
        raise Refused(_("Only the sponsor of %(council)s checks in with it.") % {"council": subject.title})
    return body


def keep_up(sponsor: ExecutiveSponsor, now: datetime) -> None:
    """Make the check-ins that are owed follow the pledge and the councils that are sponsored today.

    One open duty a council, due when the pledge says since the last check-in (or since it was pledged at first); none
    where none is pledged, or where the council has another sponsor now.
    """
    seat = Seat.objects.select_related("calendar", "department").get(pk=sponsor.pk)
    calendar = calendar_of_seat(seat)
    open_ones = {
        duty.subject_id: duty for duty in Duty.objects.filter(seat=seat, kind=DutyKind.CHECK_IN, closed_at=None)
    }
    bodies = bodies_of([sponsor.pk]) if sponsor.checkins_a_quarter else []
    for subject_id in open_ones.keys() - {body.subject_id for body in bodies}:
        duties.close_duty(subject_id=subject_id, kind=DutyKind.CHECK_IN, now=now, outcome="not_pledged")
    last = queries.last_days(sponsor, calendar)
    for body in bodies:
        standing = open_ones.get(body.subject_id)
        since = local_day(calendar, standing.opened_at if standing else now)
        due_on = _next_day(calendar, max(since, last.get(body.subject_id, since)), sponsor.checkins_a_quarter, now)
        if standing is None:
            _open(body, seat, due_on, now)
        elif standing.due_on != due_on and (standing.due_on is None or standing.due_on >= local_day(calendar, now)):
            duties.move_due_day(standing, due_on=due_on)


def _open(body: Body, seat: Seat, due_on: date, now: datetime) -> None:
    duties.open_duty(
        subject_id=body.subject_id,
        kind=DutyKind.CHECK_IN,
        seat=seat,
        now=now,
        rules=duties.rules_in_force(body.charter, now),
        due_on=due_on,
        overseer_id=body.subject_id,
    )


def _next_day(calendar: Calendar, since: date, a_quarter: int, now: datetime) -> date:
    """The working day on which the next check-in is due: never one that has passed."""
    day = since + timedelta(days=max(1, round(QUARTER / a_quarter)))
    tomorrow = local_day(calendar, now) + timedelta(days=1)
    day = add_working_days(calendar.pk, max(day, tomorrow), 0)
    return day if day >= tomorrow else add_working_days(calendar.pk, tomorrow, 1)
