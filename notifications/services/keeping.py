"""What is done beside the sweep: sealing all the time; once a day the end of the chain leaves the database, what has
had its time is forgotten, what customers say again is reopened, and the charters are tried against that day's seats.
"""

from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from actions.services import drawing_up, packs, returning
from councils.services import ballots, cadence, ending, gathering, minutes, series, trials
from governance import retention
from governance.chain import Head
from governance.models import Organisation
from governance.services import calendars, sealing

log = structlog.get_logger(__name__)


def keep(now: datetime) -> int:
    """Seal what waits; on the first call of a day let the head leave, forget, and reopen what came back (UTC), and try
    the charters and how often councils met, and build the agendas of what comes next (our day). The record of promises
    is drawn up on the first call of a month. Meetings of series are called ahead. Whoever granted an envelope whose
    period is over owes its closing, a written vote whose last day is over closes, and packs that are due are made.

    Returns how many entries were sealed.
    """
    sealed = sealing.seal(now)
    head = sealing.let_head_leave(now)
    if head is not None:
        _mail(head)
        forgotten = {name: number for name, number in retention.forget(now).items() if number}
        if forgotten:
            log.info("keeping.forgotten", **forgotten)
        returning.bring_back(now)
        calendars.reach_on(today=now.date())
    is_first_of_day = trials.try_all(now) is not None
    if is_first_of_day:
        cadence.settle(now)
    drawing_up.draw_up(now)
    series.call_ahead(now)
    if is_first_of_day:
        gathering.gather_all(now)
    ending.owe_closing(now)
    minutes.approve_by_silence(now)
    ballots.close_due(now)
    packs.make_due(now)
    return sealed


def _mail(head: Head) -> None:
    """Send the head to whoever keeps it outside. The file has it already, so a mail that fails is logged and left."""
    if not settings.JOURNAL_HEADS_TO:
        return
    organisation = Organisation.objects.values_list("name", flat=True).first() or "Keep"
    body = _(
        "On %(day)s the journal of %(organisation)s had %(seals)d seals. Keep this mail: it shows later whether entries"
        " were cut off.\n\nTo compare:\n\n    manage.py verify_journal --head %(seals)d:%(digest)s\n"
    ) % {"day": head.at.date().isoformat(), "organisation": organisation, "seals": head.seals, "digest": head.digest}
    message = EmailMessage(
        subject=_("Head of the journal, %(day)s") % {"day": head.at.date().isoformat()},
        body=body,
        to=settings.JOURNAL_HEADS_TO,
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        log.warning("keeping.head_not_mailed", error=type(error).__name__)
