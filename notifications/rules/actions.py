"""Who has to know what happened to actions and feedback."""

from collections.abc import Iterable, Sequence

from actions.models import ActionItem, Follower
from governance.models import Duty, DutyKind
from notifications.kinds import Kind
from notifications.rules.registry import Heard, Telling, on


def _accountable(entries: Sequence[Heard]) -> dict[int, int]:
    """The accountable seat of each entry's action."""
    return dict(ActionItem.objects.filter(pk__in={entry.subject_id for entry in entries}).values_list("pk", "seat_id"))


def next_movers(entries: Sequence[Heard], kind: Kind, *duty_kinds: str) -> Iterable[Telling]:
    """Tell whoever owes the next move on each entry's subject, if it is one of these."""
    owed: dict[int, list[tuple[int, int]]] = {}
    for subject, duty, seat in (
        Duty.objects.filter(subject_id__in={entry.subject_id for entry in entries}, kind__in=duty_kinds, closed_at=None)
        .order_by("pk")
        .values_list("subject_id", "pk", "seat_id")
    ):
        owed.setdefault(subject, []).append((duty, seat))
    for entry in entries:
        for duty, seat in owed.get(entry.subject_id, []):
            yield Telling(entry.entry_id, kind, seat, entry.subject_id, duty)


@on("actions.item.created", "actions.item.reassigned")
def asked(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The accountable seat is asked, as long as it has not answered."""
    return next_movers(entries, Kind.ASKED, DutyKind.ACCEPT)


@on("actions.log.taken_over")
def asked_from_a_log(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Every owner is asked about each of their lines. They are heard together, so that they stand in one mail."""
    from_entry = {action: entry.entry_id for entry in entries for action in entry.mentioned("action")}
    for subject, duty, seat in (
        Duty.objects.filter(subject_id__in=from_entry, kind=DutyKind.ACCEPT, closed_at=None)
        .order_by("pk")
        .values_list("subject_id", "pk", "seat_id")
    ):
        yield Telling(from_entry[subject], Kind.ASKED, seat, subject, duty, is_one_of_many=True)


@on("actions.log.withdrawn")
def no_longer_asked(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever was asked is told once that it is off, however many lines there were."""
    from_entry = {action: entry.entry_id for entry in entries for action in entry.mentioned("action")}
    asked: set[tuple[int, int]] = set()
    for action, seat in ActionItem.objects.filter(pk__in=from_entry).order_by("pk").values_list("pk", "seat_id"):
        entry = from_entry[action]
        if (entry, seat) not in asked:
            asked.add((entry, seat))
            yield Telling(entry, Kind.DECIDED, seat, action)


@on("actions.item.declined")
def declined(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever finds another owner: the department head, after a second decline the council's secretary."""
    return next_movers(entries, Kind.DECLINED, DutyKind.REASSIGN, DutyKind.SETTLE)


@on("actions.item.done", "actions.item.verifier_named")
def to_verify(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.TO_VERIFY, DutyKind.VERIFY)


@on("actions.item.verified")
def verified(entries: Sequence[Heard]) -> Iterable[Telling]:
    seats = _accountable(entries)
    for entry in entries:
        if entry.subject_id in seats:
            yield Telling(entry.entry_id, Kind.VERIFIED, seats[entry.subject_id], entry.subject_id)


@on("actions.item.sent_back")
def sent_back(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.SENT_BACK, DutyKind.KEEP, DutyKind.SET_DATE)


@on("actions.item.came_back")
def came_back(entries: Sequence[Heard]) -> Iterable[Telling]:
    return next_movers(entries, Kind.CAME_BACK, DutyKind.SET_DATE)


@on(
    "actions.outcome.worked",
    "actions.outcome.worked_partly",
    "actions.outcome.did_not_work",
    "actions.outcome.cannot_tell",
)
def judged(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever did the work hears what came of it."""
    seats = _accountable(entries)
    for entry in entries:
        if entry.subject_id in seats:
            yield Telling(entry.entry_id, Kind.TOLD_OUTCOME, seats[entry.subject_id], entry.subject_id)


@on("actions.item.reported_on_track", "actions.item.reported_at_risk", "actions.item.reported_off_track")
def reported_for_the_owner(entries: Sequence[Heard]) -> Iterable[Telling]:
    """An owner is told what somebody else said in their place, never what they said themselves."""
    seats = _accountable(entries)
    for entry in entries:
        if entry.facts.get("for_owner") and entry.subject_id in seats:
            yield Telling(entry.entry_id, Kind.REPORTED, seats[entry.subject_id], entry.subject_id)


@on("actions.promise.asked")
def to_approve(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The seat that may move a promise; of what the council was asked its agenda tells."""
    return next_movers(entries, Kind.DATE_ASKED, DutyKind.APPROVE_DATE)


@on(
    "actions.promise.renewed",
    "actions.promise.approved",
    "actions.promise.refused",
    "actions.item.accepted_as_is",
    "actions.item.cancelled",
)
def decided(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The owner is told what became of the work without them."""
    seats = _accountable(entries)
    for entry in entries:
        if entry.subject_id in seats:
            yield Telling(entry.entry_id, Kind.DECIDED, seats[entry.subject_id], entry.subject_id)


@on("actions.item.blocked", "actions.item.held")
def waited_on(entries: Sequence[Heard]) -> Iterable[Telling]:
    for entry in entries:
        for seat in entry.mentioned("waiting_on"):
            yield Telling(entry.entry_id, Kind.WAITED_ON, seat, entry.subject_id)


@on(
    "actions.item.reported_on_track", "actions.item.reported_at_risk", "actions.item.reported_off_track",
    "actions.item.blocked", "actions.item.held", "actions.evidence.added", "actions.item.verified",
    "actions.item.sent_back",
)  # fmt: skip
def mentioned(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever is named with @ is told; who may see it was judged when it was said, and is asked again at hand-over."""
    for entry in entries:
        for person in entry.facts.get("mentioned", ()):
            yield Telling(entry.entry_id, Kind.MENTIONED, None, entry.subject_id, person_id=person)


@on(
    "actions.item.accepted", "actions.item.declined", "actions.item.reassigned", "actions.item.done",
    "actions.item.verified", "actions.item.sent_back", "actions.item.reopened", "actions.item.cancelled",
    "actions.item.blocked", "actions.item.reported_off_track", "actions.promise.renewed",
)  # fmt: skip
def followed(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Followers hear when it moves on or gets stuck, not of every word; never of what they did themselves."""
    following: dict[int, list[int]] = {}
    for action, person in (
        Follower.objects.filter(action_id__in={entry.subject_id for entry in entries})
        .order_by("pk")
        .values_list("action_id", "person_id")
    ):
        following.setdefault(action, []).append(person)
    for entry in entries:
        for person in following.get(entry.subject_id, ()):
            if person != entry.by_id:
                yield Telling(entry.entry_id, Kind.FOLLOWED, None, entry.subject_id, person_id=person)


@on("actions.item.reopened")
def reopened(entries: Sequence[Heard]) -> Iterable[Telling]:
    """The owner, who thought it was over, owes a date (or an answer) again."""
    return next_movers(entries, Kind.DECIDED, DutyKind.SET_DATE, DutyKind.ACCEPT)


@on("actions.doer.added", "actions.doer.asked")
def given_a_part(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever was given part of the work hears of it."""
    for entry in entries:
        for seat in entry.mentioned("to"):
            yield Telling(entry.entry_id, Kind.GIVEN_A_PART, seat, entry.subject_id)
        if isinstance(entry.facts.get("person"), int):
            yield Telling(entry.entry_id, Kind.GIVEN_A_PART, None, entry.subject_id, person_id=entry.facts["person"])


@on("actions.feedback.taken_in", "actions.theme.routed")
def taken_in(entries: Sequence[Heard]) -> Iterable[Telling]:
    """An import, or a routing, tells each champion once, however many themes it brought them."""
    for entry in entries:
        for seat in entry.mentioned("owes"):
            yield Telling(entry.entry_id, Kind.HEARD, seat, entry.subject_id)
