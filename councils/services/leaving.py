"""What a closing meeting leaves unsettled: each matter goes onto the next meeting, to the backlog, or is dropped.

What had escalated is not among it: that is settled, or recorded as not decided (``councils/services/undecided.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils import matters, referrals
from councils.models import AgendaItem, Ending, ItemState, Meeting, MinutesItem
from councils.queries.meetings import planned_of
from councils.services import agenda
from governance import access, events
from governance.clauses import Rules
from governance.errors import Invalid
from governance.models import Person
from governance.queries import languages
from governance.queries.calendars import calendar_of_department, local_day
from governance.services import duties, journal

CARRIED = events.declare(
    "councils.item.carried", says=gettext_lazy("{subject} was not settled at {meeting} and was carried over")
)
LONGEST_REASON = 1000


class Onward(TextChoices):
    """Where what was not settled goes."""

    NEXT = "next", gettext_lazy("to the next meeting")
    BACKLOG = "backlog", gettext_lazy("to the backlog")
    DROP = "drop", gettext_lazy("drop it")


@dataclass(frozen=True, slots=True)
class Left:
    """What is said of one unsettled matter. What is dropped has a reason."""

    where: str = Onward.NEXT
    reason: str = ""


def following(meeting: Meeting, *, lock: bool = False) -> Meeting | None:
    """The council's next planned meeting: what is carried over goes onto its agenda.

    With ``lock`` its row is held, so that nobody calls it off meanwhile.
    """
    planned = planned_of(meeting.council_id).exclude(pk=meeting.pk)
    return (planned.select_for_update(of=("self",)) if lock else planned).first()


def unsettled(meeting: Meeting) -> list[AgendaItem]:
    """What its closing asks about, one by one, in the order of its agenda."""
    return [item for item in _open(meeting) if is_asked(item)]


def is_asked(item: AgendaItem) -> bool:
    """Whether the secretary chooses where it goes: not what had escalated, and not what lapses or is the sponsor's.

    A standing point is not asked about either: it ends with its meeting.
    """
    stays = matters.MATTERS[item.matter].stays or matters.is_escalated(item) or matters.is_standing(item)
    return not stays and not referrals.is_for_the_sponsor(item)


def leave(meeting: Meeting, left: Mapping[str, Left], *, by: Person, now: datetime) -> dict[int, MinutesItem]:
    """Give each open matter of a locked, closing meeting its way on. Unsaved rows of the minutes say where, by item.

    ``left`` is by the item's reference; what it does not name goes onto the next meeting, and to the backlog where
    none is planned. A matter that was settled meanwhile is passed over. Raises :class:`Invalid` at ``left`` for a
    choice that is none, or a drop without its reason; within the caller's transaction.
    """
    onto = following(meeting, lock=True)
    rules = duties.rules_in_force(meeting.council.charter, now)
    term = Rules.from_json(rules.rules).terms.settle
    rows = {}
    items = _open(meeting, lock=True)
    _require_known(left, meeting)
    last = onto.items.aggregate(last=Max("position"))["last"] or 0 if onto is not None else 0
    for item in items:
        if matters.is_standing(item):
            agenda.end_point(item, meeting, now=now)
            rows[item.pk] = MinutesItem(ending=Ending.WITHDRAWN, because=_point_said(item))
            continue
        choice = _chosen(item, left.get(item.reference, Left()))
        if choice.where == Onward.DROP:
            access.require(by, council_access.PREPARE, meeting.council, now)
            agenda.take_off(item, choice.reason, by=by, now=now)
            rows[item.pk] = MinutesItem(ending=Ending.DROPPED, because=choice.reason)
        elif choice.where == Onward.NEXT and onto is not None:
            last += 1
            _carry(item, meeting, onto, last, term, now)
            rows[item.pk] = MinutesItem(ending=Ending.CARRIED, onto=onto)
        else:
            # What is put back on purpose stays there until somebody places it; the rest goes onto the next meeting.
            is_chosen = is_asked(item) and choice.where == Onward.BACKLOG
            agenda.return_to_backlog(item, within=term, now=now, stays=is_chosen)
            rows[item.pk] = MinutesItem(ending=Ending.BACK)
    going_on = [item.about_id for item in items if item.state == ItemState.OPEN]
    duties.hasten(subject_ids=going_on, overseer_id=meeting.council_id, now=now)
    return rows


def _require_known(left: Mapping[str, Left], meeting: Meeting) -> None:
    """Each matter that is named stood on this agenda; what was settled there meanwhile is passed over."""
    stood = Q(meeting=meeting) | Q(decisions__meeting=meeting) | Q(carried_from=meeting)
    known = AgendaItem.objects.filter(stood, subject__reference__in=left).values_list("subject__reference", flat=True)
    if unknown := sorted(set(left) - set(known)):
        raise Invalid(
            _("%(items)s did not stand on this agenda.") % {"items": ", ".join(unknown)}, field="left", part=unknown[0]
        )


def _point_said(item: AgendaItem) -> str:
    """How a standing point was left, in the language in which minutes are kept."""
    with translation.override(languages.of_papers()):
        if item.spent:
            return _("It was a standing point, and ended with the meeting.")
        return _("It was a standing point and not taken up.")


def _chosen(item: AgendaItem, choice: Left) -> Left:
    reason = choice.reason.strip()
    if choice.where not in Onward.values:
        raise Invalid(
            _("Say where %(item)s goes: next, backlog or drop.") % {"item": item.reference},
            field="left",
            part=item.reference,
        )
    if not is_asked(item):
        return Left(Onward.BACKLOG)
    if choice.where == Onward.DROP and not reason:
        raise Invalid(
            _("Say why %(item)s is dropped; whoever raised it reads it.") % {"item": item.reference},
            field="left",
            part=item.reference,
        )
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            _("Say it in %(n)d characters at most.") % {"n": LONGEST_REASON}, field="left", part=item.reference
        )
    return Left(choice.where, reason)


def _carry(item: AgendaItem, meeting: Meeting, onto: Meeting, position: int, term: int, now: datetime) -> None:
    """Onto the next meeting, owed by that day, or within the charter's term where that is later."""
    item.carried_from, item.meeting, item.position, item.by_consent = meeting, onto, position, False
    item.keep("carried_from", "meeting", "position", "by_consent")
    day = local_day(calendar_of_department(meeting.council.department), onto.starts_at)
    agenda.owe_again(item, within=term, not_before=day, now=now)
    journal.record(
        CARRIED,
        subject=item.subject,
        by=None,
        now=now,
        mentions=[("onto", onto.pk)],
        meeting=meeting.reference,
    )


def _open(meeting: Meeting, *, lock: bool = False) -> list[AgendaItem]:
    found = AgendaItem.objects.select_for_update(of=("self",)) if lock else AgendaItem.objects.all()
    open_ones = found.filter(meeting=meeting, state=ItemState.OPEN)
    return list(open_ones.select_related("subject", "about").order_by("position", "pk"))
