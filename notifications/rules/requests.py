"""Who has to know what happened to requests between departments: always the other side."""

from collections.abc import Iterable, Sequence

from actions.models import ActionItem, Request
from governance.models import DutyKind
from notifications.kinds import Kind
from notifications.rules.actions import next_movers
from notifications.rules.registry import Heard, Telling, on


def _other_side(entries: Sequence[Heard], kind: Kind, *sides: str) -> Iterable[Telling]:
    """Tell the seats on these sides, who owe nothing by it."""
    rows = Request.objects.filter(pk__in={entry.subject_id for entry in entries})
    seats = {row[0]: row[1:] for row in rows.values_list("pk", *(f"{side}_seat_id" for side in sides))}
    for entry in entries:
        for seat in seats.get(entry.subject_id, ()):
            yield Telling(entry.entry_id, kind, seat, entry.subject_id)


@on("actions.request.asked")
def asked(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.REQUESTED, DutyKind.ANSWER_REQUEST)


@on("actions.request.countered")
def countered(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.COUNTERED, DutyKind.WEIGH)


@on("actions.request.agreed")
def agreed(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _other_side(entries, Kind.AGREED, "from")


@on("actions.request.accepted")
def accepted(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.AGREED, DutyKind.DELIVER)


@on("actions.request.delivered")
def delivered(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.TO_CONFIRM, DutyKind.CONFIRM)


@on("actions.request.sent_back")
def sent_back(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.SENT_BACK, DutyKind.DELIVER)


@on("actions.request.confirmed")
def confirmed(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _other_side(entries, Kind.VERIFIED, "to")


@on("actions.request.refused")
def refused(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _other_side(entries, Kind.NO_LONGER_ASKED, "from")


@on("actions.request.withdrawn", "actions.request.ended")
def withdrawn(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _other_side(entries, Kind.NO_LONGER_ASKED, "to")


@on("actions.request.settled", "actions.request.dropped")
def decided(entries: Sequence[Heard]) -> Iterable[Telling]:
    """A council decided between them: both sides are told."""
    return _other_side(entries, Kind.DECIDED, "from", "to")


@on("actions.request.day_proposed")
def day_proposed(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.DATE_ASKED, DutyKind.APPROVE_DATE)


@on("actions.request.day_moved")
def day_moved(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _mentioned(entries, Kind.AGREED)


@on("actions.request.day_kept")
def day_kept(entries: Sequence[Heard]) -> Iterable[Telling]:
    return _mentioned(entries, Kind.DECIDED)


def _mentioned(entries: Sequence[Heard], kind: Kind) -> Iterable[Telling]:
    """Tell the side that proposed it."""
    for entry in entries:
        for seat in entry.mentioned("told"):
            yield Telling(entry.entry_id, kind, seat, entry.subject_id)


@on("actions.blocker.delivered", "actions.blocker.refused", "actions.blocker.withdrawn")
def waits_no_more(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The owner of the action that waited for it: the work can go on, or needs another way."""
    rows = ActionItem.objects.filter(pk__in={entry.subject_id for entry in entries}).values_list("pk", "seat_id")
    seats = dict(rows)
    for entry in entries:
        yield Telling(entry.entry_id, Kind.NO_LONGER_BLOCKED, seats[entry.subject_id], entry.subject_id)
