"""Muting a thing: its news reach one no more; what one owes or is asked about it still does."""

from datetime import datetime

from django.utils.translation import gettext as _

from governance import access
from governance.errors import Absent
from governance.models import Person, Subject
from notifications import muting
from notifications.models import Mute


def mute(*, by: Person, subject: Subject, now: datetime) -> Mute:
    """Hear no more news of a thing. Muting twice is muting once. Raises :class:`Absent` for what one may not see."""
    if not access.visible_ids(by, [subject.pk], now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    made, _new = Mute.objects.get_or_create(person=by, subject=subject, defaults={"muted_at": now})
    return made


def unmute(*, by: Person, subject: Subject) -> bool:
    """Hear of it again, also where one may not see it any more. Returns whether it was muted."""
    return bool(Mute.objects.filter(person=by, subject=subject).delete()[0])


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
