"""Champions: nominated, endorsed by the head of their department, accepted; a term that is renewed or ends."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import (
    OPEN_NOMINATIONS,
    Champion,
    DutyKind,
    Nomination,
    NominationState,
    Person,
    Tenure,
    TenureRole,
)
from governance.queries import champions as queries
from governance.queries.calendars import add_working_days, calendar_of_seat, local_day
from governance.services import duties, journal, nominations, seats

ENDORSED = events.declare("governance.champion.endorsed", says=gettext_lazy("{by} endorsed {subject}"))
REFUSED = events.declare(
    "governance.champion.refused", says=gettext_lazy("{by} did not endorse the nominee for {subject}"), by_people=True
)
ACCEPTED = events.declare("governance.champion.accepted", says=gettext_lazy("{by} accepted to be {subject}"))
DECLINED = events.declare(
    "governance.champion.declined", says=gettext_lazy("{by} declined to be {subject}"), by_people=True
)
RENEWED = events.declare(
    "governance.champion.renewed", says=gettext_lazy("{by} renewed the term of {subject} until {until}")
)
ENDING = events.declare(
    "governance.champion.term_ending", says=gettext_lazy("{by} lets the term of {subject} end on {until}")
)

RENEW_AHEAD, RENEW_WITHIN = 20, 10
"""Working days before a term's end from which its renewal is owed, and in which: a successor needs the other ten."""
LONGEST_PLEDGE = 40 * 60
"""Minutes a week."""
LONGEST_REASON = 2000
"""Characters of a no."""


@transaction.atomic
def nominate(
    *,
    champion: Champion,
    person: Person,
    by: Person,
    now: datetime,
    pledged_minutes: int | None = None,
    term_ends_on: date | None = None,
) -> Nomination:
    """Propose somebody as champion. They sit there once the head has endorsed them and they have accepted.

    By whoever leads the department. A nomination that is open gives way. Raises :class:`Invalid` for somebody who left
    or holds the seat already, for hours beyond a working week and for a term that is over.
    """
    champion = _locked(champion)
    access.require(by, access.LEAD, champion.seat.department, now)
    if not person.is_active:
        raise Invalid(_("%(person)s has left. Choose somebody who is here.") % {"person": person}, field="person")
    if queries.sits_in(person, champion.seat, now, role=TenureRole.HOLDER):
        raise Invalid(_("%(person)s is the champion already.") % {"person": person}, field="person")
    _check_pledge(pledged_minutes)
    _check_term(champion, term_ends_on, now)
    return nominations.nominate(
        champion=champion, person=person, by=by, now=now, pledged_minutes=pledged_minutes, term_ends_on=term_ends_on
    )


@transaction.atomic
def endorse(*, champion: Champion, by: Person, now: datetime, term_ends_on: date | None = None) -> Champion:
    """The department head stands behind the nominee, or, where nobody is nominated, behind whoever sits there.

    Raises :class:`Refused` for anybody else: nobody endorses themselves.
    """
    champion = _locked(champion)
    _check_term(champion, term_ends_on, now)
    nomination = _open(champion, NominationState.NOMINATED)
    queries.require_endorsing(champion, nomination, by, now)
    if nomination is not None:
        nomination.term_ends_on = term_ends_on or nomination.term_ends_on
        nominations.endorse(nomination, by=by, now=now)
    if nomination is None or nomination.is_seated:
        champion.endorsed_by, champion.endorsed_at, champion.term_ends_on = by, now, term_ends_on
        champion.save(update_fields=["endorsed_by", "endorsed_at", "term_ends_on"])
    journal.record(ENDORSED, subject=champion.seat.subject, by=by, now=now)
    return champion


@transaction.atomic
def refuse(*, champion: Champion, reason: str, by: Person, now: datetime) -> Nomination:
    """The department head does not endorse the nominee, and says why; another one is looked for."""
    champion = _locked(champion)
    nomination = _open(champion, NominationState.NOMINATED)
    queries.require_endorsing(champion, nomination, by, now)
    if nomination is None:
        raise Conflict(_("Nobody is nominated who waits for a word."))
    return _say_no(nomination, NominationState.REFUSED, REFUSED, reason, by, now)


