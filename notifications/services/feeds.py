"""The address of one's private calendar: made, made anew, revoked. Only a digest of it is kept."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from governance.models import Person
from notifications.models import CalendarFeed


@transaction.atomic
def make(*, by: Person, now: datetime) -> str:
    """A new address for one's own calendar; it cannot be had again, and the one before is none any more."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(person=by, defaults={"digest": digest(token), "made_at": now})
    return f"{settings.PUBLIC_URL}{reverse('notifications:calendar-feed', args=[token])}"


def revoke(*, by: Person) -> bool:
    """Let the address be none any more. Whether there was one."""
    return bool(CalendarFeed.objects.filter(person=by).delete()[0])


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
