"""The registry of buttons: what may be answered from a mail, with one form and one press.

A button asks for nothing but what its form asks for, changes nothing when it is looked at, and does when it is pressed
what its person could do on a page, through the same service. What is never offered: verifying, voting, money, and
whatever a confidential council may see alone. That holds three times over: a purpose that is named so is not declared
(:func:`declare`), a press that would record such a deed is refused (:func:`is_never_pressed`), and what a confidential
council may see has no good button (:func:`closed`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise

from governance.models import Button

Shows = Callable[[Button, datetime], dict[str, Any]]
"""What the page needs beside the form (``initial``: what the form begins with; ``asks``: more that the form is made
with); raises :class:`Absent` where the answer is no longer wanted."""

Presses = Callable[[Button, dict[str, Any], datetime], str]
"""Carries it out as ``button.person`` and returns the sentence that thanks for it. Raises the domain's errors."""

NEVER = frozenset(
    {
        "verify", "verified", "verification", "vote", "votes", "ballot", "settle", "done", "money", "spend", "spending",
        "pay", "fund", "funding", "allocate", "allocation", "resources", "resource", "budget", "envelope", "amount",
        "benefit", "transfer", "delegate",
    }
)  # fmt: skip
"""No purpose is named by one of these words."""

NEVER_RECORDED = (
    "actions.item.done", "actions.item.verified", "actions.item.sent_back", "actions.item.accepted_as_is",
    "actions.item.verifier_named", "actions.benefit.", "actions.outcome.", "actions.resources.",
    "councils.decision.", "councils.allocation.", "councils.spending.", "councils.envelope.",
)  # fmt: skip
"""What no link does, by the beginnings of the events that would say so."""


class NothingToAsk(forms.Form):
    """For a button that is only pressed."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """``call`` is what the link says in a mail; ``lives`` how long it is good for."""

    name: str
    form: type[forms.Form]
    template: str
    call: str | Promise
    shows: Shows
    presses: Presses
    lives: timedelta = timedelta(days=14)


PURPOSES: dict[str, Purpose] = {}


def declare(
    purpose: str,
    *,
    template: str,
    call: str | Promise,
    shows: Shows,
    presses: Presses,
    form: type[forms.Form] = NothingToAsk,
    lives: timedelta = timedelta(days=14),
) -> Purpose:
    """Declare what a kind of button answers. Declaring one twice, or one that is never answered so, raises."""
    if purpose in PURPOSES:
        raise ValueError(f"button declared twice: {purpose}")
    if NEVER & set(purpose.casefold().replace("-", "_").split("_")):
        raise ValueError(f"never answered by a link: {purpose}")
    PURPOSES[purpose] = Purpose(purpose, form, template, call, shows, presses, lives)
    return PURPOSES[purpose]


def is_never_pressed(event: str) -> bool:
    """Whether an event says what no link may do."""
    return event.startswith(NEVER_RECORDED)


Closed = Callable[[Iterable[int]], set[int]]

_closed: list[Closed] = []


def keep_closed(which: Closed) -> None:
    """Declare which audiences are never answered from a mail: confidential councils stand above governance."""
    _closed.append(which)


def closed(audiences: Iterable[int]) -> set[int]:
    """Which of these audiences are never answered from a mail."""
    asked = set(audiences)
    return set().union(*(which(asked) for which in _closed)) if asked else set()
