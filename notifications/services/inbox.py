"""Reading what was said, and choosing how to be reached."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from governance.errors import Absent, Invalid
from governance.models import Person
from notifications.models import Delivery, Preference
from notifications.queries.inbox import delivered


def mark_read(*, by: Person, now: datetime, only: Iterable[int] | None = None) -> int:
    """Mark what lies in one's own inbox as read: these deliveries, or all. Returns how many were unread.

    Reading is nobody else's business, so it is not recorded in the journal. Raises :class:`Absent` for what does not
    lie there.
    """
    mine = delivered(by, now)
    if only is not None:
        wanted = set(only)
        mine = mine.filter(pk__in=wanted)
        if mine.count() != len(wanted):
            raise Absent(_("There is nothing here, or nothing that you may see."))
    keys = list(mine.filter(read_at=None).values_list("pk", flat=True))
    return Delivery.objects.filter(pk__in=keys, read_at=None).update(read_at=now)


def prefer(*, by: Person, wants_mail: bool, from_hour: int, until_hour: int) -> Preference:
    """Choose whether and when one is mailed. What is in the inbox stays there, whatever is chosen."""
    if not 0 <= from_hour < 24:
        raise Invalid(_("Choose an hour from 0 to 23."), field="from_hour")
    if not from_hour < until_hour <= 24:
        raise Invalid(_("The last hour comes after the first, 24 at the latest."), field="until_hour")
    preference, _made = Preference.objects.update_or_create(
        person=by, defaults={"wants_mail": wants_mail, "from_hour": from_hour, "until_hour": until_hour}
    )
    return preference
