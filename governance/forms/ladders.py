"""The ladder as a table: a line for each thing that can rest, a column for each who is asked, days in the cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.clauses import CHAIR, CHAMPION, COUNCIL, HEAD, ON, OWNER, SPONSOR, Ladder, Rules, Step
from governance.clauses.ladder import LONGEST_CADENCE

COLUMNS: dict[str, Any] = {
    OWNER: gettext_lazy("Reminded: whoever owes it"),
    CHAMPION: gettext_lazy("Asked: the champion"),
    HEAD: gettext_lazy("Asked: the department head"),
    SPONSOR: gettext_lazy("Asked: the sponsor"),
    CHAIR: gettext_lazy("Asked: the chair"),
    COUNCIL: gettext_lazy("Onto the agenda"),
}

PARTS: list[tuple[Any, tuple[str, ...]]] = [
    (
        gettext_lazy("Promises and voices"),
        ("keep", "accept", "reassign", "set_date", "approve_date", "verify", "answer", "read", "judge", "check"),
    ),
    (gettext_lazy("Between departments"), ("answer_request", "weigh", "deliver", "confirm")),
    (
        gettext_lazy("Councils and sponsors"),
        (
            "settle",
            "reconsider",
            "close_meeting",
            "call_meeting",
            "send_minutes",
            "approve_minutes",
            "close_envelope",
            "respond",
            "check_in",
            "attend",
            "vote",
        ),
    ),
    (
        gettext_lazy("Seats and charters"),
        ("fill", "hand_over", "take_over", "endorse", "join", "renew", "acknowledge", "ratify", "review", "unstick"),
    ),
]

EARLIEST, LATEST = -30, 250
MOST_IN_A_CELL = 5


class DaysField(forms.CharField):
    """Working days, several with commas: "-2, 0"; empty: nobody is asked."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").replace("−", "-").strip()
        parts = [part for part in re.split(r"[\s,;]+", text) if part]
        if any(not re.fullmatch(r"[+-]?\d{1,4}", part) for part in parts):
            raise ValidationError(_("Write working days as whole numbers: 2, or -2, 0 for two."))
        days = sorted({int(part) for part in parts})
        if len(days) > MOST_IN_A_CELL or any(not EARLIEST <= day <= LATEST for day in days):
            raise ValidationError(
                _("Up to %(most)d days, from %(earliest)d to %(latest)d.")
                % {"most": MOST_IN_A_CELL, "earliest": EARLIEST, "latest": LATEST}
            )
        return days

    def validate(self, value: Any) -> None:
        """Any list will do, an empty one too."""

    def run_validators(self, value: Any) -> None:
        """The days were looked at one by one."""


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    name: Any
    cells: Sequence[tuple[Any, forms.BoundField]]


@dataclass(frozen=True, slots=True)
class Part:
    name: Any
    lines: Sequence[Line]
    is_open: bool


class LadderForm(forms.Form):
    """One field for each thing that can rest and each who is asked."""

    def __init__(self, *args: Any, base: Ladder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        for kind in ON:
            for target in COLUMNS:
                self.fields[cell(kind, target)] = DaysField(
                    label=f"{ON[kind]}: {COLUMNS[target]}",
                    required=False,
                    widget=forms.TextInput(attrs={"size": 5, "autocomplete": "off"}),
                )
        self.fields["ladder_cadence"] = forms.IntegerField(
            label=_("The council meets every so many working days, or sooner"),
            help_text=_(
                "What a rung put onto its agenda and it has not settled five working days after that goes to the body"
                " above it. 0: it stays with the council."
            ),
            required=False,
            min_value=0,
            max_value=LONGEST_CADENCE,
            widget=forms.NumberInput(attrs={"size": 5, "autocomplete": "off"}),
        )

    @property
    def meets(self) -> forms.BoundField:
        return self["ladder_cadence"]

    @property
    def cadence(self) -> int:
        """As it was filled in; a form that does not ask keeps what stood."""
        if not self.is_bound or "ladder_cadence" not in self.data:
            return self.base.cadence
        return self.cleaned_data.get("ladder_cadence") or 0

    def parts(self) -> list[Part]:
        """The table in parts; the first stands open, and whichever has an error."""
        return [
            Part(
                name,
                lines := [
                    Line(kind, ON[kind], [(COLUMNS[target], self[cell(kind, target)]) for target in COLUMNS])
                    for kind in kinds
                ],
                is_open=place == 0 or any(field.errors for line in lines for _column, field in line.cells),
            )
            for place, (name, kinds) in enumerate(PARTS)
        ]

    def sentences(self) -> list[str]:
        """What the table says as it stands; nothing where it is refused."""
        if self.is_bound and not self.is_valid():
            return []
        return Ladder(tuple(steps_of(self) if self.is_bound else self.base.steps), self.cadence).lines()


def cell(kind: str, target: str) -> str:
    return f"ladder_{kind}_{target}"


def steps_form(rules: Rules, posted: Any = None) -> LadderForm:
    """The ladder of these rules, to be edited."""
    shown: dict[str, Any] = {"ladder_cadence": rules.ladder.cadence}
    for kind in ON:
        for target in COLUMNS:
            days = sorted(step.days for step in rules.ladder.steps if (step.on, step.to) == (kind, target))
            shown[cell(kind, target)] = ", ".join(str(day) for day in days)
    return LadderForm(posted, base=rules.ladder, initial=shown)


def steps_of(form: LadderForm) -> list[Step]:
    """The rungs as they were filled in: kinds in the order that the ladder had them, each by day."""
    kinds = list(dict.fromkeys([*(step.on for step in form.base.steps), *ON]))
    order = list(COLUMNS)
    steps = [
        Step(kind, day, target)
        for kind in kinds
        for target in order
        for day in form.cleaned_data.get(cell(kind, target), [])
    ]
    return sorted(steps, key=lambda step: (kinds.index(step.on), step.days, order.index(step.to)))
