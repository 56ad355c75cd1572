"""Addresses that mail servers say are none: closed, told to their person, and opened again by that person.

Recorded in no journal: whom a mail reaches is nobody's business but theirs; whoever runs the program has a number.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from governance import access
from governance.errors import Invalid
from governance.models import Organisation, Person
from governance.services import buttons


def close(*, person: Person, words: str, now: datetime) -> None:
    """No more mail is tried to the address that ``person`` has had; what its server said is kept with it."""
    Person.objects.filter(pk=person.pk, email=person.email, mail_refused_at=None).update(
        mail_refused_at=now, mail_refused=words[:300]
    )


def confirm(*, by: Person) -> Person:
    """Say that one's own address is right: mail is tried again."""
    Person.objects.filter(pk=by.pk).update(mail_refused_at=None, mail_refused="")
    by.mail_refused_at, by.mail_refused = None, ""
    return by


@transaction.atomic
def change(*, by: Person, email: str, password: str, now: datetime) -> Person:
    """Have another address: one signs in with it from now on. Links that went to the former one end.

    Asks for the password once more: who finds an open browser must not carry an account away.
    """
    person = Person.objects.select_for_update().get(pk=by.pk)
    if not person.check_password(password):
        raise Invalid(_("That is not your password."), field="password")
    wanted = email.strip().lower()
    try:
        validate_email(wanted)
    except ValidationError as error:
        raise Invalid(_("Write an e-mail address like li@example.org."), field="email") from error
    if Person.objects.filter(email__iexact=wanted).exclude(pk=person.pk).exists():
        raise Invalid(_("This address cannot be taken here. Write another, or ask whoever adds people."), field="email")
    if wanted != person.email:
        buttons.revoke(person=person, now=now)
    person.email, person.mail_refused_at, person.mail_refused = wanted, None, ""
    person.save(update_fields=["email", "mail_refused_at", "mail_refused"])
    return person


def open_all(*, by: Person, now: datetime) -> int:
    """Try every closed address again: for when a mail server was set up wrongly and refused everybody.

    Returns how many; never whose.
    """
    root = Organisation.objects.select_related("root").get().root
    if root is not None:
        access.require(by, access.LEAD, root, now)
    return Person.objects.exclude(mail_refused_at=None).update(mail_refused_at=None, mail_refused="")
