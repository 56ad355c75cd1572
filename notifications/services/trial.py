"""Trying the mail: one mail to whoever asks, and the server's own words where it is not taken."""

from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from governance import post
from governance.errors import Conflict, Refused
from governance.languages import spoken
from governance.models import Person
from notifications.channels.smtp import words_of
from notifications.queries import outbox


def send(*, by: Person, now: datetime) -> str:
    """Mail ``by`` a test now, past the outbox. Returns the address it went to.

    Raises :class:`Refused` for who does not run the program, :class:`Conflict` where no mail server is set, or with
    what the server says.
    """
    if not outbox.may_look(by, now):
        raise Refused(_("Trying the mail is for administrators and the CX lead."))
    if not post.has_server():
        raise Conflict(_("No mail server is set, so nothing can be mailed. Set EMAIL_URL, and start Keep again."))
    with translation.override(spoken(by.language)):
        message = EmailMessage(
            subject=_("A test from Keep"),
            body=_("Mail from %(address)s reaches you. Nothing else is asked of you.")
            % {"address": settings.PUBLIC_URL},
            to=[by.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        raise Conflict(
            _("The mail server did not take it. It says: %(words)s") % {"words": words_of(error)}, code="mail_refused"
        ) from error
    return by.email
