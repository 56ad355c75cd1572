"""E-mail: plain text and HTML of the same words, one mail a reader, with a Message-ID that a retry repeats.

A mail about one thing belongs to that thing's thread; a digest of several stands alone. What a confidential council
alone may see has no title here: a mail lies about on screens and servers that are not ours.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from email.mime.image import MIMEImage
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import pdf
from governance.kept import Picture
from governance.languages import spoken
from governance.models import Organisation, Person
from notifications import explaining, families, faultpoints, links, muting
from notifications.channels import smtp
from notifications.kinds import OF_CALENDAR, OF_THE_DOOR, Kind
from notifications.queries import gatherings
from notifications.queries.handover import Letter
from notifications.services import offers
from notifications.wording import Line, line, veiled

log = structlog.get_logger(__name__)

NAME = "mail"
TAKES_CONFIDENTIAL = True


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a mail: its words, the links that answer it, and why it came."""

    kind: str
    line: Line
    offers: Sequence[offers.Offer]
    why: str
    mute: str = ""
    """Empty where the reader owes something: that is said whatever is muted."""


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading; a mail of one group needs none."""

    heading: str
    items: Sequence[Item]


def opened() -> AbstractContextManager[Any]:
    """A connection that is opened by the first mail, and by the next one after a server hung up."""
    return closing(get_connection())


def message_id(pk: int) -> str:
    """The Message-ID of the mail whose first message this is."""
    return f"<message-{pk}@{_host()}>"


def thread_of(subject_id: int) -> str:
    """The Message-ID that every mail about one thing answers, so that mail programs lay them together."""
    return f"<subject-{subject_id}@{_host()}>"


def hand_over(letters: Sequence[Letter], *, reader: Person, mail_id: str, now: datetime, connection: Any) -> None:
    """Send one mail that says all of these. Raises what the mail server's answer means (:class:`Failure`)."""
    with translation.override(spoken(reader.language)):
        message = written(letters, reader=reader, mail_id=mail_id, now=now, connection=connection)
    try:
        connection.open()
        message.send()
    except (SMTPException, OSError) as error:
        raise smtp.judged(error) from error
    faultpoints.reach("after_250")


def written(
    letters: Sequence[Letter], *, reader: Person, mail_id: str, now: datetime, connection: Any = None
) -> EmailMultiAlternatives:
    """The mail itself, in the language that is active."""
    said = [letter for letter in letters if letter.message.kind != Kind.VIEWS]
    groups = _grouped(said, reader, now)
    lines = [item.line for group in groups for item in group.items]
    kept = _kept(letters, reader, now)
    is_door = all(letter.message.kind in OF_THE_DOOR for letter in letters)
    context = {
        "groups": groups,
        "lines": lines,
        "reader": reader,
        "organisation": Organisation.objects.values_list("name", flat=True).first() or "Keep",
        "home": f"{settings.PUBLIC_URL}/",
        "preferences": f"{settings.PUBLIC_URL}{reverse('notifications:preferences')}",
        "is_digest": len(lines) > 1 or bool(kept),
        "title": lines[0].headline if lines else _("Your views"),
        "kept": kept,
        "all_kept": links.views(for_mail=True),
        "has_offers": not is_door and any(item.offers for group in groups for item in group.items),
        "is_door": is_door,
    }
    message = EmailMultiAlternatives(
        subject=subject_of(lines) if lines else _of_views(kept),
        body=render_to_string("email/digest.txt", context),
        to=[reader.email],
        headers=_headers(letters, reader, mail_id),
        connection=connection,
    )
    message.attach_alternative(render_to_string("email/digest.html", context), "text/html")
    _show(message, kept)
    if len(letters) == 1 and letters[0].message.kind in OF_CALENDAR:
        _invite(message, letters[0], reader, now)
    return message


