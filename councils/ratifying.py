"""The matter "ratification": what a chair decided alone stands until the council's next meeting ratifies it, or lapses.

What was carried out is not undone by a lapse: the record says so, and what is unspent goes back to its envelope.
"""

from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.matters import Matter, Outcome, declare
from councils.measures import say
from councils.models import Account, AccountKind, AgendaItem, Decision, ItemState, Meeting, Posting, Unit
from councils.queries import books as book_queries
from councils.services import agenda, books
from governance import events
from governance.models import DutyKind, Person, Subject, SubjectKind
from governance.services import duties, journal

RATIFICATION, RATIFY = "ratification", "ratify"
RATIFIED = events.declare("councils.decision.ratified", says=gettext_lazy("The council ratified {subject}"))
LAPSED = events.declare(
    "councils.decision.lapsed",
    says=gettext_lazy("{subject} was not ratified and lapsed: what was carried out stands, {returned} went back"),
)


def owe(decision: Decision, now: datetime) -> AgendaItem:
    """What the chair decided stands on the next meeting's agenda, and its secretary owes that it is settled."""
    ask = _("Ratify what the chair decided alone: %(motion)s") % {"motion": decision.title}
    item = agenda.put(
        council=decision.council, about=decision.subject, matter=RATIFICATION, by=None, now=now, ask=ask, proposal={}
    )
    coming = Meeting.objects.filter(council=decision.council, state__in=["planned", "open"]).order_by("starts_at", "pk")
    meeting = coming.first()
    if meeting is not None:
        item.meeting, item.position = meeting, meeting.items.count() + 1
        item.keep("meeting", "position")
    return item


def lapse_left(meeting: Meeting, *, by: Person, now: datetime) -> None:
    """What a closing meeting did not ratify lapses. Within the caller's transaction and lock of the meeting."""
    left = AgendaItem.objects.select_for_update(of=("self",)).filter(
        meeting=meeting, matter=RATIFICATION, state=ItemState.OPEN
    )
    for item in left.order_by("position", "pk"):
        item.state = ItemState.WITHDRAWN
        item.keep("state")
        duties.close_duty(subject_id=item.pk, kind=DutyKind.SETTLE, now=now, outcome="lapsed")
        lapse(item, by, now)


def lapse(item: AgendaItem, by: Person, now: datetime) -> None:
    """A chair's decision was not ratified: it lapses, and what it allocated and nobody spent goes back."""
    decision = _decision(item)
    if decision.lapsed_at is not None or decision.ratified_by_id is not None:
        return
    decision.lapsed_at = now
    decision.save(update_fields=["lapsed_at"])
    returned = _give_back(decision, by, now)
    journal.record(
        LAPSED,
        subject=decision.subject,
        by=by,
        now=now,
        mentions=[("item", item.pk)],
        returned=say(returned, Unit.MONEY, decision.currency),
    )


def _give_back(decision: Decision, by: Person, now: datetime) -> int:
    given = (
        Posting.objects.filter(decision=decision, target__kind=AccountKind.ALLOCATION, target__envelope__closed_at=None)
        .values_list("target_id")
        .annotate(total=Sum("amount"))
    )
    accounts = Account.objects.filter(pk__in=[target for target, _total in given]).select_related("envelope", "subject")
    left, returned, totals = book_queries.weights(accounts), 0, dict(given)
    for account in accounts.order_by("pk"):
        if account.subject is None:
            continue  # an allocation is always to something
        returned += books.give_back(
            subject=account.subject,
            by=by,
            now=now,
            envelope=account.envelope,
            amount=min(left.get(account.pk, 0), totals[account.pk]),
            decision=decision,
        )
    return returned


def _decision(item: AgendaItem) -> Decision:
    found: Decision = (
        Decision.objects.select_for_update(of=("self",)).select_related("subject", "council").get(pk=item.about_id)
    )
    return found


def _ratify(decision: Decision, by: Person, now: datetime) -> Subject:
    """The council says yes to what its chair did."""
    ratified = _decision(decision.item)
    ratified.ratified_by = decision
    ratified.save(update_fields=["ratified_by"])
    journal.record(RATIFIED, subject=ratified.subject, by=by, now=now, mentions=[("decision", decision.pk)])
    return ratified.subject


def _nothing(_item: AgendaItem, _payload: dict[str, Any]) -> dict[str, Any]:
    return {}


declare(
    Matter(
        key=RATIFICATION,
        label=gettext_lazy("ratification of what the chair decided"),
        outcomes={
            RATIFY: Outcome(
                key=RATIFY,
                label=gettext_lazy("ratify it"),
                carry_out=_ratify,
                check=_nothing,
                motion=lambda item: item.ask,
                takes_actions=False,
            )
        },
        about=SubjectKind.DECISION,
        is_raised=False,
        stays=True,
        failed=lapse,
    )
)
