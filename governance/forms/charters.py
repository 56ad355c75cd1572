"""The charter editor: one group of fields a clause, only for clauses that something enforces."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.clauses import (
    APPROVERS,
    CLAUSES,
    DELEGATES,
    FORMALITIES,
    LONGEST_GAP,
    LONGEST_LOOK,
    MINUTES_BY,
    MOST_HEARD,
    PERIODS,
    THRESHOLDS,
    TIES,
    VERIFIERS,
    WHOLES,
    Representation,
    Represented,
    Rules,
    Terms,
)
from governance.clauses.closing import LATEST_READING, MOST_EVIDENCE, SHOWS, SOONEST_READING
from governance.clauses.keeping import LONGEST_PROVISION, LONGEST_REVIEW, MOST_RENEWALS, OF_PROGRAMME
from governance.clauses.recording import LONGEST_WINDOW
from governance.clauses.recusing import ASIDE, CHAIRED_BY
from governance.clauses.rules import check_chairs, check_delegated
from governance.clauses.sitting import LONGEST_VOTE
from governance.errors import Invalid
from governance.forms.ladders import LadderForm, steps_form, steps_of
from governance.forms.needed import needed
from governance.forms.places import HoursField, MoneyField
from governance.models import Person, Subject, SubjectKind
from governance.queries import representing

__all__ = ["NAMES", "LadderForm", "RulesForm", "initial_of", "steps_form", "steps_of"]

SPARE_ROWS = 3
"""Empty lines below the departments that are named, for adding without JavaScript."""

GROUPS: dict[str, list[str]] = {
    "quorum": ["quorum_minimum", "quorum_chair_required"],
    "represented": ["represented_otherwise"],
    "voting": ["voting_threshold", "voting_of", "voting_tie"],
    "right": [
        "right_per_decision",
        "right_period",
        "right_per_period",
        "right_hours_per_decision",
        "right_hours_per_period",
        "right_business_case_above",
        "right_risk_note_above",
    ],
    "verifying": ["verifying_verifier"],
    "terms": [f"terms_{term.name}" for term in fields(Terms)],
    "provisional": ["provisional_days"],
    "review": ["review_months"],
    "promising": ["promising_renewals", "promising_approver", "promising_within"],
    "delegation": [
        "delegation_to",
        "delegation_per_allocation",
        "delegation_period",
        "delegation_per_period",
        "delegation_until",
        "delegation_by_signature",
    ],
    "written": ["written_days"],
    "chair": ["chair_allowed", "chair_up_to"],
    "recusal": ["recusal_must", "recusal_stays", "recusal_chaired_by"],
    "closure": ["closure_minimum", *(f"closure_{kind}" for kind in SHOWS), "closure_unverified"],
    "windows": ["windows_first", "windows_second", "windows_third"],
    "cadence": ["cadence_weeks"],
    "formality": ["formality_level"],
    "agenda": ["agenda_heard", "agenda_days", "agenda_waiting"],
    "minutes": ["minutes_approval", "minutes_send", "minutes_window", "minutes_within"],
}
MONEY = (
    "right_per_decision",
    "right_per_period",
    "right_business_case_above",
    "right_risk_note_above",
    "delegation_per_allocation",
    "delegation_per_period",
    "chair_up_to",
)
NAMES: dict[str, Any] = {
    "quorum": gettext_lazy("Quorum"),
    "represented": gettext_lazy("Representation"),
    "voting": gettext_lazy("Voting"),
    "right": gettext_lazy("Decision right"),
    "ladder": gettext_lazy("Ladder"),
    "verifying": gettext_lazy("Verification"),
    "terms": gettext_lazy("Terms"),
    "provisional": gettext_lazy("Provisional ratification"),
    "review": gettext_lazy("Review"),
    "promising": gettext_lazy("Moving a promise"),
    "delegation": gettext_lazy("Allocating without a meeting"),
    "written": gettext_lazy("Voting in writing"),
    "chair": gettext_lazy("Decided by the chair alone"),
    "recusal": gettext_lazy("Standing aside"),
    "closure": gettext_lazy("Closing"),
    "windows": gettext_lazy("Did it work?"),
    "cadence": gettext_lazy("How often it meets"),
    "formality": gettext_lazy("Formality"),
    "agenda": gettext_lazy("What reaches the agenda by itself"),
    "minutes": gettext_lazy("Minutes"),
}
TERMS: dict[str, Any] = {
    "accept": gettext_lazy("Accept or decline"),
    "answer": gettext_lazy("Answer what was heard"),
    "set_date": gettext_lazy("Promise a date"),
    "verify": gettext_lazy("Verify"),
    "request": gettext_lazy("Answer another department's request"),
    "confirm": gettext_lazy("Confirm what was delivered"),
    "settle": gettext_lazy("Settle what stands on the agenda"),
    "close": gettext_lazy("Close an envelope whose period is over"),
    "respond": gettext_lazy("Answer an escalation"),
    "fill": gettext_lazy("Fill a vacant seat"),
    "hand_over": gettext_lazy("Hand over a leaver's work"),
    "take_over": gettext_lazy("Accept or restate dates taken over"),
    "acknowledge": gettext_lazy("Acknowledge rules and roster"),
    "ratify": gettext_lazy("Ratify or refuse a charter"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one clause, and what they say as they stand (empty where they say nothing valid)."""

    clause: str
    name: Any
    fields: Sequence[forms.BoundField]
    sentence: str
    rows: Sequence[tuple[forms.BoundField, forms.BoundField]] = ()
    error: str = ""


