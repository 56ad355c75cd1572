"""Issuing, pressing and revoking buttons."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from governance import access
from governance.buttons import PURPOSES
from governance.errors import Absent
from governance.models import Button, ButtonEnd, Duty, Person, Subject
from governance.services import journal


def issue(
    *,
    purpose: str,
    person: Person,
    now: datetime,
    subject: Subject | None = None,
    duty: Duty | None = None,
    lives: timedelta | None = None,
    **facts: Any,
) -> str:
    """The address of a new button for ``person``; it cannot be had again. ``facts`` are JSON values of its purpose."""
    button, address = prepare(purpose=purpose, person=person, now=now, subject=subject, duty=duty, lives=lives, **facts)
    button.save()
    return address


def prepare(
    *,
    purpose: str,
    person: Person,
    now: datetime,
    subject: Subject | None = None,
    duty: Duty | None = None,
    lives: timedelta | None = None,
    **facts: Any,
) -> tuple[Button, str]:
    """As :func:`issue`, for whoever stores many at once: the button, not yet stored, and its address."""
    token = secrets.token_urlsafe(32)
    button = Button(
        digest=_digest(token),
        purpose=purpose,
        person=person,
        subject=subject,
        duty=duty,
        facts=facts,
        sent_to=person.email,
        created_at=now,
        expires_at=now + (lives or PURPOSES[purpose].lives),
    )
    return button, f"{settings.PUBLIC_URL}{reverse('governance:button', args=[token])}"


def find(token: str, now: datetime) -> Button:
    """The button behind an address, while it is good.

    Raises :class:`Absent`, in the same words whether there never was one, it was pressed or overtaken, its time is
    over, it was revoked, its person left or has another address, or what it answers is closed or may not be seen.
    """
    found = Button.objects.select_related("person", "subject", "duty__seat__subject").filter(digest=_digest(token))
    return _good(found.first(), now)


@transaction.atomic
def press(*, token: str, said: dict[str, Any], now: datetime) -> str:
    """Carry out what a button answers, once, and end its siblings with it. Returns the sentence that thanks for it.

    Raises :class:`Absent` as :func:`find` does, and whatever the answer's own service raises: then it stays good.
    """
    # Locked, and asked again: of two presses at once one finds it pressed.
    held = Button.objects.select_for_update(of=("self",)).select_related("person", "subject", "duty__seat__subject")
    button = _good(held.filter(digest=_digest(token)).first(), now)
    with journal.pressed(button):
        thanks = PURPOSES[button.purpose].presses(button, said, now)
    Button.objects.filter(pk=button.pk).update(ended_at=now, ended_as=ButtonEnd.PRESSED)
    siblings(button).update(ended_at=now, ended_as=ButtonEnd.OVERTAKEN)
    return thanks


def siblings(button: Button) -> QuerySet[Button]:
    """Open buttons of the same person for the same: purpose, thing and duty. A duty that closes ends all of its own."""
    return Button.objects.filter(
        ended_at=None, person=button.person, purpose=button.purpose, subject=button.subject, duty=button.duty
    ).exclude(pk=button.pk)


def revoke(*, person: Person, now: datetime, purpose: str = "") -> int:
    """End the open buttons of a person, all or those of one purpose. Returns how many."""
    mine = Button.objects.filter(person=person, ended_at=None)
    if purpose:
        mine = mine.filter(purpose=purpose)
    return mine.update(ended_at=now, ended_as=ButtonEnd.REVOKED)


def _good(button: Button | None, now: datetime) -> Button:
    if (
        button is None
        or button.ended_at is not None
        or now >= button.expires_at
        or button.purpose not in PURPOSES
        or not button.person.is_active
        or button.person.email != button.sent_to
        or (button.duty is not None and button.duty.closed_at is not None)
        or (button.subject_id is not None and not access.may_see(button.person, button.subject_id, now))
    ):
        raise Absent(_("This link is not open any more."))
    return button


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
