"""What may be answered from a mail: which kinds of message bring a button with them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from governance import buttons as registry
from governance.buttons import PURPOSES
from governance.models import Button, Person
from governance.services import buttons
from notifications.kinds import Kind
from notifications.queries.handover import Letter

Fits = Callable[[Sequence[Letter], datetime], set[int]]
"""Of these letters, the keys of the messages to which it is offered; its statements do not grow with them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A link that answers: what it says, and where it leads. ``signs_in``: to a form in the programme instead."""

    call: str | Promise
    url: str
    signs_in: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """What a kind of message brings: a button of ``purpose``, or (``place``) the way to a form on the thing's page."""

    purpose: str = ""
    owed: str = ""
    fits: Fits | None = None
    call: str | Promise = ""
    place: str = ""


OFFERS: dict[str, list[Offered]] = defaultdict(list)


def offer(kind: Kind, purpose: str, *more: str, owed: str = "", fits: Fits | None = None) -> None:
    """Let messages of a kind bring buttons of these purposes, in this order. For the start of the program.

    With ``owed`` only those about a duty of that kind; with ``fits`` only those that it names.
    """
    OFFERS[kind] += [Offered(name, owed, fits) for name in (purpose, *more)]


def lead(kind: Kind, call: str | Promise, place: str, *, owed: str = "") -> None:
    """Let messages of a kind bring the way to what is never answered by a link: a form, after signing in."""
    OFFERS[kind].append(Offered(owed=owed, call=call, place=place))


def made(letters: Sequence[Letter], reader: Person, now: datetime) -> list[list[Offer]]:
    """The buttons of each message for whoever reads them; none where its reader may not see what it is about.

    A mail that has to be handed over again brings new links: the earlier ones were perhaps never received. What a
    confidential council alone may see is never answered by a link. At most two statements, and those of ``fits``.
    """
    if not any(_wanted(letter) for letter in letters):
        return [[] for _letter in letters]
    closed = registry.closed({key for letter in letters for key in letter.audiences})
    fitting = _fitting(letters, now)
    stored: list[Button] = []
    found: list[list[Offer]] = []
    for letter in letters:
        message = letter.message
        offers = []
        is_open = letter.facts.is_visible and closed.isdisjoint(letter.audiences)
        for offered in _wanted(letter) if is_open else []:
            if offered.fits is not None and message.pk not in fitting[offered.fits]:
                continue
            if offered.place:
                offers.append(Offer(offered.call, f"{letter.matter.url}{offered.place}", signs_in=True))
                continue
            button, url = buttons.prepare(
                purpose=offered.purpose,
                person=reader,
                subject=message.subject,
                duty=message.duty,
                # A message that names its reader is theirs, whatever their seats.
                seat=message.seat_id if message.person_id is None else None,
                now=now,
                message=message.pk,
            )
            stored.append(button)
            offers.append(Offer(PURPOSES[offered.purpose].call, url))
        found.append(offers)
    if stored:
        Button.objects.bulk_create(stored)
    return found


def _wanted(letter: Letter) -> list[Offered]:
    duty = letter.message.duty
    return [
        offered
        for offered in OFFERS[letter.message.kind]
        if not offered.owed or (duty is not None and duty.kind == offered.owed)
    ]


def _fitting(letters: Sequence[Letter], now: datetime) -> dict[Fits, set[int]]:
    asked: dict[Fits, list[Letter]] = defaultdict(list)
    for letter in letters:
        for fits in {offered.fits for offered in _wanted(letter) if offered.fits is not None}:
            asked[fits].append(letter)
    return {fits: fits(those, now) for fits, those in asked.items()}
