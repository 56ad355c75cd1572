"""Muting a thing: its news reach one no more; what one owes or is asked about it still does."""

from datetime import datetime

from django.utils.translation import gettext as _

from governance import access
from governance.errors import Absent
from governance.models import Person, Subject
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
