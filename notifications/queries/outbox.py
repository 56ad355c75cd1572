"""The state of the outbox, for whoever runs the program: numbers and faults, never what was said to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Max, Min, Q, QuerySet, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from governance.masking import without_addresses
from governance.models import Person, SeatKind, Tenure
from notifications.models import Channel, Delivery, MailHold, Message, MessageState

FAULTS = 50
LOOKED_AT = 1000
"""Different answers of mail servers that are looked at: the same one counts once, whatever address stands in it."""
DAYS = 14
"""Days of mail that the page counts."""
UNREADY = timedelta(minutes=5)
"""What is due for longer than this is not being handed over: the program is not ready."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Messages of a kind that could not be mailed, and what the mail server said."""

    kind: str
    state: str
    messages: int
    attempts: int
    last_at: datetime
    error: str
    is_dead: bool = False
    """Given up: it waits for somebody to try it again."""


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
    sent: Sequence[tuple[date, int]] = ()
    """Messages mailed by day (UTC), the newest first."""
    dead: Sequence[tuple[str, int]] = ()
    """Messages that were given up, by kind."""
    closed_addresses: int = 0
    """People whose mail server says that their address is none; never who."""
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
    """How the outbox stands. Eight statements."""
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
        .order_by("-last")[:LOOKED_AT]
    )
    return OutboxState(
        counts=[(state.value, str(state.label), found.get(state.value, 0)) for state in MessageState],
        overdue=waiting["number"],
        oldest_at=waiting["oldest"],
        faults=_faults(faulty),
        hold=held(),
        beyond=[
            HeldBack(row["kind"], row["messages"], row["first"], row["last"])
            for row in held_back(now)
            .values("kind")
            .annotate(messages=Count("pk"), first=Min("not_before"), last=Max("not_before"))
            .order_by("-messages", "kind")
        ],
        sent=_sent(now),
        dead=list(
            Message.objects.filter(state=MessageState.FAILED)
            .values_list("kind")
            .annotate(number=Count("pk"))
            .order_by("-number", "kind")
        ),
        closed_addresses=closed_addresses(),
    )


def _faults(rows: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """What mail servers said, the latest first, without whose address it was about: that is its person's to know."""
    found: dict[tuple[str, str, str], Fault] = {}
    for row in rows:
        error = without_addresses(row["error"], "[address]")
        key = (row["message__kind"], row["message__state"], error)
        before = found.get(key)
        found[key] = Fault(
            kind=row["message__kind"],
            state=_fate(row["message__state"]),
            messages=row["messages"] + (before.messages if before else 0),
            attempts=max(row["attempts"], before.attempts if before else 0),
            last_at=max(row["last"], before.last_at) if before else row["last"],
            error=error,
            is_dead=row["message__state"] == MessageState.FAILED,
        )
    return list(found.values())[:FAULTS]


def _fate(state: str) -> str:
    """What a fault ended in. A closed address settles its messages: they lie in the inbox."""
    return _("in the inbox alone") if state == MessageState.SETTLED else str(MessageState(state).label)


def _sent(now: datetime) -> list[tuple[date, int]]:
    mailed = Delivery.objects.filter(
        channel=Channel.MAIL, error="", handed_at__gt=now - timedelta(days=DAYS), message__state=MessageState.SETTLED
    )
    days = mailed.annotate(day=TruncDate("handed_at", tzinfo=UTC)).values_list("day").annotate(number=Count("pk"))
    return list(days.order_by("-day"))


def closed_addresses() -> int:
    return Person.objects.filter(is_active=True).exclude(mail_refused_at=None).count()


def due_since(now: datetime) -> datetime | None:
    """Since when the oldest due message could have been handed over; None where mail is held, or none is due.

    What waits for its reader's hours is not due; what somebody just claimed is being handed over, and what waits behind
    a claim that lives is next: a drain renews its claims only while it moves on, and everybody's digest is due at the
    same hour. What a hold kept back is due since the hold ended. Three statements.
    """
    last = MailHold.objects.order_by("-since", "-pk").first()
    if last is not None and last.ended_at is None:
        return None
    oldest: datetime | None = Message.objects.filter(
        Q(state=MessageState.WAITING) | Q(state=MessageState.CLAIMED, claimed_until__lte=now),
        state__in=[MessageState.WAITING, MessageState.CLAIMED],
        not_before__lte=now,
    ).aggregate(
        at=Min(
            Case(
                When(state=MessageState.CLAIMED, then=F("claimed_until")),
                default=F("not_before"),
                output_field=DateTimeField(),
            )
        )
    )["at"]
    if oldest is None or _is_being_handed_over(now):
        return None
    return max(oldest, last.ended_at) if last is not None and last.ended_at is not None else oldest


def _is_being_handed_over(now: datetime) -> bool:
    """Whether some drain is at work: it holds a claim that lives."""
    return Message.objects.filter(
        state__in=[MessageState.WAITING, MessageState.CLAIMED], state=MessageState.CLAIMED, claimed_until__gt=now
    ).exists()


def held_back(now: datetime) -> "QuerySet[Message]":
    """What the cap holds until a later day."""
    return Message.objects.filter(held_at__isnull=False, state=MessageState.WAITING, not_before__gt=now, reader=None)


def held() -> MailHold | None:
    """The hold that stands, if all mail is held."""
    return MailHold.objects.filter(ended_at=None).first()
