"""The cap: one run lets out so many messages, and so many to one seat or person. The rest is held, and told of.

What is held waits with a day of its own: each working day that follows lets out as much as one run may, so that nothing
has to be done for it to go out, and nothing is lost. Whoever runs the program may let it go at once, or drop it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import events
from governance.errors import Conflict, Refused
from governance.models import CalendarDay, Organisation, Person, Seat, SeatKind
from governance.queries.seats import movers
from governance.services import journal
from notifications.families import URGENT
from notifications.kinds import OF_THE_DOOR, Kind
from notifications.models import Message, MessageState
from notifications.queries import outbox as queries
from notifications.sql import rows

RELEASED = events.declare(
    "notifications.cap.released", says=gettext_lazy("{by} let the messages go that the cap held back ({count})")
)
DROPPED = events.declare(
    "notifications.cap.dropped", says=gettext_lazy("{by} dropped the messages that the cap held back ({count})")
)

UNCOUNTED = OF_THE_DOOR | {Kind.HELD_BACK, Kind.VIEWS}
"""What the cap never holds: what lets somebody in, tells of the cap, or is one mail a day that its reader asked for."""

Address = tuple[int | None, int | None]


def hold_back(messages: Sequence[Message]) -> list[Message]:
    """Give what goes beyond the cap of its run a later day, before it is stored. Returns whoever is to be told of it.

    The messages of a run carry its moment. Several things that one deed brings one addressee count as one of theirs:
    they stand in one mail. One statement where the cap is not reached.
    """
    counted = [message for message in messages if message.kind not in UNCOUNTED]
    if not counted or not settings.MESSAGES_A_RUN:
        return []
    run = counted[0].created_at
    out, each = _let_out(run)
    beyond: list[Message] = []
    # What presses is let out first; the rest in the order in which it was made.
    for message in sorted(counted, key=lambda one: one.kind not in URGENT):
        address, is_known = _address(message), _thing(message) in each
        if out >= settings.MESSAGES_A_RUN or (not is_known and each[address] >= settings.MESSAGES_A_PERSON):
            beyond.append(message)
            continue
        out += 1
        each[address] += not is_known
        each[_thing(message)] += 1
    if not beyond:
        return []
    _postpone(beyond, run)
    return _tell(run)


def release(*, by: Person | None, now: datetime) -> int:
    """Let everything that is held back go. Returns how much that was."""
    _require(by, now)
    return _decide(RELEASED, by, now, {"not_before": now})


def drop(*, by: Person | None, now: datetime) -> int:
    """Say none of what is held back; what is owed is owed all the same. Returns how much that was."""
    _require(by, now)
    return _decide(DROPPED, by, now, {"state": MessageState.DROPPED, "settled_at": now})


@transaction.atomic
def _decide(event: events.Event, by: Person | None, now: datetime, fields: dict[str, object]) -> int:
    done = queries.held_back(now).update(**fields)
    if not done:
        raise Conflict(_("Nothing is held back. There is nothing to decide."))
    root = Organisation.objects.values_list("root_id", flat=True).first()
    if root is not None:
        journal.record(event, subject=root, by=by, now=now, count=done)
    return done


def _require(by: Person | None, now: datetime) -> None:
    if by is not None and not queries.may_look(by, now):
        raise Refused(_("The outbox is for administrators and the CX lead."))


def _address(message: Message) -> Address:
    return message.seat_id, message.person_id


def _thing(message: Message) -> tuple[object, ...]:
    """What happened, as its addressee sees it: one deed about many things is one; a rung is always one of its own."""
    return (*_address(message), message.entry_id or message.occurrence)


def _let_out(run: datetime) -> tuple[int, Counter[tuple[object, ...]]]:
    """How many messages of a run were let out, and what each addressee got of it. One statement."""
    each: Counter[tuple[object, ...]] = Counter()
    told = list(
        _of_run(run)
        .filter(held_at=None)
        .only("seat_id", "person_id", "entry_id", "occurrence")[: settings.MESSAGES_A_RUN]
    )
    for message in told:
        if _thing(message) not in each:
            each[_address(message)] += 1
        each[_thing(message)] += 1
    return len(told), each


def _of_run(run: datetime) -> "QuerySet[Message]":
    return Message.objects.filter(created_at=run).exclude(kind__in=UNCOUNTED)


def _postpone(beyond: Sequence[Message], run: datetime) -> None:
    """Spread what is beyond over the working days that follow: on each as much as one run may. Two statements.

    What earlier runs put off to a day counts for it: one run after the other would else fill the same morning.
    """
    days, people = _put_off(run)
    for message in beyond:
        people[_address(message)] += 1
    most = (sum(people.values()) // settings.MESSAGES_A_RUN) + (max(people.values()) // settings.MESSAGES_A_PERSON) + 1
    opens = _mornings(run, most)
    next_for: Counter[Address] = Counter()
    for message in beyond:
        address = _address(message)
        while next_for[address] < most - 1 and _is_full(days[opens[next_for[address]].date()], address):
            next_for[address] += 1
        message.held_at = run
        message.not_before = opens[next_for[address]]
        days[message.not_before.date()][address] += 1


def _put_off(run: datetime) -> tuple[defaultdict[date, Counter[Address]], Counter[Address]]:
    """What the cap holds from here on, whichever run made it: by day and addressee, and by addressee. One statement."""
    days: defaultdict[date, Counter[Address]] = defaultdict(Counter)
    people: Counter[Address] = Counter()
    for moment, seat, person, number in (
        queries.held_back(run).values_list("not_before", "seat_id", "person_id").annotate(number=Count("pk"))
    ):
        days[moment.date()][seat, person] += number
        people[seat, person] += number
    return days, people


def _is_full(day: Counter[Address], address: Address) -> bool:
    return day.total() >= settings.MESSAGES_A_RUN or day[address] >= settings.MESSAGES_A_PERSON


def _mornings(run: datetime, number: int) -> list[datetime]:
    """When the next working days open; beyond the calendar every day is one. One statement."""
    opens = list(
        CalendarDay.objects.filter(
            calendar_id__in=Organisation.objects.values("calendar_id"), is_working=True, opens_at__gt=run
        )
        .order_by("opens_at")
        .values_list("opens_at", flat=True)[:number]
    )
    last = opens[-1] if opens else run
    return opens + [last + timedelta(days=ahead) for ahead in range(1, number - len(opens) + 1)]


def _tell(run: datetime) -> list[Message]:
    """To the CX lead and whoever administers: that something is held. The same again where they were told."""
    root = Organisation.objects.values_list("root__subject_id", flat=True).first()
    if root is None:
        return []
    seats = Seat.objects.filter(kind__in=[SeatKind.CX_LEAD, SeatKind.ADMINISTRATOR]).values_list("pk", flat=True)
    people = {who.person_id for who in movers(seats, run).values()}  # one person may do both
    return [
        Message(
            occurrence=f"cap:{run.isoformat()}:person:{person}",
            person_id=person,
            kind=Kind.HELD_BACK,
            subject_id=root,
            facts={},
            created_at=run,
            not_before=run,
        )
        for person in sorted(people)
    ]


def store(messages: Sequence[Message]) -> int:
    """Store messages, those beyond the cap with a later day. Returns how many were new, without what tells of it."""
    telling = hold_back(messages)
    made = len(rows.insert(messages))
    rows.insert(telling)
    return made


def hold_stored(run: datetime) -> int:
    """The same for messages that one statement stored in this transaction: what is beyond the cap waits from the start.

    Returns how many. One statement where the cap is not reached.
    """
    if not settings.MESSAGES_A_RUN:
        return 0
    fresh = _of_run(run).filter(held_at=None)
    each: Counter[Address] = Counter()
    for seat, person, number in fresh.values_list("seat_id", "person_id").annotate(number=Count("pk")):
        each[seat, person] = number
    if sum(each.values()) <= settings.MESSAGES_A_RUN and max(each.values(), default=0) <= settings.MESSAGES_A_PERSON:
        return 0
    out = 0
    each.clear()
    beyond = []
    for message in sorted(fresh.order_by("pk"), key=lambda one: one.kind not in URGENT):
        address = _address(message)
        if message.state != MessageState.WAITING or (
            out < settings.MESSAGES_A_RUN and each[address] < settings.MESSAGES_A_PERSON
        ):
            out += 1
            each[address] += 1
        else:
            beyond.append(message)
    if beyond:
        _postpone(beyond, run)
        Message.objects.bulk_update(beyond, ["held_at", "not_before"], batch_size=500)
        rows.insert(_tell(run))
    return len(beyond)
