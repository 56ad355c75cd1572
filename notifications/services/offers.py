"""What may be answered from a mail: which kinds of message bring a button with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from councils.models import Council
from governance.buttons import PURPOSES
from governance.models import AudienceContainer, Button, Person
from governance.services import buttons
from notifications.kinds import Kind
from notifications.queries.handover import Letter

OFFERS: dict[str, list[str]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class Offer:
    """A link that answers: what it says, and where it leads."""

    call: str | Promise
    url: str


def offer(kind: Kind, purpose: str, *more: str) -> None:
    """Let messages of a kind bring buttons of these purposes, in this order. For the start of the program."""
    OFFERS[kind] += [purpose, *more]


def made(letters: Sequence[Letter], reader: Person, now: datetime) -> list[list[Offer]]:
    """The buttons of each message for whoever reads them; none where its reader may not see what it is about.

    A mail that has to be handed over again brings new links: the earlier ones were perhaps never received. What a
    confidential council alone may see is never answered by a link. Two statements.
    """
    if not any(OFFERS[letter.message.kind] for letter in letters):
        return [[] for _letter in letters]
    closed = _confidential({letter.message.subject.audience_id or 0 for letter in letters})
    stored: list[Button] = []
    found: list[list[Offer]] = []
    for letter in letters:
        message = letter.message
        offers = []
        is_open = letter.facts.is_visible and message.subject.audience_id not in closed
        for purpose in OFFERS[message.kind] if is_open else []:
            button, url = buttons.prepare(
                purpose=purpose, person=reader, subject=message.subject, duty=message.duty, now=now, message=message.pk
            )
            stored.append(button)
            offers.append(Offer(PURPOSES[purpose].call, url))
        found.append(offers)
    if stored:
        Button.objects.bulk_create(stored)
    return found


def _confidential(audiences: set[int]) -> set[int]:
    """Which of these audiences hold a confidential council."""
    councils = Council.objects.filter(is_confidential=True).values("pk")
    return set(
        AudienceContainer.objects.filter(audience_id__in=audiences, container_id__in=councils).values_list(
            "audience_id", flat=True
        )
    )
