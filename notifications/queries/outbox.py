"""The state of the outbox, for whoever runs the program: numbers and faults, never what was said to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from governance.models import Person, SeatKind, Tenure
from notifications.models import Channel, Delivery, MailHold, Message, MessageState

FAULTS = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """Messages of a kind that could not be mailed, and what the mail server said."""

    kind: str
    state: str
    messages: int
    attempts: int
    last_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Messages of a kind that the cap holds: how many, and when the first and the last of them go out by themselves."""

    kind: str
    messages: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxState:
    """``overdue``: should have been handed over by now and is not, whatever the reason."""

    counts: Sequence[tuple[str, str, int]]
    overdue: int
    oldest_at: datetime | None
    faults: Sequence[Fault]
    hold: MailHold | None = None
    beyond: Sequence[HeldBack] = ()
    """What the cap holds back, by the rule that made it."""

    @property
    def held_back(self) -> int:
        return sum(one.messages for one in self.beyond)

    @property
    def waiting(self) -> int:
        return sum(number for state, _label, number in self.counts if state in ("waiting", "claimed"))

    @property
    def failed(self) -> int:
        return next((number for state, _label, number in self.counts if state == MessageState.FAILED), 0)


def may_look(person: Person, now: datetime) -> bool:
    """Whoever administers the program or leads the programme."""
    return (
        Tenure.objects.at(now)
        .filter(person=person, person__is_active=True, seat__kind__in=[SeatKind.ADMINISTRATOR, SeatKind.CX_LEAD])
        .exists()
    )


def outbox_state(now: datetime) -> OutboxState:
    """How the outbox stands. Five statements."""
    found = dict(Message.objects.values_list("state").annotate(number=Count("pk")))
    waiting = Message.objects.filter(
        Q(state=MessageState.WAITING) | Q(state=MessageState.CLAIMED, claimed_until__lte=now),
        state__in=[MessageState.WAITING, MessageState.CLAIMED],
        not_before__lte=now,
    ).aggregate(number=Count("pk"), oldest=Min("not_before"))
    faulty = (
        Delivery.objects.filter(channel=Channel.MAIL)
        .exclude(error="")
        .values("message__kind", "message__state", "error")
        .annotate(messages=Count("message"), attempts=Max("message__attempts"), last=Max("handed_at"))
        .order_by("-last")[:FAULTS]
    )
    return OutboxState(
        counts=[(state.value, str(state.label), found.get(state.value, 0)) for state in MessageState],
        overdue=waiting["number"],
        oldest_at=waiting["oldest"],
        faults=[
            Fault(
                kind=row["message__kind"],
                state=str(MessageState(row["message__state"]).label),
                messages=row["messages"],
                attempts=row["attempts"],
                last_at=row["last"],
                error=row["error"],
            )
            for row in faulty
        ],
        hold=held(),
        beyond=[
            HeldBack(row["kind"], row["messages"], row["first"], row["last"])
            for row in held_back(now)
            .values("kind")
            .annotate(messages=Count("pk"), first=Min("not_before"), last=Max("not_before"))
            .order_by("-messages", "kind")
        ],
    )


def held_back(now: datetime) -> "QuerySet[Message]":
    """What the cap holds until a later day."""
    return Message.objects.filter(held_at__isnull=False, state=MessageState.WAITING, not_before__gt=now, reader=None)


def held() -> MailHold | None:
    """The hold that stands, if all mail is held."""
    return MailHold.objects.filter(ended_at=None).first()
