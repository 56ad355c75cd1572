"""The address that mutes one thing for one person: signed, good for half a year, while both are as they are.

It can do nothing else, and undoing it takes a tick on a page, so unlike a button it may be used more than once: mail
programs press it by themselves (RFC 8058), and some twice.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "notifications.mute"
LIVES = timedelta(days=180)


def address_of(person_id: int, subject_id: int, email: str) -> str:
    """The whole address, for a mail."""
    token = signing.dumps([person_id, subject_id, signing.Signer(salt=SALT).signature(email)], salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('notifications:mute-link', args=[token])}"


def read(token: str) -> tuple[int, int, str] | None:
    """Person, subject, and the seal of the address that it went to; None for what we did not sign, or long ago."""
    try:
        person, subject, seal = signing.loads(token, salt=SALT, max_age=LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(person), int(subject), str(seal)


def is_sealed(email: str, seal: str) -> bool:
    """Whether the link went to this address. The address itself is not in the link."""
    return signing.Signer(salt=SALT).signature(email) == seal
