"""The buttons of governance: requests for help are answered from the mail. Loaded when the program starts."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import buttons
from governance.errors import Absent
from governance.forms.helping import AnswerForm
from governance.models import Button, HelpRequest
from governance.queries import duties
from governance.queries.helping import waiting_on
from governance.services import helping


def _request(button: Button, now: datetime) -> HelpRequest:
    """What this duty asks of whoever holds the button and is not answered. Raises :class:`Absent`."""
    found = waiting_on(button.person, now).filter(duty=button.duty).first()
    if found is None:
        raise Absent(_("This link is not open any more."))
    return found


def _shows(button: Button, now: datetime) -> dict[str, Any]:
    found = _request(button, now)
    return {"found": found, "moves": duties.moves([found.duty], now), "today": timezone.localdate(now)}


def _presses(button: Button, said: dict[str, Any], now: datetime) -> str:
    helping.answer(request=_request(button, now), **said, by=button.person, now=now)
    return _("Your answer stands on record, and whoever owes it is told.")


buttons.declare(
    "help",
    form=AnswerForm,
    template="governance/buttons/help.html",
    call=gettext_lazy("Answer"),
    shows=_shows,
    presses=_presses,
)
