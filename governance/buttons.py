"""The registry of buttons: what may be answered from a mail, with one form and one press.

A button asks for nothing but what its form asks for, changes nothing when it is looked at, and does when it is pressed
what its person could do on a page, through the same service. What is never offered: verifying, voting, money, and
whatever a confidential council may see alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise

from governance.models import Button

Shows = Callable[[Button, datetime], dict[str, Any]]
"""What the page needs beside the form (``initial``: what the form begins with); raises :class:`Absent` where the answer
is no longer wanted."""

Presses = Callable[[Button, dict[str, Any], datetime], str]
"""Carries it out as ``button.person`` and returns the sentence that thanks for it. Raises the domain's errors."""


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
    """Declare what a kind of button answers. Declaring one twice is a mistake and raises."""
    if purpose in PURPOSES:
        raise ValueError(f"button declared twice: {purpose}")
    PURPOSES[purpose] = Purpose(purpose, form, template, call, shows, presses, lives)
    return PURPOSES[purpose]
