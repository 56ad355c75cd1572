"""Signing in, and what slows down somebody who guesses.

Failures count by account and by address, each for the day (UTC) on which they happen, so that yesterday's slips close
nothing today. An account closes after five failures; an address, which a whole office may share, after twenty-five.
"""

import hashlib
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from governance.models import Person, SignInThrottle

ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 25
CLOSED_FOR = timedelta(minutes=15)
LONGEST = timedelta(hours=8)


def closed_until(*, email: str, address: str, now: datetime) -> datetime | None:
    """Until when the door is closed for this account or this address; the answer does not depend on who exists."""
    return (
        SignInThrottle.objects.filter(key__in=_keys(email, address, now), closed_until__gt=now)
        .order_by("-closed_until")
        .values_list("closed_until", flat=True)
        .first()
    )


def sign_in(*, request: HttpRequest, email: str, password: str, address: str, now: datetime) -> Person | None:
    """The person whose e-mail and password these are. None otherwise, and while the door is closed: then nothing is
    compared, so that a guess that happens to be right learns nothing.

    An unknown account costs the same hash as a wrong password (Django's own backend sees to it).
    """
    if closed_until(email=email, address=address, now=now) is not None:
        return None
    person = authenticate(request, username=email.strip().lower(), password=password)
    if not isinstance(person, Person):
        fail(email=email, address=address, now=now)
        return None
    SignInThrottle.objects.filter(key=_keys(email, address, now)[0]).delete()
    return person


def forget(*, email: str, now: datetime) -> None:
    """Open an account's door again: somebody proved by their mail that it is theirs."""
    SignInThrottle.objects.filter(key=_keys(email, "", now)[0]).delete()


@transaction.atomic
def fail(*, email: str, address: str, now: datetime) -> None:
    """Count a failure; from the fifth of an account on, each closes the door for twice as long as the one before."""
    for key, allowed in zip(_keys(email, address, now), (ACCOUNT_FAILURES, ADDRESS_FAILURES), strict=True):
        SignInThrottle.objects.get_or_create(key=key)
        SignInThrottle.objects.filter(key=key).update(failures=F("failures") + 1)
        over = SignInThrottle.objects.values_list("failures", flat=True).get(key=key) - allowed
        if over >= 0:
            closed = min(CLOSED_FOR * 2 ** min(over, 10), LONGEST)
            SignInThrottle.objects.filter(key=key).update(closed_until=now + closed)
    today = now.date().isoformat()
    SignInThrottle.objects.exclude(key__endswith=today).exclude(closed_until__gt=now).delete()


def _keys(email: str, address: str, now: datetime) -> tuple[str, str]:
    """Digests, since a table of failures need not tell who was tried from where."""
    today = now.date().isoformat()
    account, place = (
        hashlib.sha256(value.strip().lower().encode()).hexdigest()[:40] for value in (email, address or "-")
    )
    return f"account:{account}:{today}", f"address:{place}:{today}"
