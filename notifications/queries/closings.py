"""What a meeting that was closed is summed up with: what it decided, and what its reader owes of it now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils import authority
from councils.came import came_of
from councils.models import Decision
from governance.languages import spoken
from governance.models import Duty, Person
from governance.queries.seats import movers
from notifications import links
from notifications.kinds import Kind
from notifications.models import Message

MOST = 40
"""Sentences of one kind; the minutes have them all."""


def summed_up(
    messages: Sequence[Message], readers: Mapping[int, int], people: Mapping[int, Person], now: datetime
) -> dict[int, tuple[str, ...]]:
    """By message about a closed meeting, the sentences for its reader, in their language.

    Decisions are told as the meeting's readers may see them; work only to whoever owes it. The statements do not grow
    with the meetings.
    """
    told = [one for one in messages if one.kind == Kind.MEETING_CLOSED and readers.get(one.pk, 0) in people]
    if not told:
        return {}
    decided: dict[int, list[Decision]] = defaultdict(list)
    meetings = {one.subject_id for one in told}
    for decision in Decision.objects.filter(meeting__in=meetings).order_by("decided_at", "pk"):
        decided[decision.meeting_id or 0].append(decision)
    owed = _owed([one.pk for found in decided.values() for one in found], now)
    sentences = {}
    for message in told:
        reader = people[readers[message.pk]]
        with translation.override(spoken(reader.language)):
            found = decided[message.subject_id]
            keys = {one.pk for one in found}
            mine = [duty for decision, duty in owed.get(reader.pk, ()) if decision in keys]
            sentences[message.pk] = (*_decided(found[:MOST]), *_owes(mine[:MOST]))
    return sentences


def _owed(decisions: Sequence[int], now: datetime) -> dict[int, list[tuple[int, Duty]]]:
    """By person, what they owe today of what came of these decisions: ``(decision, duty)``."""
    came = came_of(decisions)
    of_subject: dict[int, list[int]] = defaultdict(list)
    for decision, things in came.items():
        for thing in things:
            of_subject[thing.subject_id].append(decision)
    duties = list(
        Duty.objects.filter(subject_id__in=of_subject, closed_at=None)
        .select_related("subject")
        .order_by("due_on", "pk")
    )
    who = movers({duty.seat_id for duty in duties}, now)
    found: dict[int, list[tuple[int, Duty]]] = defaultdict(list)
    for duty in duties:
        if duty.seat_id in who:
            found[who[duty.seat_id].person_id] += [(decision, duty) for decision in of_subject[duty.subject_id]]
    return found


def _decided(decisions: Iterable[Decision]) -> list[str]:
    return [
        _("%(motion)s: %(verdict)s.")
        % {"motion": one.motion.rstrip(" ."), "verdict": authority.in_short(one.verdict, one.facts)}
        for one in decisions
    ]


def _owes(duties: Iterable[Duty]) -> list[str]:
    said = []
    for duty in duties:
        words = {"title": duty.subject.title, "url": links.address_of(duty.subject.kind, duty.subject.reference)}
        if duty.due_on is None:
            said.append(_("Yours: %(title)s. %(url)s") % words)
        else:
            words["day"] = date_format(duty.due_on, "D j M")
            said.append(_("Yours by %(day)s: %(title)s. %(url)s") % words)
    return said
