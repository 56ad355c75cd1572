"""The forms of an action's page: what each deed asks for. Services judge; forms only read."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem, Finding, Health, Theme
from actions.queries import roles
from actions.queries.roles import WORKING
from councils.models import Council
from governance import access
from governance.models import Person, Seat


class ReferenceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """A choice of things by their public reference, shown by their title."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("empty_label", _("Choose") if options.get("required", True) else _("none"))
        super().__init__(to_field_name="subject__reference", **options)

    def prepare_value(self, value: Any) -> Any:
        return value.subject.reference if hasattr(value, "subject") else value

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.subject.title)


def offer(form: forms.Form, name: str, choices: QuerySet[Any]) -> None:
    """Set what a field of references may be chosen from."""
    field = form.fields[name]
    if isinstance(field, ReferenceField):
        field.queryset = choices


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def long_field(label: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def working_seats(viewer: Person, now: datetime) -> QuerySet[Seat]:
    """The seats that may own work, as far as ``viewer`` may see them."""
    found: QuerySet[Seat] = Seat.objects.visible_to(viewer, now).filter(kind__in=WORKING, subject__archived_at=None)
    return found.select_related("department").order_by("subject__title")


class DeedForm(forms.Form):
    """One deed on an action, said of the version that its doer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, action: ActionItem, viewer: Person, now: datetime, verb: str, **options: Any
    ) -> None:
        super().__init__(data, prefix=None, auto_id=f"{verb}_%s", initial={"version": action.version}, **options)
        self.action, self.viewer, self.now = action, viewer, now
        self.shape()

    def shape(self) -> None:
        """Fit choices to the action and to who looks."""


class AcceptForm(DeedForm):
    promised_on = day_field(
        _("I promise it for"),
        required=False,
        help_text=_("Kept for ever as the first date. Empty: you owe a date next."),
    )

    def shape(self) -> None:
        self.fields["promised_on"].initial = self.action.asked_for


class DeclineForm(DeedForm):
    reason = long_field(_("Why not"), help_text=_("Whoever finds another owner reads it."))


class HelpForm(DeedForm):
    asked = ReferenceField(label=_("Whom"), queryset=Seat.objects.none())
    words = long_field(_("What would help"), help_text=_("They answer you; it stands on this page."))

    def shape(self) -> None:
        keys = [seat.pk for seat in roles.helpers(self.action)]
        offer(self, "asked", Seat.objects.visible_to(self.viewer, self.now).filter(pk__in=keys))


class ReassignForm(DeedForm):
    seat = ReferenceField(label=_("Another seat"), queryset=Seat.objects.none())

    def shape(self) -> None:
        offer(self, "seat", working_seats(self.viewer, self.now).exclude(pk=self.action.seat_id))


class DateForm(DeedForm):
    due_on = day_field(_("I promise it for"))

    def shape(self) -> None:
        self.fields["due_on"].initial = self.action.asked_for


class TimeForm(DeedForm):
    due_on = day_field(_("The day that you can keep"))
    reason = long_field(
        _("Why it moves"), help_text=_("Goes onto the council's agenda. The date stays until they decide.")
    )


class ReportForm(DeedForm):
    health = forms.ChoiceField(
        label=_("Where does it stand?"),
        choices=[choice for choice in Health.choices if choice[0] != Health.UNKNOWN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap one.")},
    )
    line = forms.CharField(label=_("One line"), max_length=500, required=False)
    progress = forms.IntegerField(label=_("Progress, %"), min_value=0, max_value=100, required=False)

    def shape(self) -> None:
        if self.action.health != Health.UNKNOWN:
            self.fields["health"].initial = self.action.health


class BlockForm(DeedForm):
    reason = long_field(_("What stops it"))
    waiting_on = ReferenceField(label=_("Waiting on"), queryset=Seat.objects.none(), required=False)
    until = day_field(_("Expected until"), required=False)

    def shape(self) -> None:
        offer(self, "waiting_on", working_seats(self.viewer, self.now))


class LiftForm(DeedForm):
    blocker = forms.IntegerField(widget=forms.HiddenInput)


class EvidenceForm(DeedForm):
    title = forms.CharField(label=_("What it shows"), max_length=200)
    link = forms.CharField(
        label=_("Link"), max_length=500, required=False, help_text=_("The whole address, with https://")
    )
    note = long_field(_("What was seen"), required=False)


class DoneForm(DeedForm):
    pass


class VerifyForm(DeedForm):
    finding = forms.ChoiceField(
        label=_("Does the evidence show it done?"),
        choices=[(Finding.CONFIRMED, _("Yes, it is done")), (Finding.REFUSED, _("No, send it back"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap one.")},
    )
    note = long_field(_("Note"), required=False, help_text=_("Needed when you send it back: what is missing."))


class CancelForm(DeedForm):
    reason = long_field(_("Why it is dropped"))


class CreateForm(forms.Form):
    """Own initiative: work that a seat of my departments takes on, overseen by a council."""

    title = forms.CharField(
        label=_("What is to be done"), max_length=300, help_text=_("One sentence that a customer would understand.")
    )
    seat = ReferenceField(label=_("Accountable seat"), queryset=Seat.objects.none())
    council = ReferenceField(label=_("Overseeing council"), queryset=Council.objects.none())
    proof = long_field(_("What would prove it done"), help_text=_("Another person will look for exactly this."))
    asked_for = day_field(_("Date asked for"), required=False)
    theme = ReferenceField(label=_("Answers the theme"), queryset=Theme.objects.none(), required=False)
    needs_none = forms.BooleanField(label=_("It needs no resources"), required=False)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        rights = (access.LEAD, access.REPORT, access.TRIAGE)
        mine = set().union(*(access.containers_of(viewer, now, right) for right in rights))
        choices: dict[str, QuerySet[Any]] = {
            "seat": working_seats(viewer, now).filter(department_id__in=mine),
            "council": Council.objects.visible_to(viewer, now).order_by("name"),
            "theme": Theme.objects.visible_to(viewer, now).filter(merged_into=None).order_by("name"),
        }
        for name, queryset in choices.items():
            offer(self, name, queryset)
