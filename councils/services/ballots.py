"""Written votes: put, cast, closed by themselves.

A vote closes when everybody has voted, or once its last day is over; whoever comes first closes it, and once. Locked in
this order: the meeting, the item, the vote.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import matters, referrals
from councils.models import (
    AgendaItem,
    Ballot,
    BallotState,
    Choice,
    ItemState,
    MeetingState,
    Membership,
    Verdict,
    WrittenVote,
)
from councils.queries import ballots as queries
from councils.queries import recusing
from councils.queries.councils import Sitting, today_of
from councils.services import agenda, decisions, undecided
from councils.services.meetings import locked as locked_meeting
from councils.services.meetings import stop_clock
from councils.tally import RECUSED
from governance import access, events
from governance.clauses import Rules
from governance.errors import Conflict, DomainError, Invalid, Refused
from governance.models import DutyKind, Person
from governance.services import duties, journal

log = structlog.get_logger(__name__)

PUT = events.declare(
    "councils.ballot.put", says=gettext_lazy("{by} put {subject} to a written vote, open until {closes_on}")
)
CAST = events.declare("councils.ballot.cast", says=gettext_lazy("{by} voted in writing on {subject} for {seat}"))
ENDED = events.declare(
    "councils.ballot.ended",
    says=gettext_lazy("The written vote on {subject} ended without a verdict: {why}"),
    words={
        "why": {
            "no_motion": gettext_lazy("nobody wrote its motion"),
            "no_vote": gettext_lazy("nobody voted"),
            "not_possible": gettext_lazy("what it would decide is not possible any more"),
        }
    },
)
LONGEST_REASON = 300


@transaction.atomic
def leave_undecided(
    *, item: AgendaItem, reason: str, by: Person, now: datetime, version: int | None = None
) -> AgendaItem:
    """Record that an open meeting did not decide what had escalated, and why; a written vote follows.

    Returns the item as it stands now where it is settled: here, or with the body above where the charter knows no
    written votes.
    """
    access.require(by, council_access.RECORD, item.council, now)
    meeting = locked_meeting(item.meeting) if item.meeting is not None else None
    item = _locked(item, version)
    if not matters.is_escalated(item):
        raise Conflict(
            _("Only what had escalated is recorded as not decided. This goes back to the backlog by itself.")
        )
    if meeting is None or item.meeting_id != meeting.pk or meeting.state != MeetingState.OPEN:
        raise Conflict(_("A meeting that is open leaves something undecided. Place the item on one and open it."))
    agenda.require_no_vote(item)
    if referrals.is_for_the_sponsor(item):
        raise Conflict(_("The sponsor settles this alone. It was left undecided before."))
    if meeting.current_id == item.pk:
        stop_clock(meeting, now)
        meeting.current = meeting.current_since = None
        meeting.keep("current", "current_since")
    return undecided.leave(item, meeting=meeting, reason=undecided.reason_of(reason), by=by, now=now)


@transaction.atomic
def put(
    *,
    item: AgendaItem,
    outcome: str,
    motion: str,
    payload: dict[str, Any],
    by: Person,
    now: datetime,
    risk_note: str = "",
    version: int | None = None,
) -> Ballot:
    """Put a motion to a written vote: each voting seat owes its vote from now on, until the last day.

    For an item that waits, or whose meeting has not begun: it is off that meeting then. Raises :class:`Conflict` where
    the charter knows no written votes, one runs already, or nobody could vote.
    """
    access.require(by, council_access.RECORD, item.council, now)
    if item.meeting is not None:
        meeting = locked_meeting(item.meeting)
        if meeting.state == MeetingState.OPEN:
            raise Conflict(_("Its meeting is open: decide there, or record that it is not decided."))
    before, item = item, _locked(item, version)
    if item.meeting_id != before.meeting_id:
        raise Conflict(_("This item was moved meanwhile. Look at it as it stands now."))
    if referrals.is_for_the_sponsor(item):
        raise Conflict(_("The sponsor settles this alone, without a vote."))
    ballot = (
        Ballot.objects.select_for_update().filter(item=item, state__in=[BallotState.AWAITED, BallotState.OPEN]).first()
    )
    if ballot is not None and ballot.state == BallotState.OPEN:
        raise Conflict(
            _("A written vote runs on this item until %(day)s.") % {"day": date_format(ballot.closes_on, "j F Y")}
        )
    rules = ballot.charter_version if ballot is not None else duties.rules_in_force(item.council.charter, now)
    closes_on = undecided.last_day(item, rules, now)
    if closes_on is None:
        raise Conflict(_("The charter knows no written votes. Place the item on a meeting."))
    seats = queries.voters(item.council, now)
    if not seats:
        raise Conflict(_("Nobody holds a seat that votes. Seat somebody first."))
    asked = decisions.in_writing(
        item=item, outcome=outcome, motion=motion, payload=payload, by=by, now=now, risk_note=risk_note
    )
    ballot = ballot or Ballot(item=item, charter_version=rules, opened_by=by, opened_at=now)
    ballot.state, ballot.closes_on, ballot.put_by, ballot.put_at = BallotState.OPEN, closes_on, by, now
    ballot.motion, ballot.outcome, ballot.payload = asked.text, asked.outcome, asked.payload
    ballot.risk_note = asked.risk_note
    ballot.version += 1
    ballot.save()
    item.meeting = None
    item.keep("meeting")
    for row in seats:
        duties.open_duty(
            subject_id=item.pk,
            kind=DutyKind.VOTE,
            seat=row.seat,
            now=now,
            rules=rules,
            due_on=closes_on,
            overseer_id=item.council_id,
        )
    undecided.owe_by(item, closes_on, now)
    journal.record(
        PUT, subject=item.subject, by=by, now=now, mentions=[("council", item.council_id)],
        closes_on=closes_on.isoformat(),
    )  # fmt: skip
    return ballot


@transaction.atomic
def cast(
    *, item: AgendaItem, membership: Membership, choice: str, by: Person, now: datetime, reason: str = ""
) -> Ballot:
    """Vote for a seat, or vote otherwise: its holder, or its deputy in the holder's absence.

    Where nobody is left who could vote, the vote closes at once. Raises :class:`Refused` for anybody else and
    :class:`Conflict` once it is closed.
    """
    access.require(by, council_access.VOTE, item.council, now)
    item = _locked(item, None)
    ballot = _open_on(item, now)
    if choice not in Choice.values:
        raise Invalid(_("Choose for, against, abstains or recused."), field="choice")
    text = reason.strip()
    if len(text) > LONGEST_REASON:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="reason")
    known = WrittenVote.objects.filter(ballot=ballot, membership=membership).first()
    row = _seat_of(item, membership, by, known, now)
    rule = Rules.from_json(queries.version_of(ballot, item.council, now).rules).recusal
    given = matters.seats_named(item, ballot.outcome, ballot.payload)
    is_owed = recusing.is_required(item, row, by, rule, now, given)
    if choice != RECUSED and is_owed:
        raise Invalid(_("By the charter you stand aside: it is your own matter. Vote “recused”."), field="choice")
    if choice == RECUSED and not text:
        if not is_owed:
            raise Invalid(_("Say why you stand aside: the reason stays with the vote."), field="reason")
        text = decisions.by_charter()
    other = WrittenVote.objects.filter(ballot=ballot, person=by).exclude(membership=membership)
    if (elsewhere := other.select_related("membership__seat__subject").first()) is not None:
        raise Conflict(
            _("You voted for %(seat)s already: one person, one vote.") % {"seat": elsewhere.membership.seat.title}
        )
    WrittenVote.objects.update_or_create(
        ballot=ballot,
        membership=membership,
        defaults={
            "person": by,
            "choice": choice,
            "reason": text if choice == RECUSED else "",
            "cast_at": now,
        },
    )
    ballot.version += 1
    ballot.save(update_fields=["version"])
    duties.close_duty(subject_id=item.pk, kind=DutyKind.VOTE, now=now, outcome="voted", seat_ids=[row.seat.pk])
    journal.record(CAST, subject=item.subject, by=by, now=now, mentions=[("seat", row.seat.subject)])
    votes = _counting(ballot, item, now)
    if queries.have_all_voted(votes, item.council, now):
        _close(ballot, item, votes, now)
    return ballot


def close_due(now: datetime, limit: int = 100) -> int:
    """Close each running vote whose last day is over where its council is, each in a transaction of its own.

    Returns how many were closed. It may run twice, and beside itself: a vote is closed under its lock, once.
    """
    waiting = list(queries.due(now.date() + timedelta(days=1)).select_related("item__council__department")[:limit])
    over = [one for one in waiting if one.closes_on < today_of(one.item.council, now)]
    return sum(_close_one(one, now) for one in over)


@transaction.atomic
def _close_one(ballot: Ballot, now: datetime) -> bool:
    item = agenda.locked(ballot.item)
    found = _lock(item)
    if found is None or found.pk != ballot.pk or found.closes_on >= today_of(item.council, now):
        return False
    _close(found, item, _counting(found, item, now), now)
    return True


# --- steps ---------------------------------------------------------------------------------------------------------


def _locked(item: AgendaItem, version: int | None) -> AgendaItem:
    found = agenda.locked(item, version)
    if found.state != ItemState.OPEN:
        raise Conflict(
            _("This item is %(state)s already. Open it to see what came of it.")
            % {"state": ItemState(found.state).label}
        )
    return found


def _lock(item: AgendaItem) -> Ballot | None:
    """The running vote of a locked item, locked."""
    found: Ballot | None = (
        Ballot.objects.select_for_update(of=("self",))
        .select_related("charter_version", "put_by")
        .filter(item=item, state__in=[BallotState.AWAITED, BallotState.OPEN])
        .first()
    )
    return found


def _open_on(item: AgendaItem, now: datetime) -> Ballot:
    ballot = _lock(item)
    if ballot is None:
        raise Conflict(_("No written vote runs on this item. Open it to see what came of it."))
    if ballot.state == BallotState.AWAITED:
        raise Conflict(_("The written vote waits for its motion: the secretary writes it first."))
    if today_of(item.council, now) > ballot.closes_on:
        raise Conflict(_("The vote closed on %(day)s.") % {"day": date_format(ballot.closes_on, "j F Y")})
    return ballot


def _seat_of(item: AgendaItem, membership: Membership, by: Person, known: WrittenVote | None, now: datetime) -> Sitting:
    """The seat that ``by`` votes for. Raises :class:`Refused` where it is not theirs to vote."""
    row = next((one for one in queries.voters(item.council, now) if one.membership.pk == membership.pk), None)
    if row is None:
        raise Invalid(_("This seat has no vote in this council."), field="seat")
    if not queries.may_vote(row, by, known):
        raise Refused(
            _("Only its holder, or its deputy in the holder's absence, votes for %(seat)s.") % {"seat": row.seat.title}
        )
    return row


def _counting(ballot: Ballot, item: AgendaItem, now: datetime) -> list[WrittenVote]:
    votes = WrittenVote.objects.filter(ballot=ballot).select_related("person").order_by("membership_id")
    return queries.counting(votes, item.council, now)


def _close(ballot: Ballot, item: AgendaItem, votes: Sequence[WrittenVote], now: datetime) -> None:
    """Judge a vote, carry out what it decided, and bring on what it did not. Everything is locked."""
    why = "no_motion" if ballot.state == BallotState.AWAITED else "" if votes else "no_vote"
    if not why:
        why = _judge(ballot, item, votes, now)
    if why:
        _change(ballot, BallotState.ENDED, now, ended_as=why)
        journal.record(ENDED, subject=item.subject, by=None, now=now, why=why)
    duties.close_duty(subject_id=item.pk, kind=DutyKind.VOTE, now=now, outcome="closed")
    decision = ballot.decision
    if item.state != ItemState.OPEN:
        return
    if matters.is_escalated(item):
        referrals.raise_undecided(item, now=now)
    elif decision is None or decision.verdict == Verdict.ADVISORY:
        term = Rules.from_json(queries.version_of(ballot, item.council, now).rules).terms.settle
        agenda.return_to_backlog(item, within=term, now=now)


def _judge(ballot: Ballot, item: AgendaItem, votes: Sequence[WrittenVote], now: datetime) -> str:
    """Store the verdict with the vote; why none can be stored, where the world moved on meanwhile."""
    version = queries.version_of(ballot, item.council, now)
    try:
        with transaction.atomic():
            decision = decisions.settle_in_writing(item=item, ballot=ballot, votes=votes, version=version, now=now)
            ballot.decision = decision
            _change(ballot, BallotState.DECIDED, now)
    except DomainError as error:
        log.warning("ballot.not_possible", item=item.pk, error=type(error).__name__)
        item.refresh_from_db(fields=["state", "version"])
        ballot.refresh_from_db()
        return "not_possible"
    return ""


def _change(ballot: Ballot, state: BallotState, now: datetime, *, ended_as: str = "") -> None:
    ballot.state, ballot.closed_at, ballot.ended_as = state, now, ended_as
    ballot.version += 1
    ballot.save(update_fields=["state", "closed_at", "ended_as", "version", "decision"])
