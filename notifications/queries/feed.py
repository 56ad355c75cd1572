"""A person's private calendar: the meetings to which they are called, and what they owe by which day."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from councils import invitations
from councils.invitations import Day
from councils.models import Meeting, Membership
from councils.queries import invitations as queries
from councils.queries.councils import confidential
from governance import access
from governance.access import seats_of
from governance.languages import spoken
from governance.links import door_of
from governance.models import DutyKind, Person, Subject
from governance.queries.duties import my_moves
from notifications.models import CalendarFeed
from notifications.services.feeds import digest

BEFORE, AHEAD = timedelta(weeks=4), timedelta(weeks=53)
"""What a calendar shows of what was, and of what comes."""

MEETINGS_THEMSELVES = (DutyKind.CLOSE_MEETING, DutyKind.ATTEND)


def reader_of(token: str) -> Person | None:
    """Whose calendar this address shows; None where there is none, or its person has left."""
    found = CalendarFeed.objects.select_related("person").filter(digest=digest(token)).first()
    return found.person if found is not None and found.person.is_active else None


def calendar_of(person: Person, now: datetime) -> bytes:
    """What the person may see today, in their language. What is confidential has no title: calendars are shared.

    The statements do not grow with what stands on it.
    """
    with translation.override(spoken(person.language)):
        meetings = list(_meetings(person, now))
        zones = queries.zones_of(meeting.council for meeting in meetings)
        return invitations.feed(
            queries.occasions(meetings, zones),
            _days(person, now),
            name=_("Keep: %(person)s") % {"person": person.name},
            stamp=now,
        )


def _meetings(person: Person, now: datetime) -> "list[Meeting]":
    mine = seats_of(person, now)
    sits = Membership.objects.filter(seat_id__in=mine, ended_at=None).values("council_id")
    return list(
        Meeting.objects.visible_to(person, now)
        .filter(Q(council_id__in=sits) | Q(council__sponsor_id__in=mine))
        .filter(starts_at__gte=now - BEFORE, starts_at__lte=now + AHEAD)
        .select_related("subject", "council__subject", "council__department__calendar", "series")
        .order_by("starts_at", "pk")
    )


def _days(person: Person, now: datetime) -> list[Day]:
    moves = [move for move in my_moves(person, now) if move.by is not None and move.kind not in MEETINGS_THEMSELVES]
    keys = {move.subject_id for move in moves}
    subjects = {subject.pk: subject for subject in Subject.objects.filter(pk__in=keys)}
    seen = access.visible_ids(person, keys, now)
    secret = confidential({one.audience_id for one in subjects.values() if one.audience_id is not None})
    found = []
    for move in moves:
        subject = subjects[move.subject_id]
        if move.by is None or subject.pk not in seen:
            continue
        title = _("Confidential matter") if subject.audience_id in secret else subject.title
        found.append(
            Day(
                uid=f"duty-{move.duty_id}@keep",
                on=move.by,
                title=_("Due: %(title)s (%(what)s)") % {"title": title, "what": DutyKind(move.kind).label},
                url=f"{settings.PUBLIC_URL}{door_of(move.kind, subject)}",
            )
        )
    return found
