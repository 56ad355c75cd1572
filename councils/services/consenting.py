"""The consent list: settled in one go while a meeting sits, each item as its own decision; anyone takes one off it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import consent
from councils.models import OVER, AgendaItem, Decision, How, ItemState, Meeting, MeetingState, Verdict
from councils.services import agenda, decisions, meetings
from governance import access, events
from governance.errors import Conflict, DomainError, Invalid, Refused
from governance.models import Person
from governance.services import journal

TALKED = events.declare(
    "councils.item.off_consent", says=gettext_lazy("{by} wants to talk about “{subject}”: it is off the consent list")
)
SETTLED = events.declare(
    "councils.consent.settled", says=gettext_lazy("{by} recorded at {subject} that nobody objects to {n} items")
)
MAY_OBJECT = (council_access.VOTE, council_access.RECORD, council_access.PREPARE, council_access.FUND)


@transaction.atomic
def settle(*, meeting: Meeting, seen: Mapping[str, int], by: Person, now: datetime) -> list[Decision]:
    """Record that nobody objects to each of these items, all of them or none.

    ``seen`` are their references, each with the version that was read out. Each is judged by itself, and carried out
    or referred as it falls. Raises :class:`Conflict` at ``items`` where one is no longer on the list, was changed, or
    cannot be decided as it stands, naming it: take it off the list and settle it by itself.
    """
    access.require(by, council_access.RECORD, meeting.council, now)
    meeting = meetings.locked(meeting)
    if meeting.state != MeetingState.OPEN:
        raise Conflict(_("A council decides in an open meeting. Open it first."))
    if not seen:
        raise Invalid(_("Nothing is on the consent list."), field="items")
    listed = {item.reference: item for item in on_list(meeting)}
    if set(seen) - set(listed):
        raise Conflict(
            _("%(items)s is not on the consent list any more. Look at the list as it stands now.")
            % {"items": ", ".join(sorted(set(seen) - set(listed)))},
            field="items",
        )
    made = [_settle_one(listed[reference], seen[reference], by, now) for reference in listed if reference in seen]
    journal.record(SETTLED, subject=meeting.subject, by=by, now=now, n=len(made))
    return made


def on_list(meeting: Meeting) -> list[AgendaItem]:
    """What stands on a meeting's consent list, in the order of the agenda. One statement."""
    return list(
        AgendaItem.objects.filter(meeting=meeting, by_consent=True, state=ItemState.OPEN)
        .select_related("subject", "about", "council__department", "council__charter", "council__parent",
                        "council__sponsor__seat", "meeting__council")
        .order_by("position", "pk")
    )  # fmt: skip


def _settle_one(item: AgendaItem, version: int, by: Person, now: datetime) -> Decision:
    proposed = consent.proposal_of(item, now)
    if proposed is None:
        raise Conflict(
            _("Nothing is proposed for %(item)s. Take it off the list, and settle it by itself.")
            % {"item": item.reference},
            field="items",
        )
    try:
        decision = decisions.settle(
            item=item,
            outcome=proposed.outcome.key,
            motion=proposed.motion,
            payload=proposed.payload,
            votes={},
            how=How.NO_OBJECTION,
            by=by,
            now=now,
            version=version,
        )
    except DomainError as error:
        raise Conflict(
            _("%(item)s: %(why)s Nothing was recorded. Take it off the list, and settle it by itself.")
            % {"item": item.reference, "why": error},
            field="items",
        ) from error
    if decision.verdict == Verdict.ADVISORY:
        raise Conflict(
            _("%(item)s would be advice only: there is no quorum. Nothing was recorded.") % {"item": item.reference},
            field="items",
        )
    return decision


@transaction.atomic
def take_off(*, item: AgendaItem, by: Person, now: datetime) -> AgendaItem:
    """Take an item off the consent list: somebody wants to talk about it. Whoever sits there may, without a reason.

    Said twice it is done once. Raises :class:`Refused` for others.
    """
    access.require(by, council_access.VIEW, item.council, now)
    if not any(access.may(by, right, item.council, now) for right in MAY_OBJECT):
        raise Refused(_("Whoever sits in this council takes items off its consent list. Ask one of them."))
    item = agenda.locked(item)
    if item.state != ItemState.OPEN or item.meeting is None or item.meeting.state in OVER:
        raise Conflict(_("This item is settled, or stands on no meeting that is to come."))
    if not item.by_consent:
        return item
    item.by_consent = False
    item.keep("by_consent")
    journal.record(TALKED, subject=item.subject, by=by, now=now, mentions=[("meeting", item.meeting.pk)])
    return item
