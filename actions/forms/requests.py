"""The forms of requests between departments: what each deed asks for. Services judge; forms only read."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.debts import LABELS
from actions.forms.items import ReferenceField, day_field, long_field, offer
from actions.models import ActionItem, DateAnswer, Request, RequestState
from actions.queries import confirming
from actions.queries import requests as queries
from governance.models import Department, Person, Seat


class SeatField(ReferenceField):
    """Seats by department, because another department is whom one asks."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.department.name}: {obj.subject.title}"


class AskForm(forms.Form):
    """Work that another department is asked for; for an action, its own seat asks."""

    title = forms.CharField(
        label=_("What you need"), max_length=300, help_text=_("One sentence that the other department understands.")
    )
    to = SeatField(label=_("Whom you ask"), queryset=Seat.objects.none())
    asked_for = day_field(_("Needed by"), help_text=_("They promise this day, propose another, or refuse."))
    need = long_field(_("What exactly, and what for"), required=False)
    seat = SeatField(label=_("You ask as"), queryset=Seat.objects.none())

    def __init__(
        self, data: Any = None, *, viewer: Person, now: datetime, action: ActionItem | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        council = action.council if action is not None else None
        offer(self, "to", queries.askable(council, viewer, now))
        if action is not None:
            del self.fields["seat"]
            return
        mine = queries.asking_seats(viewer, now)
        offer(self, "seat", mine)
        self.has_seats = mine.exists()
        if len(mine[:2]) == 1:
            self.fields["seat"].initial = mine[0].subject.reference


class DeedForm(forms.Form):
    """One deed on a request, said of the version that its doer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, request: Request, verb: str, **options: Any) -> None:
        super().__init__(data, auto_id=f"{verb}_%s", initial={"version": request.version}, **options)
        self.request = request
        self.shape()

    def shape(self) -> None:
        """Fit what is proposed to the request."""


class AgreeForm(DeedForm):
    promised_on = day_field(_("We promise it for"), help_text=_("No later than it is needed; kept for ever."))
    conditions = long_field(_("On these conditions"), rows=2, required=False)

    def shape(self) -> None:
        self.fields["promised_on"].initial = self.request.asked_for


class CounterForm(DeedForm):
    offered_on = day_field(_("The day that we can keep"), required=False)
    offer = long_field(
        _("What we can do instead"), required=False, help_text=_("Another scope, or what it depends on.")
    )


class RefuseForm(DeedForm):
    reason = long_field(_("Why not"), help_text=_("Whoever asked reads it; it closes the request."))


class AcceptForm(DeedForm):
    pass


class WithdrawForm(DeedForm):
    reason = long_field(_("Why it is withdrawn"), rows=2)


class DeliverForm(DeedForm):
    note = long_field(_("What was delivered"), required=False, help_text=_("Where it is, and what to look at."))


class ConfirmForm(DeedForm):
    note = long_field(_("A word to them"), rows=2, required=False)


class SendBackForm(DeedForm):
    reason = long_field(_("What is missing"))


class ProposeDayForm(DeedForm):
    day = day_field(_("The day"), help_text=_("Until the other side agrees, the day that holds stays."))
    reason = long_field(_("Why"), rows=2, help_text=_("The other side reads it."))


class AnswerDayForm(DeedForm):
    answer = forms.ChoiceField(
        label=_("May the day move?"),
        choices=[(DateAnswer.APPROVED, _("Yes, that day")), (DateAnswer.REFUSED, _("No, the day stays"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap one.")},
    )
    said = long_field(
        _("In a sentence"), rows=2, required=False, help_text=_("Needed when the day stays: why. They read it.")
    )


class HelpForm(DeedForm):
    asked = SeatField(label=_("Whom"), queryset=Seat.objects.none())
    words = long_field(_("What would help"), help_text=_("They answer you; it stands on this page."))

    def shape(self) -> None:
        keys = [seat.pk for seat in confirming.helpers(self.request)]
        offer(self, "asked", Seat.objects.filter(pk__in=keys).select_related("subject", "department"))


class NarrowForm(forms.Form):
    """What a list of requests is narrowed by, in its address."""

    department = ReferenceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, empty_label=_("any")
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[("", _("both")), (queries.ASKS, _("asked by it")), (queries.ASKED, _("asked of it"))],
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), ("open", _("open")), *RequestState.choices]
    )
    figure = forms.ChoiceField(
        label=_("Figure"),
        required=False,
        choices=[("", _("any")), *((str(key), label) for key, label in LABELS.items())],
    )
    owing = ReferenceField(queryset=Department.objects.none(), required=False, widget=forms.HiddenInput)
    owed = ReferenceField(queryset=Department.objects.none(), required=False, widget=forms.HiddenInput)
    action = ReferenceField(queryset=ActionItem.objects.none(), required=False, widget=forms.HiddenInput)
    below = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, auto_id="narrow_%s", **options)
        # Departments are the whole organisation's to know of, so any may be named; what is listed is what is seen.
        for name in ("department", "owing", "owed"):
            offer(self, name, Department.objects.select_related("subject").order_by("name"))
        offer(self, "action", ActionItem.objects.visible_to(viewer, now))
