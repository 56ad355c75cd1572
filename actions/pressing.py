"""The buttons of actions: work is accepted or declined from the mail. Loaded when the program starts.

Saying that it is done, verifying, voting and money are never offered.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import State
from actions.models import ActionItem
from actions.queries import items as queries
from actions.services import items
from governance import buttons
from governance.errors import Absent
from governance.models import Button


class AcceptForm(forms.Form):
    promised_on = forms.DateField(
        label=gettext_lazy("I promise it for"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Kept for ever as the first date. Empty: you owe a date next."),
        required=False,
    )


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        help_text=gettext_lazy("Whoever finds another owner reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _asked(button: Button, now: datetime) -> ActionItem:
    """The action, as long as it waits for the answer. Raises :class:`Absent`."""
    found = queries.get(button.subject.reference if button.subject else "", button.person, now)
    if found.state != State.PROPOSED:
        raise Absent(_("This link is not open any more."))
    return found


def _shows(button: Button, now: datetime) -> dict[str, Any]:
    action = _asked(button, now)
    return {"action": action, "initial": {"promised_on": action.asked_for}}


def _accept(button: Button, said: dict[str, Any], now: datetime) -> str:
    action = items.accept(action=_asked(button, now), promised_on=said["promised_on"], by=button.person, now=now)
    if action.promised is None:
        return _("You accepted it. Next you owe a date.")
    return _("You accepted it and promised it for %(day)s.") % {"day": date_format(action.promised, "j F Y")}


def _decline(button: Button, said: dict[str, Any], now: datetime) -> str:
    items.decline(action=_asked(button, now), reason=said["reason"], by=button.person, now=now)
    return _("You declined it. Another owner is looked for.")


buttons.declare(
    "accept",
    form=AcceptForm,
    template="actions/buttons/answer.html",
    call=gettext_lazy("Accept it"),
    shows=_shows,
    presses=_accept,
)
buttons.declare(
    "decline",
    form=DeclineForm,
    template="actions/buttons/answer.html",
    call=gettext_lazy("Decline it"),
    shows=_shows,
    presses=_decline,
)
