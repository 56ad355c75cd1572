"""Muting: no more mail about one thing. What one owes for it is said all the same."""

from datetime import datetime

from django.utils.translation import gettext as _

from governance import access
from governance.errors import Absent
from governance.models import Person, Subject
from notifications import muting
from notifications.models import Mute


def mute(*, by: Person, subject: Subject, now: datetime) -> Mute:
    """No more mail about this to oneself; twice is once. Raises :class:`Absent` for what one may not see."""
    if not access.may_see(by, subject.pk, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    found, _made = Mute.objects.get_or_create(person=by, subject=subject, defaults={"since": now})
    return found


def unmute(*, by: Person, subject: Subject) -> None:
    """Hear of it by mail again."""
    Mute.objects.filter(person=by, subject=subject).delete()


def asked(token: str, now: datetime) -> tuple[Person, Subject]:
    """Whose link this is, and about what.

    Raises :class:`Absent`, in the same words whether we never made it, its time is over, its person left or has another
    address, or the thing may not be seen.
    """
    read = muting.read(token)
    person = Person.objects.filter(pk=read[0], is_active=True).first() if read else None
    subject = Subject.objects.filter(pk=read[1]).first() if read else None
    if (
        read is None
        or person is None
        or subject is None
        or not muting.is_sealed(person.email, read[2])
        or not access.may_see(person, subject.pk, now)
    ):
        raise Absent(_("This link is not open any more."))
    return person, subject
