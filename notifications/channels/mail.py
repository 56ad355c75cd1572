"""E-mail: plain text and HTML of the same words, one mail a reader, with a Message-ID that a retry repeats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.models import Organisation, Person
from notifications.families import Section, grouped
from notifications.queries.handover import Letter
from notifications.services import offers
from notifications.wording import Line, line

Said = tuple[Line, list[offers.Offer]]
"""One line of a mail, and the links that answer it."""


def message_id(pk: int) -> str:
    """The Message-ID of the mail whose first message this is."""
    return f"<message-{pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def hand_over(letters: Sequence[Letter], *, reader: Person, mail_id: str, now: datetime, connection: Any) -> None:
    """Send one mail that says all of these. Raises what the mail server says."""
    with translation.override(reader.language):
        lines = [line(letter.matter) for letter in letters]
        said = list(zip(lines, offers.made(letters, reader, now), strict=True))
        kinds = [letter.message.kind for letter in letters]
        context = {
            "lines": lines,
            "said": said,
            "sections": sections(said, kinds),
            "reader": reader,
            "now": now,
            "organisation": Organisation.objects.values_list("name", flat=True).first() or "Keep",
            "home": f"{settings.PUBLIC_URL}/",
        }
        message = EmailMultiAlternatives(
            subject=subject_of(lines),
            body=render_to_string("email/digest.txt", context),
            to=[reader.email],
            headers={"Message-ID": mail_id, "Auto-Submitted": "auto-generated"},
            connection=connection,
        )
        message.attach_alternative(render_to_string("email/digest.html", context), "text/html")
        message.send()


def sections(said: Sequence[Said], kinds: Sequence[str]) -> list[Section[Said]]:
    """What is said, by what it asks of its reader: the most urgent first."""
    found = grouped(zip(said, kinds, strict=True), lambda pair: pair[1])
    return [Section(one.group, one.title, tuple(pair[0] for pair in one.lines)) for one in found]


def subject_of(lines: Sequence[Line]) -> str:
    """The one thing, or the first and how many more. Never more than a line."""
    first = " ".join(lines[0].headline.split())
    if len(lines) == 1:
        return first
    more = len(lines) - 1
    return _("%(first)s, and %(more)s") % {
        "first": first,
        "more": ngettext("%(n)d more", "%(n)d more", more) % {"n": more},
    }