@transaction.atomic
def accept(*, champion: Champion, by: Person, now: datetime, pledged_minutes: int | None = None) -> Champion:
    """The nominee takes the seat: the tenure begins now, with the hours that were pledged (or said otherwise here)."""
    champion = _locked(champion)
    nomination = _mine(champion, by)
    _check_pledge(pledged_minutes)
    nomination.pledged_minutes = pledged_minutes or nomination.pledged_minutes
    nominations.close(nomination, NominationState.ACCEPTED, now=now)
    if not nomination.is_seated:
        seats.seat_person(seat=champion.seat, person=by, by=None, now=now)
    champion.endorsed_by, champion.endorsed_at = nomination.endorsed_by, nomination.endorsed_at
    champion.pledged_minutes, champion.term_ends_on = nomination.pledged_minutes, nomination.term_ends_on
    champion.save(update_fields=["endorsed_by", "endorsed_at", "pledged_minutes", "term_ends_on"])
    duties.close_duty(subject_id=champion.pk, kind=DutyKind.RENEW, now=now, outcome="succeeded")
    journal.record(ACCEPTED, subject=champion.seat.subject, by=by, now=now)
    return champion


@transaction.atomic
def decline(*, champion: Champion, reason: str, by: Person, now: datetime) -> Nomination:
    """The nominee says no, with a reason. Where they were seated by hand their tenure ends."""
    champion = _locked(champion)
    return _say_no(_mine(champion, by), NominationState.DECLINED, DECLINED, reason, by, now)


@transaction.atomic
def withdraw(*, champion: Champion, by: Person, now: datetime) -> int:
    """Take a nomination back, before the nominee has answered. By whoever leads the department."""
    champion = _locked(champion)
    access.require(by, access.LEAD, champion.seat.department, now)
    ended = nominations.withdraw_open(champion, now=now, by=by)
    if not ended:
        raise Conflict(_("Nobody is nominated."))
    return ended


@transaction.atomic
def renew(*, champion: Champion, term_ends_on: date | None, by: Person, now: datetime) -> Champion:
    """Another term for the champion, until a later day; without one, until somebody else is named."""
    champion = _locked(champion)
    queries.require_endorsing(champion, None, by, now)
    tenure = _holding(champion, now)
    to_come = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=now), from_at__gt=now, role=TenureRole.HOLDER)
    if to_come.filter(seat_id=champion.pk).exists():
        raise Conflict(
            _("Somebody else is to begin in this seat. End their tenure on the seat's page first, then renew this one.")
        )
    if term_ends_on is not None and champion.term_ends_on is not None and term_ends_on <= champion.term_ends_on:
        raise Invalid(_("Another term ends later than this one. Choose a later day."), field="term_ends_on")
    _check_term(champion, term_ends_on, now)
    champion.term_ends_on = term_ends_on
    champion.save(update_fields=["term_ends_on"])
    Tenure.objects.filter(pk=tenure.pk).update(until_at=None)
    access.sync({tenure.person_id})
    duties.close_duty(subject_id=champion.pk, kind=DutyKind.RENEW, now=now, outcome="renewed")
    until = term_ends_on.isoformat() if term_ends_on else _("somebody else is named")
    journal.record(RENEWED, subject=champion.seat.subject, by=by, now=now, until=until)
    return champion


