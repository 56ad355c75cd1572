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
from governance.buttons import PURPOSES, closed
from governance.errors import Absent
from governance.models import Button, ButtonEnd, Duty, Person, Subject
from governance.queries.seats import Answering, movers
from governance.services import journal


def issue(
    *,
    purpose: str,
    person: Person,
    now: datetime,
    subject: Subject | None = None,
    duty: Duty | None = None,
    seat: int | None = None,
    lives: timedelta | None = None,
    **facts: Any,
) -> str:
    """The address of a new button for ``person``; it cannot be had again. ``facts`` are JSON values of its purpose.

    With ``seat`` it is good as long as the person answers for that seat.
    """
    button, address = prepare(
        purpose=purpose, person=person, now=now, subject=subject, duty=duty, seat=seat, lives=lives, **facts
    )
    button.save()
    return address


def prepare(
    *,
    purpose: str,
    person: Person,
    now: datetime,
    subject: Subject | None = None,
    duty: Duty | None = None,
    seat: int | None = None,
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
        seat_id=seat,
        owed_by_id=duty.seat_id if duty is not None else None,
        due_on=duty.due_on if duty is not None else None,
        facts=facts,
        sent_to=person.email,
        created_at=now,
        expires_at=now + (lives or PURPOSES[purpose].lives),
    )
    return button, f"{settings.PUBLIC_URL}{reverse('governance:button', args=[token])}"


def find(token: str, now: datetime) -> Button:
    """The button behind an address, while it is good.

    Raises :class:`Absent`, in the same words whether there never was one, it was pressed or overtaken, its time is
    over, it was revoked, its person left or has another address, somebody else answers for the seat or owes it now,
    another day is promised, or what it answers is closed, confidential or may not be seen.
    """
    return _good(_known().filter(digest=_digest(token)).first(), now)


@transaction.atomic
def press(*, token: str, said: dict[str, Any], now: datetime) -> str:
    """Carry out what a button answers, once, and end its siblings with it. Returns the sentence that thanks for it.

    Raises :class:`Absent` as :func:`find` does, and whatever the answer's own service raises: then it stays good.
    """
    asked = find(token, now)
    # Locked with its siblings, always in the same order, and asked again: of two presses at once, of one or of two of
    # them, one finds that it was overtaken.
    keys = [asked.pk, *siblings(asked).values_list("pk", flat=True)]
    held = {one.pk: one for one in _known().select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")}
    button = _good(held.get(asked.pk), now)
    with journal.pressed(button):
        thanks = PURPOSES[button.purpose].presses(button, said, now)
    Button.objects.filter(pk=button.pk).update(ended_at=now, ended_as=ButtonEnd.PRESSED)
    siblings(button).update(ended_at=now, ended_as=ButtonEnd.OVERTAKEN)
    return thanks


def siblings(button: Button) -> QuerySet[Button]:
    """The other open buttons of the same person for the same thing and duty, whatever they answer.

    Where no duty is asked, of the same purpose alone: what hangs on one thing has nothing else in common. A duty that
    closes ends all of its own.
    """
    mine = Button.objects.filter(ended_at=None, person=button.person_id, subject=button.subject_id, duty=button.duty_id)
    return (mine if button.duty_id is not None else mine.filter(purpose=button.purpose)).exclude(pk=button.pk)


def of_person(person: Person, now: datetime) -> list[Button]:
    """The links that a person was sent and that are good now, newest first."""
    mine = _known().filter(person=person, ended_at=None, expires_at__gt=now, purpose__in=PURPOSES).order_by("-pk")
    return _which_are_good(list(mine), now)


def revoke(*, person: Person, now: datetime, purpose: str = "", key: int | None = None) -> int:
    """End the open buttons of a person, all, those of one purpose or just one. Returns how many."""
    mine = Button.objects.filter(person=person, ended_at=None)
    if purpose:
        mine = mine.filter(purpose=purpose)
    if key is not None:
        mine = mine.filter(pk=key)
    return mine.update(ended_at=now, ended_as=ButtonEnd.REVOKED)


def end_of_duty(duty_id: int, now: datetime) -> int:
    """End what was sent about a duty that is owed again: it was closed meanwhile, and a link does not come back."""
    return Button.objects.filter(duty=duty_id, ended_at=None).update(ended_at=now, ended_as=ButtonEnd.OVERTAKEN)


def _known() -> QuerySet[Button]:
    return Button.objects.select_related("person", "subject", "duty__seat__subject", "seat__subject")


def _good(button: Button | None, now: datetime) -> Button:
    good = _which_are_good([button] if button is not None else [], now)
    if not good:
        raise Absent(_("This link is not open any more."))
    return good[0]


def _which_are_good(buttons: list[Button], now: datetime) -> list[Button]:
    """Those of one person that still hold. The statements do not grow with the buttons."""
    holding = [button for button in buttons if _holds_by_itself(button, now)]
    if not holding:
        return []
    asked = {button.subject_id for button in holding if button.subject_id is not None}
    seen = access.visible_ids(holding[0].person, asked, now) if asked else set()
    shut = closed({key for button in holding for key in _audiences(button)})
    seats = {button.seat_id for button in holding if button.seat_id is not None}
    answers = movers(seats, now) if seats else {}
    return [
        button
        for button in holding
        if (button.subject is None or button.subject_id in seen)
        and shut.isdisjoint(_audiences(button))
        and (button.seat_id is None or _is_mover(button, answers))
    ]


def _holds_by_itself(button: Button, now: datetime) -> bool:
    person, duty = button.person, button.duty
    return (
        button.ended_at is None
        and now < button.expires_at
        and button.purpose in PURPOSES
        and person.is_active
        and person.email == button.sent_to
        and (
            duty is None
            or (
                duty.closed_at is None
                # Empty: it was sent before this was kept.
                and button.owed_by_id in (None, duty.seat_id)
                and (button.owed_by_id is None or duty.due_on == button.due_on)
            )
        )
    )


def _audiences(button: Button) -> set[int]:
    """Who may know of what the button names: its thing, and the seats that owe it and answer it."""
    seats = [button.duty.seat if button.duty is not None else None, button.seat]
    named = [button.subject, *(seat.subject for seat in seats if seat is not None)]
    return {one.audience_id for one in named if one is not None and one.audience_id is not None}


def _is_mover(button: Button, answers: dict[int, Answering]) -> bool:
    who = answers.get(button.seat_id or 0)
    return who is not None and who.person_id == button.person_id


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
