"""The buttons of actions: what an owner answers from the mail, and what is answered to an owner who asks for time.

Loaded when the program starts. Saying that it is done, verifying, voting and money are never offered: "done" leads to
the form of the evidence, after signing in.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.forms.items import ReferenceField, day_field, long_field, offer
from actions.lifecycle import RUNNING, State
from actions.models import ActionItem, DateAnswer, Health
from actions.queries import approving, dates
from actions.queries import items as queries
from actions.queries import roles as role_queries
from actions.services import blockers, items, promises
from actions.services.footing import LONGEST
from governance import buttons
from governance.errors import Absent, Conflict
from governance.models import Button, Person, Seat

PAGE = "actions/buttons/answer.html"


class AcceptForm(forms.Form):
    promised_on = day_field(
        gettext_lazy("I promise it for"),
        help_text=gettext_lazy("Kept for ever as the first date. Empty: you owe a date next."),
        required=False,
    )


class DeclineForm(forms.Form):
    reason = long_field(
        gettext_lazy("Why not"), help_text=gettext_lazy("Whoever finds another owner reads it."), max_length=LONGEST
    )


class LineForm(forms.Form):
    line = forms.CharField(label=gettext_lazy("One line"), max_length=500, required=False)


class AboutForm(forms.Form):
    """A form that is fitted to the action and to who answers."""

    def __init__(self, *args: Any, action: ActionItem, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shape(action, viewer, now)

    def shape(self, action: ActionItem, viewer: Person, now: datetime) -> None:
        """Fit choices and hints."""


class BlockForm(AboutForm):
    reason = long_field(gettext_lazy("What stops it"), max_length=LONGEST)
    waiting_on = ReferenceField(label=gettext_lazy("Waiting on"), queryset=Seat.objects.none(), required=False)
    until = day_field(gettext_lazy("Expected until"), required=False)

    def shape(self, action: ActionItem, viewer: Person, now: datetime) -> None:
        # A few, not all that the page offers: whoever is sent the mail on has the link, and no list of the house.
        keys = [seat.pk for seat in role_queries.helpers(action)]
        offer(self, "waiting_on", Seat.objects.visible_to(viewer, now).filter(pk__in=keys).order_by("subject__title"))


class TimeForm(AboutForm):
    due_on = day_field(gettext_lazy("The day that you can keep"))
    reason = long_field(gettext_lazy("Why it moves"), max_length=LONGEST)

    def shape(self, action: ActionItem, viewer: Person, now: datetime) -> None:
        self.fields["reason"].help_text = dates.goes_to(action, viewer, now)


class DateForm(forms.Form):
    due_on = day_field(
        gettext_lazy("I promise it for"), help_text=gettext_lazy("Kept for ever as the first date that was promised.")
    )


class NotMineForm(forms.Form):
    reason = long_field(
        gettext_lazy("Why it is not yours"),
        help_text=gettext_lazy(
            "What was accepted changes hands by the council's decision. Your head is asked to help, and reads this."
        ),
        # It is told with a few words before it, and both together are bounded.
        max_length=LONGEST - 100,
    )


class SayForm(forms.Form):
    said = long_field(
        gettext_lazy("In a sentence"),
        required=False,
        help_text=gettext_lazy("Whoever asked reads it."),
        max_length=LONGEST,
    )


class KeepForm(forms.Form):
    said = long_field(
        gettext_lazy("Why the date stays"), help_text=gettext_lazy("Whoever asked reads it."), max_length=LONGEST
    )


def _found(button: Button, now: datetime, *, wanted: Callable[[ActionItem], bool]) -> ActionItem:
    """The action, as long as it waits for the answer. Raises :class:`Absent`."""
    found = queries.get(button.subject.reference if button.subject else "", button.person, now)
    if not wanted(found):
        raise Absent(_("This link is not open any more."))
    return found


def _asked(button: Button, now: datetime) -> ActionItem:
    return _found(button, now, wanted=lambda action: action.state == State.PROPOSED)


def _runs(button: Button, now: datetime) -> ActionItem:
    return _found(button, now, wanted=lambda action: action.state in RUNNING)


def _promised(button: Button, now: datetime) -> ActionItem:
    return _found(
        button,
        now,
        wanted=lambda action: (
            action.state in RUNNING and action.promised is not None and approving.waiting(action) is None
        ),
    )


def _undated(button: Button, now: datetime) -> ActionItem:
    return _found(button, now, wanted=lambda action: action.state in RUNNING and action.promised is None)


def _waits_for_a_date(button: Button, now: datetime) -> ActionItem:
    return _found(
        button,
        now,
        wanted=lambda action: action.state in RUNNING and approving.may_answer(action, button.person, now),
    )


def _day(action: ActionItem) -> str:
    return date_format(action.promised, "j F Y") if action.promised is not None else ""


def _shows_asked(button: Button, now: datetime) -> dict[str, Any]:
    action = _asked(button, now)
    return {"action": action, "initial": {"promised_on": action.asked_for}}


def _shows(found: Callable[[Button, datetime], ActionItem], *, fitted: bool = False) -> buttons.Shows:
    def shows(button: Button, now: datetime) -> dict[str, Any]:
        action = found(button, now)
        return {
            "action": action,
            "asks": {"action": action, "viewer": button.person, "now": now} if fitted else {},
            "asked": approving.waiting(action) if found is _waits_for_a_date else None,
        }

    return shows


def _accept(button: Button, said: dict[str, Any], now: datetime) -> str:
    action = items.accept(action=_asked(button, now), promised_on=said["promised_on"], by=button.person, now=now)
    if action.promised is None:
        return _("You accepted it. Next you owe a date.")
    return _("You accepted it and promised it for %(day)s.") % {"day": _day(action)}


def _decline(button: Button, said: dict[str, Any], now: datetime) -> str:
    items.decline(action=_asked(button, now), reason=said["reason"], by=button.person, now=now)
    return _("You declined it. Another owner is looked for.")


def _on_track(button: Button, said: dict[str, Any], now: datetime) -> str:
    items.report(action=_runs(button, now), health=Health.ON_TRACK, line=said["line"], by=button.person, now=now)
    return _("It is on track, as you say. What is owed stays owed: the date, and the evidence.")


def _at_risk(button: Button, said: dict[str, Any], now: datetime) -> str:
    items.report(action=_runs(button, now), health=Health.AT_RISK, line=said["line"], by=button.person, now=now)
    return _("It is at risk, as you say. If the day cannot be kept, ask for another one while there is time.")


def _block(button: Button, said: dict[str, Any], now: datetime) -> str:
    blocker = blockers.block(action=_runs(button, now), **said, by=button.person, now=now)
    if blocker.waiting_on is None:
        return _("It is reported blocked. The promised day stays.")
    return _("It is reported blocked, and %(seat)s is told. The promised day stays.") % {
        "seat": blocker.waiting_on.subject.title
    }


def _more_time(button: Button, said: dict[str, Any], now: datetime) -> str:
    request = promises.ask_for_time(action=_promised(button, now), **said, by=button.person, now=now)
    day = date_format(request.due_on, "j F Y")
    if request.approver is None:
        return _("%(day)s is asked of the council, on its agenda. Until then the promised day stays.") % {"day": day}
    return _("%(day)s is asked of %(seat)s. Until that is answered the promised day stays.") % {
        "day": day,
        "seat": request.approver.subject.title,
    }


def _set_date(button: Button, said: dict[str, Any], now: datetime) -> str:
    action = promises.set_date(action=_undated(button, now), due_on=said["due_on"], by=button.person, now=now)
    return _("You promised it for %(day)s.") % {"day": _day(action)}


def _not_mine(button: Button, said: dict[str, Any], now: datetime) -> str:
    action = _runs(button, now)
    nearest = next(iter(role_queries.helpers(action)), None)
    if nearest is None:
        raise Conflict(_("Nobody is named who could help. Open it, and take it up with the council."))
    words = _("It is not ours: %(reason)s") % {"reason": said["reason"].strip()}
    items.ask_help(action=action, asked=nearest, words=words, by=button.person, now=now)
    return _("%(seat)s is asked for another owner. Until that is settled it stays yours.") % {
        "seat": nearest.subject.title
    }


def _approve_date(button: Button, said: dict[str, Any], now: datetime) -> str:
    action = _waits_for_a_date(button, now)
    request = promises.answer_date(
        action=action, answer=DateAnswer.APPROVED, said=said["said"], by=button.person, now=now
    )
    return _("It is promised for %(day)s now.") % {"day": date_format(request.due_on, "j F Y")}


def _keep_date(button: Button, said: dict[str, Any], now: datetime) -> str:
    action = _waits_for_a_date(button, now)
    promises.answer_date(action=action, answer=DateAnswer.REFUSED, said=said["said"], by=button.person, now=now)
    return _("The date stays: %(day)s.") % {"day": _day(action)}


for _name, _call, _form, _look, _act in (
    ("accept", gettext_lazy("Accept it"), AcceptForm, _shows_asked, _accept),
    ("decline", gettext_lazy("Decline it"), DeclineForm, _shows_asked, _decline),
    ("on_track", gettext_lazy("On track"), LineForm, _shows(_runs), _on_track),
    ("at_risk", gettext_lazy("At risk"), LineForm, _shows(_runs), _at_risk),
    ("blocked", gettext_lazy("Blocked"), BlockForm, _shows(_runs, fitted=True), _block),
    ("more_time", gettext_lazy("Ask for more time"), TimeForm, _shows(_promised, fitted=True), _more_time),
    ("set_date", gettext_lazy("Promise a date"), DateForm, _shows(_undated), _set_date),
    ("not_mine", gettext_lazy("Not mine"), NotMineForm, _shows(_runs), _not_mine),
    ("approve_date", gettext_lazy("Approve that day"), SayForm, _shows(_waits_for_a_date), _approve_date),
    ("keep_date", gettext_lazy("The date stays"), KeepForm, _shows(_waits_for_a_date), _keep_date),
):
    buttons.declare(_name, call=_call, form=_form, template=PAGE, shows=_look, presses=_act)