@transaction.atomic
def let_end(*, champion: Champion, by: Person, now: datetime) -> Champion:
    """Let the term end on its day: access and tenure end by the clock, and the seat is vacant the next morning."""
    champion = _locked(champion)
    queries.require_endorsing(champion, None, by, now)
    tenure = _holding(champion, now)
    if champion.term_ends_on is None:
        raise Conflict(_("This term has no end. Endorse it again with one, or end the tenure on the seat's page."))
    zone = ZoneInfo(calendar_of_seat(champion.seat).zone)
    midnight = datetime.combine(champion.term_ends_on + timedelta(days=1), time(), zone)
    Tenure.objects.filter(pk=tenure.pk).update(until_at=max(midnight, now))
    access.sync({tenure.person_id})
    duties.close_duty(subject_id=champion.pk, kind=DutyKind.RENEW, now=now, outcome="ends")
    journal.record(ENDING, subject=champion.seat.subject, by=by, now=now, until=champion.term_ends_on.isoformat())
    return champion


def settle(now: datetime) -> int:
    """What the clock alone brings: renewals that are owed from today on, nominations whose person is gone.

    For the sweep. Reads two small lists where nothing is due, and writes nothing then.
    """
    nominations_ended = nominations.settle(now)
    opened = 0
    for champion in queries.to_renew(now):
        calendar = calendar_of_seat(champion.seat)
        today = local_day(calendar, now)
        assert champion.term_ends_on is not None  # noqa: S101 - as the query asks
        if add_working_days(calendar.pk, champion.term_ends_on, -RENEW_AHEAD) > today:
            continue
        with transaction.atomic():
            duties.open_duty(
                subject_id=champion.pk,
                kind=DutyKind.RENEW,
                seat=queries.endorsing_seat(champion, None, now),
                now=now,
                due_on=max(add_working_days(calendar.pk, champion.term_ends_on, -RENEW_WITHIN), today),
            )
        opened += 1
    return nominations_ended + opened


def _say_no(
    nomination: Nomination, state: str, event: events.Event, reason: str, by: Person, now: datetime
) -> Nomination:
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why, so that whoever looks for another one knows."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="reason")
    nominations.close(nomination, state, now=now, reason=reason)
    champion = nomination.champion
    if nomination.is_seated and queries.has_place(nomination.person, champion.seat, now):
        seats.leave(seat=champion.seat, by=None, now=now)
    journal.record(event, subject=champion.seat.subject, by=by, now=now, text=reason, person=nomination.person_id)
    return nomination


def _locked(champion: Champion) -> Champion:
    found: Champion = (
        Champion.objects.select_for_update(of=("self",))
        .select_related("seat__subject", "seat__department__subject", "seat__calendar")
        .get(pk=champion.pk)
    )
    return found


def _open(champion: Champion, *states: str) -> Nomination | None:
    found: Nomination | None = (
        champion.nominations.select_related("person", "champion__seat__subject", "champion__seat__department")
        .filter(state__in=states)
        .first()
    )
    return found


def _mine(champion: Champion, by: Person) -> Nomination:
    """The nomination that ``by`` answers; raises :class:`Refused` for others, :class:`Conflict` before the head."""
    nomination = _open(champion, *OPEN_NOMINATIONS)
    if nomination is None:
        raise Refused(_("Nobody is nominated now, so nobody is asked."))
    if nomination.person_id != by.pk:
        raise Refused(_("Only %(person)s answers this nomination.") % {"person": nomination.person})
    if nomination.state != NominationState.ENDORSED:
        raise Conflict(_("The head of the department has not endorsed it yet. You are asked as soon as it is."))
    return nomination


def _holding(champion: Champion, now: datetime) -> Tenure:
    tenure = Tenure.objects.at(now).filter(seat_id=champion.pk, role=TenureRole.HOLDER).first()
    if tenure is None:
        raise Conflict(_("Nobody is champion now. Nominate somebody."))
    return tenure


def _check_term(champion: Champion, ends: date | None, now: datetime) -> None:
    if ends is None:
        return
    today = local_day(calendar_of_seat(champion.seat), now)
    if ends <= today or ends > today + timedelta(days=5 * 366):
        raise Invalid(_("A term ends after today, and within five years."), field="term_ends_on")


def _check_pledge(minutes: int | None) -> None:
    if minutes is not None and not 0 < minutes <= LONGEST_PLEDGE:
        raise Invalid(_("Pledge between a few minutes and forty hours a week."), field="pledged_minutes")
