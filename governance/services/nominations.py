"""Nominations, and what is owed while one is open: the head's word first, then the nominee's.

Beneath ``services.champions``, which people use, and ``services.seats``, which says when somebody was seated by hand.
"""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy

from governance import events
from governance.models import (
    OPEN_NOMINATIONS,
    Champion,
    DutyKind,
    Nomination,
    NominationState,
    Person,
    Seat,
    Tenure,
    TenureRole,
)
from governance.queries import champions as queries
from governance.services import duties, journal

NOMINATED = events.declare(
    "governance.champion.nominated", says=gettext_lazy("{by} nominated {person} for {subject}"), by_people=True
)
WITHDRAWN = events.declare("governance.nomination.withdrawn", says=gettext_lazy("The nomination for {subject} ended"))

ANSWER_DAYS = 5
"""Working days in which a head endorses, and a nominee accepts. Five: a week to talk it over."""


def nominate(
    *, champion: Champion, person: Person, by: Person | None, now: datetime, is_seated: bool = False, **terms: object
) -> Nomination:
    """Open a nomination in the place of one that is open; the head's word is owed, unless the head nominates.

    The caller authorises. ``terms``: ``pledged_minutes``, ``term_ends_on``.
    """
    withdraw_open(champion, now=now, by=by)
    nomination = Nomination.objects.create(
        champion=champion,
        person=person,
        nominated_by=by,
        nominated_at=now,
        is_seated=is_seated,
        **{name: value for name, value in terms.items() if value is not None},
    )
    journal.record(NOMINATED, subject=champion.seat.subject, by=by, now=now, person=person.pk, is_seated=is_seated)
    seat = queries.endorsing_seat(champion, person, now)
    if by is not None and by.pk != person.pk and queries.sits_in(by, seat, now):
        endorse(nomination, by=by, now=now)
    else:
        duties.open_duty(subject_id=champion.pk, kind=DutyKind.ENDORSE, seat=seat, now=now, within=ANSWER_DAYS)
    return nomination


def endorse(nomination: Nomination, *, by: Person, now: datetime) -> None:
    """The head stands behind the nominee, who owes an answer next."""
    nomination.state, nomination.endorsed_by, nomination.endorsed_at = NominationState.ENDORSED, by, now
    nomination.save(update_fields=["state", "endorsed_by", "endorsed_at", "term_ends_on"])
    duties.close_duty(subject_id=nomination.champion_id, kind=DutyKind.ENDORSE, now=now, outcome="endorsed")
    duties.open_duty(
        subject_id=nomination.champion_id,
        kind=DutyKind.JOIN,
        seat=nomination.champion.seat,
        now=now,
        within=ANSWER_DAYS,
    )


def close(nomination: Nomination, state: str, *, now: datetime, reason: str = "") -> None:
    """End a nomination: nothing is owed for it any more."""
    nomination.state, nomination.closed_at, nomination.reason = state, now, reason
    nomination.save(update_fields=["state", "closed_at", "reason", "pledged_minutes"])
    for kind in (DutyKind.ENDORSE, DutyKind.JOIN):
        duties.close_duty(subject_id=nomination.champion_id, kind=kind, now=now, outcome=state)


def seated_by_hand(*, seat: Seat, person: Person, by: Person, now: datetime) -> None:
    """Somebody was seated as champion without the way there: the head's word and theirs are owed all the same.

    They begin at once, and a no of either ends the tenure (docs/decisions: a champion is asked, also afterwards).
    """
    champion = Champion.objects.select_related("seat__subject", "seat__department").get(pk=seat.pk)
    champion.endorsed_by, champion.endorsed_at, champion.term_ends_on = None, None, None
    champion.save(update_fields=["endorsed_by", "endorsed_at", "term_ends_on"])
    duties.close_duty(subject_id=seat.pk, kind=DutyKind.RENEW, now=now, outcome="succeeded")
    nominate(champion=champion, person=person, by=by, now=now, is_seated=True, pledged_minutes=champion.pledged_minutes)


def withdraw_open(champion: Champion, *, now: datetime, by: Person | None = None) -> int:
    """End the open nomination of a champion's seat, if there is one."""
    found = list(champion.nominations.select_for_update().filter(state__in=OPEN_NOMINATIONS))
    for nomination in found:
        close(nomination, NominationState.WITHDRAWN, now=now)
        journal.record(WITHDRAWN, subject=champion.seat.subject, by=by, now=now, person=nomination.person_id)
    return len(found)


def settle(now: datetime) -> int:
    """End open nominations of people who left, and of people seated by hand who sit there no more."""
    sits = Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=now), role=TenureRole.HOLDER)
    gone = [
        nomination.champion
        for nomination in Nomination.objects.filter(state__in=OPEN_NOMINATIONS)
        .filter(Q(is_seated=True) | Q(person__is_active=False))
        .select_related("champion__seat__subject", "person")
        if not nomination.person.is_active
        or not sits.filter(seat_id=nomination.champion_id, person_id=nomination.person_id).exists()
    ]
    return sum(withdraw_open(champion, now=now) for champion in gone)
