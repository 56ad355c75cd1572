"""Which messages bring a link that answers. Loaded when the program starts.

What is offered depends on what is owed: whoever keeps a promise says where it stands, whoever was asked accepts or
declines. "It is done" leads to the form of the evidence: that is never said by a link.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy

from councils import rsvp
from councils.models import Membership
from governance import signing
from governance.models import DutyKind, HelpRequest, SubjectKind
from governance.queries.seats import answering, deputies
from notifications.kinds import OF_OWNERS, Kind
from notifications.queries.handover import Letter
from notifications.services.offers import lead, offer


def is_doers(letter: Letter) -> bool:
    """Whether it reminds somebody who does part of the work of what another seat owes."""
    message = letter.message
    return (
        message.kind in OF_OWNERS
        and message.duty is not None
        and (message.person_id is not None or message.seat_id != message.duty.seat_id)
    )


def works_on_it(letters: Sequence[Letter], now: datetime) -> set[int]:
    """The messages whose reader says where the work stands: whoever answers for it, and whoever does it."""
    return answers_for_it(letters, now) | {letter.message.pk for letter in letters if is_doers(letter)}


def answers_for_it(letters: Sequence[Letter], now: datetime) -> set[int]:
    """The messages whose reader answers for the seat, or is named: who is told because it is vacant fills it instead.

    Not whoever only does the work of another seat. One statement.
    """
    letters = [letter for letter in letters if not is_doers(letter)]
    asked = {letter.message.seat_id for letter in letters if letter.message.seat_id is not None}
    standing = answering(asked, now)
    return {
        letter.message.pk
        for letter in letters
        if letter.message.person_id is not None
        or (
            letter.reader is not None
            and (who := standing.get(letter.message.seat_id or 0)) is not None
            and who.person_id == letter.reader.pk
        )
    }


def is_about_an_action(letters: Sequence[Letter], now: datetime) -> set[int]:
    """The messages about actions: another day for a request between departments is answered on its page."""
    return {letter.message.pk for letter in letters if letter.message.subject.kind == SubjectKind.ACTION}


def has_a_deputy(letters: Sequence[Letter], now: datetime) -> set[int]:
    """The messages to a seat with a deputy other than their reader, where nothing was passed on yet. Two statements."""
    found = deputies({letter.message.seat_id for letter in letters if letter.message.seat_id is not None}, now)
    passed = set(
        HelpRequest.objects.filter(
            duty__in=[letter.message.duty_id for letter in letters if letter.message.duty_id is not None],
            answered_at=None,
            passed_to__isnull=False,
        ).values_list("duty_id", "asked_id")
    )
    return {
        letter.message.pk
        for letter in letters
        if letter.reader is not None
        and (deputy := found.get(letter.message.seat_id or 0)) is not None
        and deputy.pk != letter.reader.pk
        and (letter.message.duty_id, letter.message.seat_id) not in passed
    }


def sits_there(letters: Sequence[Letter], now: datetime) -> set[int]:
    """The invitations to a seat of the council: its sponsor comes as a guest and tells the chair. One statement."""
    seats = {letter.message.seat_id for letter in letters if letter.message.seat_id is not None}
    meetings = {letter.message.subject_id for letter in letters}
    sits = set(
        Membership.objects.filter(seat_id__in=seats, ended_at=None, council__meetings__in=meetings).values_list(
            "council__meetings", "seat_id"
        )
    )
    return {one.message.pk for one in letters if (one.message.subject_id, one.message.seat_id) in sits}


DONE, EVIDENCE = gettext_lazy("It is done: show the evidence"), "?do=evidence#do"

for kind in (*sorted(OF_OWNERS), Kind.SENT_BACK, Kind.CAME_BACK, Kind.DECIDED, Kind.ASKED, Kind.QUESTIONED):
    offer(kind, "accept", "decline", owed=DutyKind.ACCEPT, fits=answers_for_it)
    offer(kind, "set_date", owed=DutyKind.SET_DATE, fits=answers_for_it)
    offer(kind, "on_track", "at_risk", "blocked", owed=DutyKind.KEEP, fits=works_on_it)
    offer(kind, "more_time", owed=DutyKind.KEEP, fits=answers_for_it)
    offer(kind, "not_mine", owed=DutyKind.KEEP, fits=answers_for_it)
    offer(kind, "not_mine", owed=DutyKind.SET_DATE, fits=answers_for_it)
    lead(kind, DONE, EVIDENCE, owed=DutyKind.KEEP)

for kind in (Kind.DATE_ASKED, *sorted(OF_OWNERS)):
    offer(kind, "approve_date", "keep_date", owed=DutyKind.APPROVE_DATE, fits=is_about_an_action)
for kind in (Kind.TO_ENDORSE, *sorted(OF_OWNERS)):
    offer(kind, "endorse", "refuse_nominee", owed=DutyKind.ENDORSE)
offer(Kind.TO_JOIN, "join", "stay_out", owed=DutyKind.JOIN)

for kind in sorted(OF_OWNERS):
    offer(kind, "help", "help_not_now", "ask_back", owed=DutyKind.RESPOND, fits=answers_for_it)
    offer(kind, signing.RATIFY, signing.REFUSE, owed=DutyKind.RATIFY)
for kind in (Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.HELP_WANTED):
    offer(kind, "help", "help_not_now", "ask_back", fits=answers_for_it)
    offer(kind, "pass_on", fits=has_a_deputy)
for kind in (Kind.MEETING, Kind.MEETING_MOVED):
    offer(kind, rsvp.COMES, rsvp.STAYS_AWAY, fits=sits_there)
