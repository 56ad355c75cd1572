"""Where a subject's page is: by its kind and public reference."""

from django.conf import settings
from django.urls import reverse

from governance.links import path_for


def path_of(kind: str, reference: str) -> str:
    """The path of a subject's page; empty where its kind has none."""
    return path_for(kind, reference)


def address_of(kind: str, reference: str) -> str:
    """The whole address, for mails: a mail has no request to take it from."""
    return f"{settings.PUBLIC_URL}{path_of(kind, reference) or '/'}"


def views(*, for_mail: bool) -> str:
    """Where one sees what one keeps, and says what of it a digest tells."""
    path = reverse("governance:view-list")
    return f"{settings.PUBLIC_URL}{path}" if for_mail else path


def outbox(*, for_mail: bool) -> str:
    """Where whoever runs the program sees what is held."""
    path = reverse("notifications:outbox")
    return f"{settings.PUBLIC_URL}{path}" if for_mail else path
