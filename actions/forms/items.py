"""The forms of an action's page: what each deed asks for. Services judge; forms only read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from actions.forms.aims import AimFields
from actions.models import ActionItem, Confidence, DateAnswer, Finding, Health, Origin, Outcome, Request, Theme
from actions.queries import dates, delegating, roles
from actions.queries.roles import WORKING
from actions.requesting import OPEN
from actions.services import funding
from actions.services.footing import LONGEST, rules_of
from actions.services.outcomes import reviews_ahead
from actions.shown_files import TYPES
from councils import authority
from councils.forms.books import read_amount
from councils.measures import say
from councils.models import Council, Unit
from councils.queries import books
from governance import access
from governance.forms.picking import PickField
from governance.forms.places import HoursField, MoneyField
from governance.hours import format_minutes
from governance.models import JourneyStep, Metric, Person, Seat
from governance.queries.load import Fullness, fullness


class ReferenceField(PickField):
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


class AcceptForm(AimFields, DeedForm):
    field_order = ("promised_on", "metric", "target", "share", "because")
    promised_on = day_field(
        _("I promise it for"),
        required=False,
        help_text=_("Kept for ever as the first date. Empty: you owe a date next."),
    )

    def shape(self) -> None:
        self.fields["promised_on"].initial = self.action.asked_for
        if Outcome.objects.filter(action=self.action).exists():  # an earlier owner fixed it, and it stands
            for name in AimFields.base_fields:
                del self.fields[name]
        else:
            self.offer_metrics(self.action, self.viewer, self.now, reviews_ahead(self.action, self.now))

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.read_target()
        return self.cleaned_data


class DeclineForm(DeedForm):
    reason = long_field(_("Why not"), help_text=_("Whoever finds another owner reads it."), max_length=LONGEST)


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
    reason = long_field(_("Why it moves"), max_length=LONGEST)

    def shape(self) -> None:
        self.fields["reason"].help_text = dates.goes_to(self.action, self.viewer, self.now)


class DateAnswerForm(DeedForm):
    answer = forms.ChoiceField(
        label=_("May the date move?"),
        choices=[(DateAnswer.APPROVED, _("Yes, that day")), (DateAnswer.REFUSED, _("No, the date stays"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tap one.")},
    )
    said = long_field(
        _("In a sentence"),
        required=False,
        help_text=_("Needed when the date stays: why. Whoever asked reads it."),
        max_length=LONGEST,
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
    confidence = forms.ChoiceField(
        label=_("How sure are you of the date?"),
        choices=Confidence.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def shape(self) -> None:
        self.fields["confidence"].initial = self.action.confidence
        if self.action.health != Health.UNKNOWN:
            self.fields["health"].initial = self.action.health


class BlockForm(DeedForm):
    reason = long_field(_("What stops it"), max_length=LONGEST)
    request = ReferenceField(
        label=_("Waiting for a request"),
        queryset=Request.objects.none(),
        required=False,
        help_text=_("It ends by itself once that is confirmed or closed."),
    )
    waiting_on = ReferenceField(label=_("Waiting on"), queryset=Seat.objects.none(), required=False)
    until = day_field(_("Expected until"), required=False)

    def shape(self) -> None:
        offer(self, "waiting_on", working_seats(self.viewer, self.now))
        asked = Request.objects.visible_to(self.viewer, self.now).filter(action=self.action, state__in=sorted(OPEN))
        if asked.exists():
            offer(self, "request", asked.order_by("due_on", "pk"))
        else:
            del self.fields["request"]


class LiftForm(DeedForm):
    blocker = forms.IntegerField(widget=forms.HiddenInput)


class EvidenceForm(DeedForm):
    title = forms.CharField(label=_("What it shows"), max_length=200)
    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, picture, office file or text, 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": ",".join(TYPES)}),
    )
    link = forms.CharField(
        label=_("Link"), max_length=500, required=False, help_text=_("The whole address, with https://")
    )
    metric = ReferenceField(
        label=_("Reading of"),
        queryset=Metric.objects.none(),
        required=False,
        help_text=_("The last value that was written down for this metric."),
    )
    note = long_field(_("What was seen"), required=False)

    def shape(self) -> None:
        read = Metric.objects.visible_to(self.viewer, self.now).filter(observations__isnull=False).distinct()
        offer(self, "metric", read.order_by("subject__title"))
        if not self.is_bound and not read.exists():
            del self.fields["metric"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if sum(bool(said.get(name)) for name in ("file", "link", "metric")) > 1:
            self.add_error("file", _("A file, a link or a reading: attach the second one by itself."))
        return said


class ReopenForm(DeedForm):
    reason = long_field(_("What came back, or was missing"), help_text=_("The verification stays on record beside it."))


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


class SpendForm(DeedForm):
    """What was spent, in the unit of the envelope that it is drawn on."""

    envelope = forms.ChoiceField(label=_("Drawn on"), required=False)
    amount = forms.CharField(label=_("How much"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    on = day_field(_("On the day"))
    what = forms.CharField(label=_("What for"), max_length=200)
    cost_centre = forms.CharField(label=_("Cost centre"), max_length=40, required=False)
    external_reference = forms.CharField(
        label=_("Reference of the invoice or booking"),
        max_length=80,
        required=False,
        help_text=_("Each is posted once."),
    )
    overrun = forms.BooleanField(
        label=_("It may go beyond what was allocated"),
        required=False,
        help_text=_("Posted as an overrun then, which the council settles."),
    )

    def shape(self) -> None:
        self.held = {
            line.envelope.reference: line.envelope
            for line in books.of_subject(self.action.pk)
            if not line.envelope.is_closed
        }
        self.fields["on"].initial = self.now.astimezone(ZoneInfo(self.viewer.zone)).date()
        choice = self.fields["envelope"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(key, f"{key} {one.get_unit_display()}") for key, one in self.held.items()]
        if len(self.held) < 2:
            del self.fields["envelope"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["envelope"] = self.held.get(cleaned.get("envelope") or next(iter(self.held), ""))
        if cleaned["envelope"] is not None:
            read_amount(self, cleaned, cleaned["envelope"].unit, cleaned["envelope"].currency)
        return cleaned


class ResourcesForm(DeedForm):
    """Money or time for the work, and the questions of a business case."""

    what_for = forms.CharField(label=_("What for"), max_length=300)
    amount = MoneyField(label=_("Money"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    minutes = HoursField(label=_("Hours"), required=False, help_text=_("For example 40 or 7:30."))

    def shape(self) -> None:
        _version, rules = rules_of(self.action.council, self.now)
        self.fields["amount"].currency = books.currency()  # type: ignore[attr-defined]
        self.fields["amount"].help_text = _("Above %(limit)s it needs the business case below.") % {
            "limit": say(authority.case_above(rules.right, books.currency()), Unit.MONEY, books.currency())
        }
        for name, question in funding.CASE.items():
            self.fields[name] = long_field(question, rows=2, required=False, max_length=funding.ANSWER)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["case"] = {name: cleaned.pop(name, "") for name in funding.CASE}
        cleaned |= {name: cleaned.get(name) or 0 for name in ("amount", "minutes")}
        return cleaned


class AllocateForm(DeedForm):
    """The sentence that is signed with an allocation that no meeting decides."""

    confirm = forms.BooleanField(
        label=_("I allocate it"), error_messages={"required": _("Tick the sentence: with it you sign.")}
    )

    def shape(self) -> None:
        offer = delegating.offer(self.action, self.viewer, self.now)
        if offer is not None:
            self.fields["confirm"].label = offer.statement


class FullSeatField(ReferenceField):
    """Seats, each with whether it is full this week; how far, for whoever plans with that."""

    full: Mapping[int, Fullness] = {}

    def label_from_instance(self, obj: Any) -> str:
        title, found = super().label_from_instance(obj), self.full.get(obj.pk)
        if found is None or (not found.is_full and (found.numbers is None or not found.numbers.capacity)):
            return title
        if found.numbers is not None and found.numbers.capacity:
            told = {
                "seat": title, "owed": format_minutes(found.numbers.minutes),
                "has": format_minutes(found.numbers.capacity),
            }  # fmt: skip
            if found.is_full:
                return str(_("%(seat)s – full this week: owes %(owed)s of %(has)s") % told)
            return str(_("%(seat)s – owes %(owed)s of %(has)s this week") % told)
        return str(_("%(seat)s – full this week") % {"seat": title})


class CreateForm(forms.Form):
    """Own initiative: work that a seat of my departments takes on, overseen by a council."""

    title = forms.CharField(
        label=_("What is to be done"), max_length=300, help_text=_("One sentence that a customer would understand.")
    )
    seat = FullSeatField(
        label=_("Accountable seat"),
        queryset=Seat.objects.none(),
        help_text=_("A full seat may accept; something else waits for it then."),
    )
    council = ReferenceField(label=_("Overseeing council"), queryset=Council.objects.none())
    proof = long_field(_("What would prove it done"), help_text=_("Another person will look for exactly this."))
    asked_for = day_field(_("Date asked for"), required=False)
    theme = ReferenceField(label=_("Answers the theme"), queryset=Theme.objects.none(), required=False)
    step = ReferenceField(label=_("Step of a journey"), queryset=JourneyStep.objects.none(), required=False)
    origin = forms.ChoiceField(
        label=_("Comes from"), choices=[("", _("as its links say")), *Origin.choices], required=False
    )
    fit_reason = forms.CharField(
        label=_("Why this seat"),
        max_length=300,
        required=False,
        help_text=_("Needed where another seat has the step or the theme."),
    )
    needs_none = forms.BooleanField(label=_("It needs no resources"), required=False)

    def __init__(self, data: Any = None, *, viewer: Person, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        rights = (access.LEAD, access.REPORT, access.TRIAGE)
        mine = set().union(*(access.containers_of(viewer, now, right) for right in rights))
        choices: dict[str, QuerySet[Any]] = {
            "seat": working_seats(viewer, now).filter(department_id__in=mine),
            "council": Council.objects.visible_to(viewer, now).order_by("name"),
            "theme": Theme.objects.visible_to(viewer, now).filter(merged_into=None).order_by("name"),
            "step": JourneyStep.objects.visible_to(viewer, now).exclude(position=None).order_by("subject__title"),
        }
        for name, queryset in choices.items():
            offer(self, name, queryset)
        seats = self.fields["seat"]
        if isinstance(seats, FullSeatField):
            seats.full = fullness(choices["seat"], viewer, now)
