"""What the operator's page of the outbox says of messages without saying what they are about."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.names import NAMES

register = template.Library()


@register.filter
def kind(stored: str) -> str:
    """The name of a kind of message; one that is no longer known stands as it was stored."""
    return str(NAMES.get(stored, stored))


@register.filter
def moment(at: datetime | None) -> str:
    """A moment with its weekday and minute, where its reader is."""
    # Translators: a day with its weekday and year, and the time, as a date format: Thu 19 Nov 2026, 10:00
    return date_format(timezone.localtime(at), _("D j M Y, H:i")) if at is not None else ""
