"""The buttons of governance: help that was asked for, and champions. Loaded when the program starts.

A charter's two stand in ``signing``, an invitation's in ``services.invitations``.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import buttons
from governance.errors import Absent
from governance.forms.helping import AnswerForm
from governance.models import Answer, Button, Champion, HelpRequest, Nomination, NominationState
from governance.queries import champions as champion_queries
from governance.queries import duties, seats
from governance.queries.helping import waiting_on
from governance.services import champions, helping

HELP_PAGE, CHAMPION_PAGE = "governance/buttons/help.html", "governance/buttons/champion.html"


def _gone() -> Absent:
    return Absent(_("This link is not open any more."))


# --- help ----------------------------------------------------------------------------------------------------------


class HelpForm(AnswerForm):
    """How it is helped; that it is not has a link of its own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["answer"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [pair for pair in Answer.choices if pair[0] != Answer.NOT_NOW]


class NotNowForm(forms.Form):
    said = forms.CharField(
        label=gettext_lazy("Not now, because"),
        max_length=helping.LONGEST,
        help_text=gettext_lazy("It stands on record where the work stands; whoever owes it reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QuestionForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=helping.LONGEST,
        help_text=gettext_lazy("Whoever owes it is told, and reads it where the work stands. You still owe an answer."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _request(button: Button, now: datetime) -> HelpRequest:
    """What this duty asks of whoever holds the button and is not answered. Raises :class:`Absent`."""
    duty = button.duty
    # Of an answer that is owed: about the duty whose ladder asked for it.
    asked = waiting_on(button.person, now).filter(duty=duty.asked_by_id or duty.pk if duty is not None else None)
    found = (asked.filter(asked_id=button.seat_id) if button.seat_id is not None else asked).first()
    if found is None:
        raise _gone()
    return found


def _shows_help(button: Button, now: datetime) -> dict[str, Any]:
    found = _request(button, now)
    return {"found": found, "moves": duties.moves([found.duty], now), "today": timezone.localdate(now)}


def _shows_passing(button: Button, now: datetime) -> dict[str, Any]:
    shown = _shows_help(button, now)
    deputy = seats.deputies([shown["found"].asked_id], now).get(shown["found"].asked_id)
    if deputy is None or deputy.pk == button.person_id or shown["found"].passed_to_id is not None:
        raise _gone()
    return {**shown, "deputy": deputy}


def _helps(button: Button, said: dict[str, Any], now: datetime) -> str:
    helping.answer(request=_request(button, now), **said, by=button.person, now=now)
    return _("Your answer stands on record, and whoever owes it is told.")


def _not_now(button: Button, said: dict[str, Any], now: datetime) -> str:
    helping.answer(request=_request(button, now), answer=Answer.NOT_NOW, said=said["said"], by=button.person, now=now)
    return _("Your reason stands on record, and whoever owes it is told.")


def _asks_back(button: Button, said: dict[str, Any], now: datetime) -> str:
    helping.ask_back(request=_request(button, now), words=said["words"], by=button.person, now=now)
    return _(
        "Your question is on its way to whoever owes it. The request still waits for your answer in the programme."
    )


def _passes_on(button: Button, said: dict[str, Any], now: datetime) -> str:
    request = helping.pass_on(request=_request(button, now), by=button.person, now=now)
    return _("%(person)s is asked instead, and is mailed.") % {"person": request.passed_to}


for _name, _call, _form, _look, _act in (
    ("help", gettext_lazy("I help"), HelpForm, _shows_help, _helps),
    ("help_not_now", gettext_lazy("Not now, because"), NotNowForm, _shows_help, _not_now),
    ("ask_back", gettext_lazy("Ask a question first"), QuestionForm, _shows_help, _asks_back),
    ("pass_on", gettext_lazy("Pass it to my deputy"), buttons.NothingToAsk, _shows_passing, _passes_on),
):
    buttons.declare(_name, call=_call, form=_form, template=HELP_PAGE, shows=_look, presses=_act)


# --- champions -----------------------------------------------------------------------------------------------------


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        help_text=gettext_lazy("Whoever looks for another one reads it."),
        max_length=champions.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _nominated(button: Button, now: datetime, state: NominationState) -> tuple[Champion, Nomination]:
    """The champion's seat that the button is about, and who is nominated there. Raises :class:`Absent`."""
    champion = champion_queries.one(button.subject.reference if button.subject else "", button.person, now)
    nomination = champion_queries.open_nomination(champion)
    if nomination is None or nomination.state != state:
        raise _gone()
    return champion, nomination


def _to_endorse(button: Button, now: datetime) -> tuple[Champion, Nomination]:
    champion, nomination = _nominated(button, now, NominationState.NOMINATED)
    if not champion_queries.may_endorse(champion, nomination, button.person, now):
        raise _gone()
    return champion, nomination


def _to_join(button: Button, now: datetime) -> tuple[Champion, Nomination]:
    champion, nomination = _nominated(button, now, NominationState.ENDORSED)
    if nomination.person_id != button.person_id:
        raise _gone()
    return champion, nomination


def _shows_endorsing(button: Button, now: datetime) -> dict[str, Any]:
    champion, nomination = _to_endorse(button, now)
    return {"champion": champion, "nomination": nomination}


def _shows_joining(button: Button, now: datetime) -> dict[str, Any]:
    champion, nomination = _to_join(button, now)
    return {"champion": champion, "nomination": nomination}


def _endorses(button: Button, said: dict[str, Any], now: datetime) -> str:
    champion, nomination = _to_endorse(button, now)
    # The term stays the one that was proposed and is shown.
    champions.endorse(champion=champion, by=button.person, now=now, term_ends_on=nomination.term_ends_on)
    return _("You endorsed %(person)s, who is asked next.") % {"person": nomination.person}


def _refuses(button: Button, said: dict[str, Any], now: datetime) -> str:
    champion, nomination = _to_endorse(button, now)
    champions.refuse(champion=champion, reason=said["reason"], by=button.person, now=now)
    return _("You did not endorse %(person)s. Another one is looked for.") % {"person": nomination.person}


def _joins(button: Button, said: dict[str, Any], now: datetime) -> str:
    champion, _nomination = _to_join(button, now)
    accepted = champions.accept(champion=champion, by=button.person, now=now)
    if accepted.term_ends_on is None:
        return _("You are the champion of %(department)s.") % {"department": champion.seat.department}
    return _("You are the champion of %(department)s, until %(day)s.") % {
        "department": champion.seat.department,
        "day": date_format(accepted.term_ends_on, "j F Y"),
    }


def _stays_out(button: Button, said: dict[str, Any], now: datetime) -> str:
    champion, _nomination = _to_join(button, now)
    champions.decline(champion=champion, reason=said["reason"], by=button.person, now=now)
    return _("You declined. Another one is looked for.")


for _deed, _says, _asks, _seen, _done in (
    ("endorse", gettext_lazy("Endorse"), buttons.NothingToAsk, _shows_endorsing, _endorses),
    ("refuse_nominee", gettext_lazy("Do not endorse"), ReasonForm, _shows_endorsing, _refuses),
    ("join", gettext_lazy("Accept to be the champion"), buttons.NothingToAsk, _shows_joining, _joins),
    ("stay_out", gettext_lazy("Decline to be the champion"), ReasonForm, _shows_joining, _stays_out),
):
    buttons.declare(_deed, call=_says, form=_asks, template=CHAMPION_PAGE, shows=_seen, presses=_done)
