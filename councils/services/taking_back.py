"""A decision recorded by a slip, taken back by whoever recorded it: within ten minutes, while nothing used it.

The row stays as it was written, marked; what it carried out is made undone in the same transaction, and its item is
open again. Used is a decision on which another followed, whose meeting was closed, whose referral somebody moved, or
of which something came that the journal tells more about. Later, or where an outcome cannot be made undone cleanly, a
correcting decision is the way. Locked in this order: the meeting, the item, the decision, what it is about, money.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import commissions, matters, referrals, slips
from councils.models import (
    OVER,
    Account,
    AccountKind,
    AgendaItem,
    Capture,
    Decision,
    How,
    ItemState,
    Meeting,
    MeetingState,
    Posting,
    Supersession,
    TakenBack,
    Verdict,
)
from councils.ratifying import RATIFICATION
from councils.services import agenda, books, chairing, lasting
from councils.services.meetings import locked as locked_meeting
from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import DutyKind, Person
from governance.services import duties, journal

TAKEN_BACK = events.declare(
    "councils.decision.taken_back", says=gettext_lazy("{by} took back “{subject}”: {text}"), by_people=True
)
LONGEST_REASON = 300


@transaction.atomic
def take_back(*, decision: Decision, reason: str, by: Person, now: datetime) -> Decision:
    """Take a decision back: it counts for nothing from now on, and its item is open again as it stood.

    Raises :class:`Absent`, :class:`Refused` for anybody but its author, :class:`Invalid` at the reason, and
    :class:`Conflict` once ten minutes have passed, something used it, or what it carried out cannot be made undone.
    """
    if not access.may_see(by, decision.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if decision.meeting is not None:
        locked_meeting(decision.meeting)
    item = agenda.locked(decision.item)
    decision = _locked(decision)
    _require_author(decision, by, now)
    text = reason.strip()
    if not text:
        raise Invalid(_("Say what was wrong; it stays with the decision."), field="reason")
    if len(text) > LONGEST_REASON:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="reason")
    _require_unused(decision, item)
    if decision.verdict == Verdict.VALID:
        _reverse(decision, by, now)
    elif decision.verdict == Verdict.REFERRED:
        _call_home(decision, now)
    lasting.let_go(decision, now)
    decision.taken_back_at = now
    decision.save(update_fields=["taken_back_at"])
    TakenBack.objects.create(decision=decision, at=now, by=by, reason=text)
    _open_again(decision, item)
    journal.record(
        TAKEN_BACK, subject=decision.subject, by=by, now=now, text=text,
        mentions=[("item", item.pk), ("about", item.about_id), ("council", item.council_id)],
    )  # fmt: skip
    return decision


def is_fresh(decision: Decision, viewer: Person, now: datetime) -> bool:
    """Whether a page offers it: to its author, in time, where it was recorded by a hand, its meeting still open."""
    meeting = decision.meeting
    return (
        decision.recorded_by_id == viewer.pk
        and decision.taken_back_at is None
        and now - decision.decided_at <= slips.LIFE
        and decision.how != How.WRITTEN
        and (meeting is None or meeting.state not in OVER)
    )


# --- steps ---------------------------------------------------------------------------------------------------------


def _locked(decision: Decision) -> Decision:
    found: Decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("subject", "council", "item__subject", "meeting", "recorded_by")
        .get(pk=decision.pk)
    )
    return found


def _require_author(decision: Decision, by: Person, now: datetime) -> None:
    """Pass who recorded it, in time, while that is still theirs to do."""
    if decision.recorded_by_id != by.pk or decision.how == How.WRITTEN:
        if decision.how == How.WRITTEN:
            raise Conflict(_("A vote in writing closed it, and nobody's hand. Correct it with another decision."))
        raise Refused(
            _("Only %(who)s, who recorded it, takes it back. Correct it with another decision.")
            % {"who": decision.recorded_by}
        )
    if decision.how == How.CHAIR:
        if not chairing.may_act(decision.item, by, now):
            raise Refused(_("Only the council's chair decides alone. Ask them, or put it to a vote."))
    elif referrals.is_for_the_sponsor(decision.item):
        if not access.holds(by, decision.item.council.sponsor_id, now):
            raise Refused(_("No body stands above this council: its sponsor settles this referral alone. Ask them."))
    else:
        access.require(by, council_access.RECORD, decision.council, now)
    if decision.taken_back_at is not None:
        raise Conflict(_("It was taken back already."))
    if now - decision.decided_at > slips.LIFE:
        raise Conflict(_("Ten minutes have passed, so it stays on record. Correct it with another decision."))


def _require_unused(decision: Decision, item: AgendaItem) -> None:
    meeting = decision.meeting
    if meeting is not None and meeting.state in OVER:
        raise Conflict(_("Its meeting was closed, so it stays on record. Correct it with another decision."))
    if Decision.objects.filter(item=item, pk__gt=decision.pk).exists() or agenda.running(item) is not None:
        raise slips.used()
    if Supersession.objects.filter(old=decision, lapsed_at=None).exists() or decision.reviews.exists():
        raise slips.used()
    if decision.lapsed_at is not None or decision.ratified_by_id is not None:
        raise slips.used()
    if decision.verdict == Verdict.REJECTED and matters.MATTERS[item.matter].failed is not None:
        raise slips.not_clean(_("What the chair decided lapsed with it."))
    if decision.how == How.CHAIR and decision.verdict == Verdict.VALID:
        _drop_ratification(decision)
    is_elsewhere = AgendaItem.objects.filter(
        council=item.council_id, about=item.about_id, matter=item.matter, state=ItemState.OPEN
    ).exclude(pk=item.pk)
    if is_elsewhere.exists():
        raise slips.used()


def _drop_ratification(decision: Decision) -> None:
    """What the council was to ratify is not there any more. Raises :class:`Conflict` where it took the matter up."""
    owed = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting", "subject")
    item = owed.filter(about=decision.pk, matter=RATIFICATION).first()
    if item is None:
        return
    is_taken_up = item.meeting is not None and item.meeting.state != MeetingState.PLANNED
    if item.state != ItemState.OPEN or is_taken_up or agenda.running(item) is not None:
        raise slips.used()
    _take_off(item, decision.decided_at)


def _take_off(item: AgendaItem, now: datetime) -> None:
    item.state = ItemState.WITHDRAWN
    item.keep("state")
    duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome=slips.OUTCOME)


def _call_home(decision: Decision, now: datetime) -> None:
    """Take the referral off the agenda of the body above, where nobody moved it yet."""
    raised = AgendaItem.objects.select_for_update(of=("self",)).filter(referred_from=decision)
    for item in raised.select_related("meeting", "subject").order_by("pk"):
        if item.state != ItemState.OPEN or item.meeting_id is not None:
            raise slips.used()
        slips.require_unused(decision, [item.pk])
        _take_off(item, now)


def _reverse(decision: Decision, by: Person, now: datetime) -> None:
    """Make undone what was carried out: what it changed, what it allocated, what it created."""
    outcome = matters.outcome_of(decision.item, decision.outcome)
    if outcome.reverse is None:
        raise slips.not_clean(
            _("What “%(outcome)s” did cannot be made undone as if it had not been.") % {"outcome": outcome.label}
        )
    made = commissions.made_by(decision)
    slips.require_unused(decision, [subject.pk for subject in made])
    outcome.reverse(decision, by, now)
    _give_back(decision, by, now)
    commissions.unmake(decision, by, now)
    for line in Capture.objects.filter(result__in=[decision.pk, *(subject.pk for subject in made)]).order_by("pk"):
        line.result = None
        line.keep("result")


def _give_back(decision: Decision, by: Person, now: datetime) -> None:
    """Return all that it allocated. Raises :class:`Conflict` where some of it was spent, or covered an overrun."""
    given = (
        Posting.objects.filter(decision=decision, source__kind=AccountKind.FREE)
        .order_by()
        .values_list("target_id")
        .annotate(total=Sum("amount"))
    )
    totals: dict[int, int] = dict(given)
    accounts = Account.objects.filter(pk__in=totals).select_related("envelope", "subject").order_by("pk")
    for account in accounts:
        if account.kind != AccountKind.ALLOCATION or account.subject is None or account.envelope.is_closed:
            raise slips.used()
        try:
            books.give_back(
                subject=account.subject, by=by, now=now, envelope=account.envelope, amount=totals[account.pk],
                decision=decision,
            )  # fmt: skip
        except Conflict as error:
            raise slips.used() from error


def _open_again(decision: Decision, item: AgendaItem) -> None:
    """The item is to be settled again, by whom and by when it was."""
    if item.state != ItemState.SETTLED:
        return  # advice had settled nothing
    item.state = ItemState.OPEN
    if item.meeting_id is None:
        stood_on = Meeting.objects.select_for_update(of=("self",)).filter(
            pk=decision.before.get(slips.STOOD_ON), state=MeetingState.PLANNED
        )
        item.meeting = stood_on.first()
    item.keep("state", "meeting")
    if (owed := decision.before.get(slips.OWED)) is not None:
        duties.reopen([owed])