def _invite(message: EmailMultiAlternatives, letter: Letter, reader: Person, now: datetime) -> None:
    """Let the reader's calendar program see what the mail is about: as an alternative, where such programs look."""
    part = gatherings.part(letter.message, reader, now)
    if part is not None:
        method, body = part
        message.attach_alternative(body, f"text/calendar; method={method}")


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


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view that its reader keeps: its name, where it leads (empty: nowhere any more), how it stands."""

    name: str
    url: str
    sentence: str
    picture: str = ""
    """The Content-ID of what its page draws."""
    says: str = ""
    png: bytes = b""


def _kept(letters: Sequence[Letter], reader: Person, now: datetime) -> list[KeptView]:
    found = []
    for one in (one for letter in letters for one in letter.views):
        made = KeptView(one.view.name, f"{settings.PUBLIC_URL}{one.line.path}" if one.line.path else "", one.sentence())
        page = one.line.page
        if page is not None and page.picture is not None and not one.line.is_gone:
            made = _drawn(made, page.picture, f"view-{one.view.pk}@{_host()}", reader, now)
        found.append(made)
    return found


def _drawn(
    view: KeptView, picture: Callable[[Person, datetime], Picture | None], name: str, reader: Person, now: datetime
) -> KeptView:
    """The view with what its page draws. What cannot be drawn stops no mail: then it is a link."""
    try:
        found = picture(reader, now)
        if found is None:
            return view
        return replace(view, sentence=found.finding, picture=name, says=found.says, png=pdf.as_png(found.svg))
    except DatabaseError:
        raise  # nothing can be asked at all
    except Exception:
        log.exception("mail.picture_failed", view=view.name)
        return view


def _show(message: EmailMultiAlternatives, kept: Sequence[KeptView]) -> None:
    """Lay the drawings beside the words that show them."""
    for view in kept:
        if view.png:
            part = MIMEImage(view.png, "png")
            part.add_header("Content-ID", f"<{view.picture}>")
            part.add_header("Content-Disposition", "inline", filename="chart.png")
            message.attach(part)
            message.mixed_subtype = "related"  # type: ignore[attr-defined]  # Django has it, its stubs do not


def _of_views(kept: Sequence[KeptView]) -> str:
    """The subject of a mail that tells of views alone: the first, and how many more."""
    first = " ".join(kept[0].name.split())
    named = _("Your view “%(name)s”") % {"name": first}
    if len(kept) == 1:
        return named
    more = len(kept) - 1
    return _("%(first)s, and %(more)s") % {
        "first": named,
        "more": ngettext("%(n)d more", "%(n)d more", more) % {"n": more},
    }


def _grouped(letters: Sequence[Letter], reader: Person, now: datetime) -> list[Group]:
    """What is said, by what it asks of its reader, the most urgent first; one thing alone needs no heading."""
    # Searched for once a mail: to find the route of each message takes as long as to find its words.
    why = reverse("notifications:why", args=[0]).removesuffix("0/")
    items = [
        Item(
            kind=letter.message.kind,
            line=veiled(letter.matter) if letter.is_confidential else line(letter.matter),
            offers=[] if letter.is_confidential else found,
            why=_why_of(letter, why),
            mute=_mute_of(letter, reader),
        )
        for letter, found in zip(letters, offers.made(letters, reader, now), strict=True)
    ]
    if len(items) == 1:
        return [Group("", items)]
    sections = families.grouped(items, lambda item: item.kind)
    return [Group(section.title, section.lines) for section in sections]


def _why_of(letter: Letter, why: str) -> str:
    """Where it says why (``why`` is the path before a message's key); who cannot sign in yet needs none."""
    if letter.message.kind in OF_THE_DOOR:
        return ""
    return f"{settings.PUBLIC_URL}{why}{letter.message.pk}/"


def _mute_of(letter: Letter, reader: Person) -> str:
    message = letter.message
    if explaining.is_owed(message.kind, has_duty=message.duty_id is not None):
        return ""
    return muting.address_of(reader.pk, message.subject_id, reader.email)


def _headers(letters: Sequence[Letter], reader: Person, mail_id: str) -> dict[str, str]:
    headers = {"Message-ID": mail_id, "Auto-Submitted": "auto-generated"}
    subjects = {letter.message.subject_id for letter in letters}
    alone = OF_THE_DOOR | {Kind.VIEWS}
    if len(subjects) > 1 or any(letter.message.kind in alone for letter in letters):
        return headers
    thread = thread_of(subjects.pop())
    headers |= {"In-Reply-To": thread, "References": thread}
    mutes = [_mute_of(letter, reader) for letter in letters]
    if all(mutes):
        headers |= {"List-Unsubscribe": f"<{mutes[0]}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
