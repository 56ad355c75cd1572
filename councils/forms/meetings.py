"""Forms about meetings, agenda items and decisions. The form of an outcome is made from what its matter declares."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.evidence import Piece
from councils.hands import SHOWN
from councils.matters import Field, Outcome
from councils.models import Choice, How, Meeting, Presence
from councils.queries.meetings import Place, Standing
from councils.recurrence import moment
from councils.services.lasting import Lasting
from councils.standing_points import Point
from governance.forms.needed import needed
from governance.forms.picking import PickField
from governance.forms.places import HoursField, MoneyField, SeatField
from governance.models import Calendar, Person, Seat
from governance.queries.seats import with_holders

NO_VOTE = "none"
NOT_CAST = (NO_VOTE, gettext_lazy("no vote"))

# What the choices mean where a motion carries by consent: the same rows, in the words of consent.
BY_CONSENT = {
    Choice.FOR: gettext_lazy("agrees"),
    Choice.AGAINST: gettext_lazy("objects"),
    Choice.ABSTAIN: gettext_lazy("stands aside"),
    Choice.RECUSED: Choice.RECUSED.label,
}


class CallForm(forms.Form):
    """When a meeting starts, on the clock of the council's own place."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}))
    lasts = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=5, max_value=1440, required=False, initial=60,
        help_text=gettext_lazy("Empty: an hour."),
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("Where"), max_length=200, required=False,
        help_text=gettext_lazy("A room, or a link to join by."),
    )  # fmt: skip

    points = forms.BooleanField(label=gettext_lazy("Begin with the standing points"), required=False)

    def __init__(
        self, *args: Any, calendar: Calendar, now: datetime, points: Sequence[Point] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if points:
            self.fields["points"].help_text = "; ".join(f"{point.ask} ({point.minutes}′)" for point in points)
        else:
            self.fields["points"].widget = forms.HiddenInput()
        self.zone = ZoneInfo(calendar.zone)
        self.now = now
        # Now: a meeting that is called on the spot needs nothing typed.
        here = now.astimezone(self.zone)
        self.initial.setdefault("day", here.date().isoformat())
        self.initial.setdefault("time", here.strftime("%H:%M"))
        self.fields["time"].help_text = _("On the clock of %(zone)s.") % {"zone": calendar.zone.replace("_", " ")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "day" in cleaned and "time" in cleaned:
            starts = moment(cleaned["day"], cleaned["time"], self.zone)
            if starts < self.now - timedelta(days=1):
                self.add_error("day", gettext_lazy("This day has passed. Choose today or a day to come."))
            cleaned["starts_at"] = starts
        return cleaned


class MarkForm(forms.Form):
    """One seat's presence; ``person`` is its holder or its deputy, left empty whoever answers for it."""

    seat = forms.CharField(widget=forms.HiddenInput)
    presence = forms.ChoiceField(choices=Presence.choices)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ProposeForm(forms.Form):
    ask = forms.CharField(
        label=gettext_lazy("What the council is asked"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One question that can be answered by a decision."),
    )


class PlaceForm(forms.Form):
    meeting = PickField(label=gettext_lazy("Meeting"), queryset=Meeting.objects.none())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The reason stays with it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is called off"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever was to come reads it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SettleForm(forms.Form):
    """The motion, what its outcome needs, and how each seat that is taken votes."""

    motion = forms.CharField(
        label=gettext_lazy("Motion"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The sentence that is put to the vote."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        outcome: Outcome,
        viewer: Person,
        now: datetime,
        currency: str,
        standing: Standing | None,
        by_consent: bool = False,
        risks: str = "",
        aside: Mapping[int, str] | None = None,
        pieces: Sequence[Piece] = (),
        lasts: bool = False,
        **kwargs: Any,
    ) -> None:
        """``risks`` says when the charter wants them written down; empty: it never does. ``aside`` says why memberships
        have to stand aside: they are marked so. ``pieces`` is the evidence that may be named; ``lasts``: whether a day
        of review and earlier decisions are asked for."""
        super().__init__(*args, **kwargs)
        self.outcome = outcome
        choices = list(BY_CONSENT.items()) if by_consent else Choice.choices
        for field in outcome.fields:
            made = _input(field, viewer, now, currency)
            self.fields[field.name] = needed(field.needed, made) if field.needed else made
        if risks:
            self.fields["risk_note"] = forms.CharField(
                label=gettext_lazy("What can go wrong, and what is done then"),
                help_text=risks,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        if lasts:
            self.fields |= lasting_fields(pieces)
        self.places = standing.voting if standing is not None else []
        self.aside = dict(aside or {})
        if self.places:
            self.fields["rest"] = forms.ChoiceField(
                label=gettext_lazy("Whoever is here and not named below"),
                choices=[
                    NOT_CAST,
                    (Choice.FOR, gettext_lazy("agrees") if by_consent else gettext_lazy("votes for it")),
                ],
                initial=NO_VOTE,
                required=False,
                widget=forms.RadioSelect,
            )
        for place in self.places:
            self.fields[vote_name(place)] = forms.ChoiceField(
                label=f"{place.person} ({place.sitting.seat.title})",
                choices=[*choices, NOT_CAST],
                required=False,
                widget=forms.RadioSelect,
                initial=Choice.RECUSED if place.sitting.membership.pk in self.aside else None,
                help_text=self.aside.get(place.sitting.membership.pk, ""),
            )
            self.fields[reason_name(place)] = forms.CharField(
                label=_("Why %(who)s stands aside") % {"who": place.person},
                max_length=300,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": _("Why, where it stands aside")}),
            )
        if self.places:
            for name, label in (
                (Choice.FOR, gettext_lazy("For it")),
                (Choice.AGAINST, gettext_lazy("Against it")),
                (Choice.ABSTAIN, gettext_lazy("Abstaining")),
            ):
                self.fields[f"hands_{name}"] = forms.IntegerField(
                    label=label, required=False, min_value=0, max_value=len(self.places)
                )
        self.order_fields(["motion", *(field.name for field in outcome.fields), "risk_note"])

    def clean(self) -> dict[str, Any]:
        """Whoever stands aside on their own says why; the charter is the reason of those whom it makes stand aside."""
        cleaned = super().clean() or {}
        for place in self.places:
            is_aside = cleaned.get(vote_name(place)) == Choice.RECUSED
            if is_aside and place.sitting.membership.pk not in self.aside and not cleaned.get(reason_name(place)):
                self.add_error(reason_name(place), gettext_lazy("Say why: whoever stands aside says so."))
        return cleaned

    @property
    def inputs(self) -> list[forms.BoundField]:
        """The motion, the outcome's own fields, and the risks where the charter asks for them."""
        names = ["motion", *(field.name for field in self.outcome.fields), "risk_note"]
        return [self[name] for name in names if name in self.fields]

    @property
    def lasting(self) -> list[forms.BoundField]:
        """What the decision is based on, and how long it stands."""
        return [self[name] for name in LASTING if name in self.fields]

    @property
    def lasting_begun(self) -> bool:
        return any(field.errors or field.value() for field in self.lasting)

    def asked_to_last(self) -> Lasting:
        """The same, as the service takes it."""
        said = self.cleaned_data
        named = re.split(r"[\s,;]+", said.get("supersedes") or "")
        return Lasting(said.get("review_on"), [one for one in named if one], said.get("evidence") or [])

    @property
    def ballots(self) -> list[tuple[Place, forms.BoundField, forms.BoundField]]:
        """Each seat that is taken, with its vote and why it stands aside."""
        return [(place, self[vote_name(place)], self[reason_name(place)]) for place in self.places]

    @property
    def hands(self) -> list[forms.BoundField]:
        """How many hands were raised for each choice."""
        names = (f"hands_{choice}" for choice in SHOWN)
        return [self[name] for name in names if name in self.fields]

    @property
    def hands_begun(self) -> bool:
        return self.is_bound and any(field.value() for field in self.hands)

    @property
    def how(self) -> str:
        """How the vote was taken: the button that was pressed says so."""
        asked = str(self.data.get("how", "")) if self.is_bound else ""
        return asked if asked in How.values and self.places else How.BY_NAME

    def payload(self) -> dict[str, Any]:
        """What the outcome is given: minor units, ISO days, references."""
        return {field.name: _plain(self.cleaned_data.get(field.name)) for field in self.outcome.fields}

    def shown(self) -> dict[str, int]:
        """How many hands were raised."""
        return {choice: self.cleaned_data.get(f"hands_{choice}") or 0 for choice in SHOWN}

    def reasons(self) -> dict[int, str]:
        """Why seats stand aside, by membership."""
        return {place.sitting.membership.pk: self.cleaned_data.get(reason_name(place), "") for place in self.places}

    def votes(self) -> dict[int, str]:
        """The choice named for each membership; who has none did not cast a vote."""
        rest = "" if self.how != How.BY_NAME else self.cleaned_data.get("rest", "")
        chosen = {
            (key := place.sitting.membership.pk): self.cleaned_data.get(vote_name(place))
            or (rest if key not in self.aside else "")  # the charter recuses them, whatever the rest does
            for place in self.places
        }
        return {membership: choice for membership, choice in chosen.items() if choice and choice != NO_VOTE}


LASTING = ("evidence", "review_on", "supersedes")


def lasting_fields(pieces: Sequence[Piece]) -> dict[str, forms.Field]:
    """The inputs of what lasts of a decision."""
    made: dict[str, forms.Field] = {}
    if pieces:
        made["evidence"] = forms.MultipleChoiceField(
            label=_("What it is based on"),
            choices=[(piece.key, f"{piece.label}: {Truncator(piece.words).chars(160)}") for piece in pieces],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("It stays with the decision as it reads now."),
        )
    made["review_on"] = forms.DateField(
        label=_("Looked at again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("For what is to stand: the secretary then owes another look."),
    )
    made["supersedes"] = forms.CharField(
        label=_("Takes the place of"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "DEC-1001"}),
        help_text=_("The reference of an earlier decision of this council."),
    )
    return made


def reason_name(place: Place) -> str:
    return f"reason_{place.sitting.seat.reference}"


def vote_name(place: Place) -> str:
    return f"vote_{place.sitting.seat.reference}"


def _input(field: Field, viewer: Person, now: datetime, currency: str) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.hint}
    if field.kind == "long":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    if field.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if field.kind == "money":
        return MoneyField(currency=currency, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if field.kind == "hours":
        return HoursField(**common)
    if field.kind == "seat":
        seats = Seat.objects.visible_to(viewer, now).filter(subject__archived_at=None).order_by("subject__title", "pk")
        return SeatField(queryset=with_holders(seats, now), empty_label=_("Choose"), **common)
    if field.kind == "choice":
        return forms.ChoiceField(choices=field.choices, **common)
    if field.kind == "yes":
        return forms.BooleanField(**common)
    return forms.CharField(max_length=300, **common)


def _plain(value: Any) -> Any:
    if isinstance(value, Seat):
        return value.reference
    if isinstance(value, date):
        return value.isoformat()
    return value
