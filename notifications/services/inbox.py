"""Reading what was said, putting it off, and choosing how to be reached."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.errors import Absent, Invalid
from governance.models import Person
from governance.services import people, saved_views
from notifications.families import MAILED_ALONE, MUST_BE_READ, WHY_INBOX, WHY_MAIL, WHY_NO_INBOX, Family
from notifications.models import Cadence, Channel, Delivery, Message, MessageState, Preference, Wish
from notifications.queries.choices import comes, fixed
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


def snooze(*, by: Person, delivery: int, until: datetime, now: datetime) -> Delivery:
    """Put a line of one's own inbox off: it comes back unread at that moment, by the clock alone.

    Raises :class:`Absent` for what does not lie there, :class:`Invalid` for a moment that is not ahead.
    """
    found = delivered(by, now).filter(pk=delivery).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    if until <= now:
        raise Invalid(_("Choose a moment that is still to come."), field="until")
    if (until - now).days > 366:
        raise Invalid(_("Choose a moment within a year."), field="until")
    found.snoozed_until, found.read_at = until, None
    found.save(update_fields=["snoozed_until", "read_at"])
    return found


@transaction.atomic
def prefer(
    *,
    by: Person,
    now: datetime,
    wants_mail: bool | None = None,
    from_hour: int | None = None,
    until_hour: int | None = None,
    cadence: str | None = None,
    digest_hour: int | None = None,
    weekday: int | None = None,
    families: Mapping[tuple[str, str], bool] | None = None,
) -> Preference:
    """Choose whether, how often and when one is mailed, and which families by which channel.

    What is left out stays as it was. ``families`` are (family, channel) to whether it is wanted. What waits for the
    mail is asked anew.
    """
    stored = Preference.objects.select_for_update().filter(person=by).first() or Preference(person=by)
    stored.wants_mail = stored.wants_mail if wants_mail is None else wants_mail
    stored.from_hour = stored.from_hour if from_hour is None else from_hour
    stored.until_hour = stored.until_hour if until_hour is None else until_hour
    stored.cadence = stored.cadence if cadence is None else cadence
    stored.digest_hour = stored.digest_hour if digest_hour is None else digest_hour
    stored.weekday = stored.weekday if weekday is None else weekday
    _check(stored, is_new_hour=digest_hour is not None)
    for (family, channel), is_wanted in (families or {}).items():
        _check_wish(family, channel, is_wanted)
    stored.save()
    for (family, channel), is_wanted in (families or {}).items():
        _wish(by, Family(family), Channel(channel), is_wanted)
    reach_anew(people=[by.pk], now=now)
    return stored


@transaction.atomic
def choose(
    *, by: Person, now: datetime, language: str | None = None, zone: str | None = None, version: int | None = None
) -> Person:
    """Choose one's own language and time zone: by that clock one is reached, in that language spoken to.

    What is left out stays as it was. Raises what :func:`governance.services.people.choose` raises.
    """
    person = people.choose(by=by, language=language, zone=zone, version=version)
    reach_anew(people=[person.pk], now=now)
    return person


def reach_anew(*, people: Collection[int], now: datetime) -> None:
    """Their hours, or their clock, are others: when they are mailed, and told of their views, is found anew."""
    saved_views.replan(people=people)
    # It would be asked at hand-over in any case; so it is not asked later than the readers now expect. What waits for
    # a server that failed goes on waiting: else each change would use up one of its attempts.
    waiting = Message.objects.filter(reader__in=people, state=MessageState.WAITING, attempts=0)
    waiting.filter(not_before__gt=now).update(not_before=now)


def _check(wanted: Preference, *, is_new_hour: bool) -> None:
    if not 0 <= wanted.from_hour < 24:
        raise Invalid(_("Choose an hour from 0 to 23."), field="from_hour")
    if not wanted.from_hour < wanted.until_hour <= 24:
        raise Invalid(_("The last hour comes after the first, 24 at the latest."), field="until_hour")
    if wanted.cadence not in Cadence.values:
        raise Invalid(_("Choose once a day, once a week, or at once."), field="cadence")
    if is_new_hour and not wanted.from_hour <= wanted.digest_hour < wanted.until_hour:
        raise Invalid(_("Choose an hour between the first and the last."), field="digest_hour")
    if not 0 <= wanted.weekday <= 6:
        raise Invalid(_("Choose a day from Monday (0) to Sunday (6)."), field="weekday")


def _check_wish(family: str, channel: str, is_wanted: bool) -> None:
    if family not in set(Family) or channel not in Channel.values:
        raise Invalid(_("Choose one of the families, and inbox or e-mail."), field=f"{family}_{channel}")
    if family == Family.DOOR:
        if is_wanted != (channel == Channel.MAIL):
            raise Invalid(str(WHY_MAIL), field=f"{family}_{channel}")
    elif family in MAILED_ALONE and channel == Channel.INBOX and is_wanted:
        raise Invalid(str(WHY_NO_INBOX), field=f"{family}_{channel}")
    elif family in MUST_BE_READ and channel == Channel.INBOX and not is_wanted:
        raise Invalid(str(WHY_INBOX), field=f"{family}_{channel}")


def _wish(person: Person, family: Family, channel: Channel, is_wanted: bool) -> None:
    """Keep what differs from how it comes; what was chosen back needs no row."""
    if fixed(family, channel):
        return
    if is_wanted == comes(family, channel):
        Wish.objects.filter(person=person, family=family, channel=channel).delete()
    else:
        Wish.objects.update_or_create(person=person, family=family, channel=channel, defaults={"is_wanted": is_wanted})
