"""The way in: an invitation lets a new person set their first password, a reset somebody who forgot theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import buttons, events, post
from governance.errors import Absent, Conflict, Invalid
from governance.forms.entry import NewPasswordForm
from governance.models import ApiToken, Button, ButtonEnd, Organisation, Person
from governance.queries.invitations import INVITE, RESET_WITHIN
from governance.queries.sheets import require_placing
from governance.services import buttons as links
from governance.services import journal, signing_in
from governance.services.people import root_subject, set_password

RESET = "reset"
INVITED_FOR = timedelta(days=14)

INVITED = events.declare("governance.person.invited", says=gettext_lazy("{by} sent out {count} invitations"))
UNINVITED = events.declare("governance.person.uninvited", says=gettext_lazy("{by} took back {count} invitations"))


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as it was just made. ``address`` is the link to hand over; empty where it is mailed."""

    person: Person
    address: str


@transaction.atomic
def invite(*, people: Sequence[Person], by: Person, now: datetime) -> list[Invitation]:
    """Invite people who have no password yet; an invitation from before ends with it.

    While no mail server is set their links come back, this once, for whoever invites to hand over; else they are
    mailed, and nobody but the person sees them. Raises :class:`Conflict` for somebody who can sign in already.
    """
    root = require_placing(by, now).root
    for person in people:
        if not person.is_active:
            raise Conflict(_("The access of %(person)s has ended.") % {"person": person})
        if person.has_usable_password():
            raise Conflict(
                _("%(person)s has a password. A forgotten one is asked for anew on the sign-in page.")
                % {"person": person}
            )
    if not people:
        return []
    _end(people, now)
    if post.has_server():
        post.send(INVITE, people, now)
        made = [Invitation(person, "") for person in people]
    else:
        pairs = [
            links.prepare(purpose=INVITE, person=person, now=now, subject=root.subject if root else None)
            for person in people
        ]
        Button.objects.bulk_create([button for button, _address in pairs])
        made = [Invitation(person, address) for person, (_button, address) in zip(people, pairs, strict=True)]
    journal.record(INVITED, subject=root_subject(), by=by, now=now, count=len(made), people=[one.pk for one in people])
    return made


@transaction.atomic
def take_back(*, people: Sequence[Person], by: Person, now: datetime) -> int:
    """End the open invitations of these people. Returns how many there were."""
    require_placing(by, now)
    ended = _end(people, now)
    if ended:
        journal.record(UNINVITED, subject=root_subject(), by=by, now=now, count=ended, people=[p.pk for p in people])
    return ended


def ask_for_reset(*, email: str, address: str, now: datetime) -> None:
    """Mail a link for a new password, where somebody with this address can sign in. Says nothing to whoever asks.

    After five a day for one account, or twenty-five from one address, nothing is sent for a while.
    """
    key = {"email": f"reset {email}", "address": f"reset {address}"}
    if signing_in.closed_until(**key, now=now) is not None:
        return
    signing_in.fail(**key, now=now)
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is not None and person.has_usable_password() and post.has_server():
        post.send(RESET, [person], now)


def reset_link(*, person: Person, now: datetime) -> str:
    """A link for a new password, for whoever stands at the console of an installation without a mail server."""
    if not person.is_active:
        raise Conflict(_("The access of %(person)s has ended.") % {"person": person})
    root = Organisation.objects.select_related("root__subject").get().root
    purpose = RESET if person.has_usable_password() else INVITE
    return links.issue(purpose=purpose, person=person, now=now, subject=root.subject if root else None)


def _end(people: Sequence[Person], now: datetime) -> int:
    """End their open invitations, those that wait to be mailed first. Returns how many people had one."""
    waiting = post.withdraw(INVITE, people, now)
    mine = Button.objects.filter(person__in=people, purpose=INVITE, ended_at=None)
    had = waiting | set(mine.values_list("person_id", flat=True))
    mine.update(ended_at=now, ended_as=ButtonEnd.REVOKED)
    return len(had)


def _welcomes(button: Button, now: datetime) -> dict[str, Any]:
    if button.person.has_usable_password():
        raise Absent(_("This link is not open any more."))
    return {}


def _lets_in(button: Button, said: dict[str, Any], now: datetime) -> str:
    _choose(button.person, said["password"], now)
    return _("Your password is set. Sign in with it and your e-mail address from now on.")


def _asks(button: Button, now: datetime) -> dict[str, Any]:
    return {}


def _resets(button: Button, said: dict[str, Any], now: datetime) -> str:
    person = button.person
    _choose(person, said["password"], now)
    ApiToken.objects.filter(person=person).delete()
    return _("Your password is changed. Wherever you were signed in, that has ended; your programs need new tokens.")


def _choose(person: Person, password: str, now: datetime) -> None:
    try:
        password_validation.validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    set_password(person=person, by=person, password=password, now=now)
    signing_in.forget(email=person.email, now=now)


buttons.declare(
    INVITE,
    form=NewPasswordForm,
    template="governance/invitations/welcome.html",
    call=gettext_lazy("Choose your password"),
    shows=_welcomes,
    presses=_lets_in,
    lives=INVITED_FOR,
)
buttons.declare(
    RESET,
    form=NewPasswordForm,
    template="governance/invitations/reset.html",
    call=gettext_lazy("Choose a new password"),
    shows=_asks,
    presses=_resets,
    lives=RESET_WITHIN,
)