class RulesForm(forms.Form):
    """The clauses but the ladder, which is a table of its own (:mod:`governance.forms.ladders`).

    Terms that hold for the whole programme are offered in its default charter alone; elsewhere they would say nothing.
    """

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    purpose = forms.CharField(label=gettext_lazy("Purpose"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    quorum_minimum = forms.IntegerField(
        label=gettext_lazy("Voting seats that must be taken"), min_value=1, max_value=99
    )
    quorum_chair_required = forms.BooleanField(label=gettext_lazy("The chair's among them"), required=False)
    represented_otherwise = forms.ChoiceField(
        label=gettext_lazy("A decision without one of them is"),
        choices=[
            ("advisory", gettext_lazy("advisory: the matter stays on the agenda")),
            ("valid", gettext_lazy("valid, and says who was missing")),
        ],
    )
    voting_threshold = forms.ChoiceField(label=gettext_lazy("A motion carries with"), choices=list(THRESHOLDS.items()))
    voting_of = forms.ChoiceField(
        label=gettext_lazy("Of"),
        choices=list(WHOLES.items()),
        help_text=gettext_lazy("Consent has no share: there it does not matter."),
    )
    voting_tie = forms.ChoiceField(
        label=gettext_lazy("A tie"),
        choices=list(TIES.items()),
        help_text=gettext_lazy("Only a majority can end in a tie."),
    )
    right_per_decision = MoneyField(label=gettext_lazy("One decision may commit up to"))
    right_period = forms.ChoiceField(
        label=gettext_lazy("All decisions together are limited in a"), choices=list(PERIODS.items()), required=False
    )
    right_per_period = MoneyField(label=gettext_lazy("To"), required=False)
    right_hours_per_decision = HoursField(
        label=gettext_lazy("Person-time, by one decision up to"),
        required=False,
        help_text=gettext_lazy("Hours. Empty: no limit."),
    )
    right_hours_per_period = HoursField(
        label=gettext_lazy("Person-time, in the same period together up to"),
        required=False,
        help_text=gettext_lazy("Hours. Empty: no limit."),
    )
    right_business_case_above = MoneyField(
        label=gettext_lazy("Who asks for more than this writes a business case"),
        required=False,
        help_text=gettext_lazy("Empty: for more than one decision may commit."),
    )
    right_risk_note_above = MoneyField(
        label=gettext_lazy("What commits more than this is decided with its risks written down"),
        required=False,
        help_text=gettext_lazy("Empty: never asked for."),
    )
    verifying_verifier = forms.ChoiceField(label=gettext_lazy("Who verifies"), choices=list(VERIFIERS.items()))
    provisional_days = forms.IntegerField(
        label=gettext_lazy("Days for which a first version may hold before it is ratified"),
        min_value=0,
        max_value=LONGEST_PROVISION,
        help_text=gettext_lazy("0: it holds once it is ratified, and not before."),
    )
    review_months = forms.IntegerField(
        label=gettext_lazy("Months after which these rules are reviewed"),
        min_value=0,
        max_value=LONGEST_REVIEW,
        help_text=gettext_lazy("0: no day is set."),
    )
    promising_renewals = forms.IntegerField(
        label=gettext_lazy("How often the promise of one action may be moved without the council"),
        min_value=0,
        max_value=MOST_RENEWALS,
        help_text=gettext_lazy("0: only the council moves a promised date."),
    )
    promising_approver = forms.ChoiceField(label=gettext_lazy("Who approves it"), choices=list(APPROVERS.items()))
    promising_within = forms.IntegerField(
        label=gettext_lazy("Working days within which that is answered"), min_value=1, max_value=250
    )
    written_days = forms.IntegerField(
        label=gettext_lazy("Working days for which a written vote is open"),
        min_value=0,
        max_value=LONGEST_VOTE,
        help_text=gettext_lazy("0: nothing is decided in writing."),
    )
    chair_allowed = forms.BooleanField(
        label=gettext_lazy("The chair may decide alone"),
        required=False,
        help_text=gettext_lazy("It lapses unless the next meeting ratifies it."),
    )
    chair_up_to = MoneyField(
        label=gettext_lazy("What commits up to"),
        required=False,
        help_text=gettext_lazy("Empty: only what commits nothing."),
    )
    recusal_must = forms.ChoiceField(label=gettext_lazy("Who has to stand aside"), choices=list(ASIDE.items()))
    recusal_stays = forms.BooleanField(
        label=gettext_lazy("Whoever stands aside may stay and speak"),
        required=False,
        help_text=gettext_lazy("Otherwise they leave the room for it. They never count."),
    )
    recusal_chaired_by = forms.ChoiceField(
        label=gettext_lazy("Who chairs where the chair stands aside"), choices=list(CHAIRED_BY.items())
    )
    delegation_to = forms.ChoiceField(
        label=gettext_lazy("Who may allocate what an owner asks for"),
        choices=list(DELEGATES.items()),
        required=False,
    )
    delegation_per_allocation = needed(
        gettext_lazy("needed where somebody may allocate"), MoneyField(label=gettext_lazy("At a time up to"))
    )
    delegation_period = forms.ChoiceField(
        label=gettext_lazy("All of it together is limited in a"), choices=list(PERIODS.items()), required=False
    )
    delegation_per_period = needed(
        gettext_lazy("needed where a period is chosen"), MoneyField(label=gettext_lazy("To"))
    )
    delegation_until = needed(
        gettext_lazy("needed where somebody may allocate"),
        forms.DateField(
            label=gettext_lazy("Until"),
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text=gettext_lazy("The last day. After it everything goes to the council again."),
        ),
    )
    delegation_by_signature = forms.BooleanField(
        label=gettext_lazy("The sponsor may sign an allocation, within the sponsor's funding authority"),
        required=False,
    )
    closure_minimum = forms.IntegerField(
        label=gettext_lazy("Pieces of evidence before work is said to be done"),
        min_value=1,
        max_value=MOST_EVIDENCE,
        help_text=gettext_lazy("What is ticked below counts."),
    )
    closure_file = forms.BooleanField(label=gettext_lazy("A file counts"), required=False)
    closure_link = forms.BooleanField(label=gettext_lazy("A link counts"), required=False)
    closure_reading = forms.BooleanField(label=gettext_lazy("A reading of a metric counts"), required=False)
    closure_note = forms.BooleanField(label=gettext_lazy("What was seen, in words, counts"), required=False)
    closure_unverified = forms.BooleanField(
        label=gettext_lazy("The council may accept work as it is, unverified"), required=False
    )
    windows_first = forms.IntegerField(
        label=gettext_lazy("Days after the verification on which the KPI is read"),
        min_value=SOONEST_READING,
        max_value=LATEST_READING,
        help_text=gettext_lazy("Holds for what is accepted from now on."),
    )
    windows_second = forms.IntegerField(
        label=gettext_lazy("And again after"), min_value=0, max_value=LATEST_READING, required=False
    )
    windows_third = forms.IntegerField(
        label=gettext_lazy("And a last time after"),
        min_value=0,
        max_value=LATEST_READING,
        required=False,
        help_text=gettext_lazy("Empty: not again."),
    )
    cadence_weeks = forms.IntegerField(
        label=gettext_lazy("Weeks from one meeting to the next, at most"),
        min_value=0,
        max_value=LONGEST_GAP,
        help_text=gettext_lazy(
            "Where none is held in time and none is called, the secretary owes calling one. 0: not set."
        ),
    )
    formality_level = forms.ChoiceField(
        label=gettext_lazy("What is kept of its meetings"), choices=list(FORMALITIES.items())
    )
    agenda_heard = forms.IntegerField(
        label=gettext_lazy("A theme reaches the agenda by itself when it was heard so often"),
        min_value=0,
        max_value=MOST_HEARD,
        help_text=gettext_lazy("0: not by how often it was heard."),
    )
    agenda_days = forms.IntegerField(label=gettext_lazy("Within so many days"), min_value=1, max_value=LONGEST_LOOK)
    agenda_waiting = forms.IntegerField(
        label=gettext_lazy("Or with so many open mentions, while nobody answered"),
        min_value=0,
        max_value=MOST_HEARD,
        help_text=gettext_lazy("0: not by what is open."),
    )
    minutes_approval = forms.ChoiceField(label=gettext_lazy("Who approves minutes"), choices=list(MINUTES_BY.items()))
    minutes_send = forms.IntegerField(
        label=gettext_lazy("Working days within which they go out"), min_value=1, max_value=250
    )
    minutes_window = forms.IntegerField(
        label=gettext_lazy("Working days for comments"), min_value=1, max_value=LONGEST_WINDOW
    )
    minutes_within = forms.IntegerField(
        label=gettext_lazy("Working days to approve them after that"),
        min_value=1,
        max_value=250,
        help_text=gettext_lazy("Where silence approves, this does not matter."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        currency: str,
        enforced: list[str],
        is_new: bool,
        is_default: bool = False,
        viewer: Person,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.now, self.viewer, self.is_default = currency, now, viewer, is_default
        for name in MONEY:
            self.fields[name].currency = currency  # type: ignore[attr-defined]
        for name, label in TERMS.items():
            if name in OF_PROGRAMME and not is_default:
                continue
            self.fields[f"terms_{name}"] = forms.IntegerField(label=label, min_value=1, max_value=250)
        for clause, names in GROUPS.items():
            if clause not in enforced:
                for name in names:
                    self.fields.pop(name, None)
        if is_new is False:
            del self.fields["title"]
        self.rows = self._add_rows() if "represented" in enforced else 0

    def _add_rows(self) -> int:
        """A line for each department that is named, and some to spare; what was sent keeps its lines."""
        prefix = "represented_department_"
        sent = [key for key in self.data if key.startswith(prefix) and self.data[key]]
        named = [key for key, value in self.initial.items() if key.startswith(prefix) and value]
        last = max(
            (int(key.removeprefix(prefix)) for key in [*sent, *named] if key[len(prefix) :].isdecimal()), default=-1
        )
        count = min(last, 80) + 1 + SPARE_ROWS
        departments = _choices(representing.departments(self.viewer, self.now), _("nobody has to be"))
        voices = _choices(representing.voices(self.viewer, self.now), _("its own seat or champion"))
        for number in range(count):
            self.fields[f"{prefix}{number}"] = forms.ChoiceField(
                label=_("Department"), choices=departments, required=False
            )
            self.fields[f"represented_by_{number}"] = forms.ChoiceField(label=_("By"), choices=voices, required=False)
        return count

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for clause in GROUPS:
            try:
                made = self._clause(clause, said)
                if made is not None:
                    made.check()
            except Invalid as error:
                self.add_error(_field_of(clause, error), str(error))
            except KeyError:
                continue  # a field of it is refused already
        self._check_together(said)
        return said

    def _check_together(self, said: dict[str, Any]) -> None:
        """What one clause says must fit what another says: nobody delegates more than they have."""
        try:
            right, delegation = self._clause("right", said), self._clause("delegation", said)
            if right is not None and delegation is not None:
                check_delegated(right, delegation)
        except Invalid as error:
            self.add_error("delegation_per_allocation", str(error))
        except KeyError:
            return
        try:
            chair = self._clause("chair", said)
            if right is not None and chair is not None:
                check_chairs(right, chair)
        except Invalid as error:
            self.add_error("chair_up_to", str(error))
        except KeyError:
            return

    def _clause(self, clause: str, said: dict[str, Any]) -> Any:
        """The clause as its fields say it, None where it is not offered; ``KeyError`` where one of them is refused."""
        names = GROUPS[clause]
        if names[0] not in self.fields:
            return None
        values = {
            name.removeprefix(f"{clause}_"): said[name] if name in self.fields else self.initial[name] for name in names
        }
        if clause == "represented":
            return Represented(self._named(said), values["otherwise"])
        if clause == "right":
            values |= {"currency": self.currency, "per_period": values["per_period"] or 0}
            if not values["period"]:
                # what was typed for no period says nothing
                values |= {"per_period": 0, "hours_per_period": None}
        if clause == "delegation":
            values = _delegated(values, self.currency)
        if clause == "chair":
            up_to = (values["up_to"] or 0) if values["allowed"] else 0
            values = {**values, "up_to": up_to, "currency": self.currency}
        if clause == "windows":
            values = {name: given or 0 for name, given in values.items()}
        if clause == "voting":
            values["of"] = "cast" if values["threshold"] == "consent" else values["of"]
            values["tie"] = values["tie"] if values["threshold"] == "majority" else "fails"
        return CLAUSES[clause](**values)

    def _named(self, said: dict[str, Any]) -> tuple[Representation, ...]:
        titles = {}
        for name in ("represented_department_0", "represented_by_0"):
            for _kind, choices in self.fields[name].choices[1:]:  # type: ignore[attr-defined]  # a choice field
                titles.update(choices)
        rows = [(said[f"represented_department_{row}"], said[f"represented_by_{row}"]) for row in range(self.rows)]
        return tuple(
            Representation(department, titles[department], by, titles.get(by, ""))
            for department, by in rows
            if department
        )

    def groups(self) -> list[Group]:
        """The clauses to edit, each with its bound fields and its sentence."""
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else self._shown()
        found = []
        for clause, names in GROUPS.items():
            if names[0] not in self.fields:
                continue
            rows = [
                (self[f"represented_department_{row}"], self[f"represented_by_{row}"])
                for row in range(self.rows if clause == "represented" else 0)
            ]
            offered = [self[name] for name in names if name in self.fields]
            found.append(Group(clause, NAMES[clause], offered, self._says(clause, values), rows))
        return found

    def _shown(self) -> dict[str, Any]:
        return {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}

    def _says(self, clause: str, values: dict[str, Any]) -> str:
        try:
            made = self._clause(clause, values)
            made.check()
            return str(made.of_council() if clause == "terms" and not self.is_default else made.sentence())
        except (Invalid, KeyError, TypeError):
            return ""

    def rules(self, base: Rules, steps: list[Any], cadence: int) -> Rules:
        """The clauses as they were filled in; those that are not offered stay as they are in ``base``."""
        made = {clause: self._clause(clause, self.cleaned_data) for clause in GROUPS}
        offered = {clause: value for clause, value in made.items() if value is not None}
        return replace(base, **offered, ladder=replace(base.ladder, steps=tuple(steps), cadence=cadence))


_AT = {"right": "right_per_period", "represented": "represented_otherwise"}
"""The field at which a clause's error is shown, where it is not the clause's first."""


def _field_of(clause: str, error: Invalid) -> str:
    """The field that the error is about: the one that it names, or the one that stands for its clause."""
    named = f"{clause}_{error.facts.get('part', '')}"
    return named if named in GROUPS[clause] else _AT.get(clause, GROUPS[clause][0])


def _delegated(values: dict[str, Any], currency: str) -> dict[str, Any]:
    """What was typed while nobody may allocate says nothing; a day is kept as ISO text."""
    until = values["until"]
    day = until if isinstance(until, str) else until.isoformat() if until else ""
    if not values["to"]:
        return {"by_signature": values["by_signature"], "currency": currency}
    amounts = {name: values[name] or 0 for name in ("per_allocation", "per_period")}
    if not values["period"]:
        amounts["per_period"] = 0
    return {**values, **amounts, "until": day, "currency": currency}


def _choices(subjects: QuerySet[Subject], empty: str) -> list[tuple[str, Any]]:
    """Choices by reference, under the kind of thing."""
    rows = subjects.values_list("kind", "reference", "title")
    grouped = [
        (str(SubjectKind(kind).label).capitalize(), [(reference, title) for _kind, reference, title in listed])
        for kind, listed in groupby(rows, key=lambda row: row[0])
    ]
    return [("", empty), *grouped]


def initial_of(rules: Rules) -> dict[str, Any]:
    """What the form shows for these rules."""
    shown: dict[str, Any] = {}
    for clause, names in GROUPS.items():
        for name in names:
            shown[name] = getattr(getattr(rules, clause), name.removeprefix(f"{clause}_"))
    if not rules.right.period:
        shown["right_per_period"] = None
    for name in (
        "windows_second",
        "windows_third",
        "delegation_per_allocation",
        "delegation_per_period",
        "chair_up_to",
    ):
        shown[name] = shown[name] or None
    for row, one in enumerate(rules.represented.departments):
        shown[f"represented_department_{row}"], shown[f"represented_by_{row}"] = one.department, one.by
    return shown
