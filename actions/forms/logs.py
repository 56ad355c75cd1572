"""Forms of an old action log: what is pasted for which council, then what its columns and its owners mean."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.forms.items import ReferenceField, long_field, offer
from actions.forms.uploads import DELIMITER_NAMES
from actions.importing.logbook import FIELDS, MOST_SIGNS
from actions.queries import logs as queries
from actions.queries.logs import TRIAGE, Choices, Group, Option, Plan
from councils.models import Council
from governance.models import Person


class PasteForm(forms.Form):
    council = ReferenceField(
        label=gettext_lazy("Which council oversees them"),
        queryset=Council.objects.none(),
        help_text=gettext_lazy("What is late or declined comes onto its agenda."),
    )
    text = long_field(
        gettext_lazy("The rows of the log"),
        12,
        max_length=MOST_SIGNS,
        help_text=gettext_lazy("Select the table in your spreadsheet, copy it, and paste it here, headings included."),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = queries.preparable(viewer, now)
        offer(self, "council", found)
        only = list(found[:2])
        if len(only) == 1:
            self.fields["council"].initial = only[0]


class PlanForm(forms.Form):
    """What was guessed about a pasted log, to be changed: its columns, its dates, its owners, what is done."""

    def __init__(self, data: Any = None, *, plan: Plan, options: Sequence[Option], choices: Choices) -> None:
        super().__init__(data)
        self.plan = plan
        kinds = [("", _("leave it out")), *((name, str(label)) for name, label in FIELDS.items())]
        for place, chosen in enumerate(plan.fields):
            name = plan.sheet.names[place] if place < len(plan.sheet.names) else ""
            label = name or _("Column %(number)d") % {"number": place + 1}
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=label, choices=kinds, required=False, initial=chosen
            )
        self.fields["sign"] = forms.ChoiceField(
            label=_("Between columns"), choices=list(DELIMITER_NAMES.items()), initial=plan.sheet.delimiter
        )
        self.fields["header"] = forms.ChoiceField(
            label=_("The first line"),
            choices=[("yes", _("names the columns")), ("no", _("is an action already"))],
            initial="yes" if plan.sheet.names else "no",
        )
        if plan.asks_order or choices.day_first is not None:
            self.fields["order"] = forms.ChoiceField(
                label=_("3/2 in this log is"),
                choices=[("", _("Choose")), ("day", _("the third of February")), ("month", _("the second of March"))],
                initial={True: "day", False: "month"}.get(choices.day_first, ""),  # type: ignore[arg-type]
            )
        self.fields["done"] = forms.ChoiceField(
            label=_("Lines that are done already"),
            choices=[("keep", _("keep them as history: no action, nobody is asked")), ("leave", _("leave them out"))],
            initial="keep" if choices.keeps_done else "leave",
        )
        for group in plan.groups:
            self.fields[f"owner_{group.key}"] = forms.ChoiceField(
                label=group.owner or _("no owner"),
                choices=_owners(group, options),
                required=False,
                initial=group.chosen,
            )

    def columns(self) -> list[tuple[Any, list[str]]]:
        """``(select box, some values)`` of each column."""
        return [
            (
                self[f"column_{place}"],
                list(
                    dict.fromkeys(
                        cells[place] for _n, cells in self.plan.sheet.lines if len(cells) > place and cells[place]
                    )
                )[:3],
            )
            for place in range(len(self.plan.fields))
        ]

    def owners(self) -> list[tuple[Group, Any]]:
        """``(lines of one owner, its select box)``, those first that somebody has to choose."""
        found = [(group, self[f"owner_{group.key}"]) for group in self.plan.groups]
        return sorted(found, key=lambda pair: (bool(pair[0].chosen), pair[0].chosen != TRIAGE))

    def asked(self) -> list[Any]:
        return [self[name] for name in ("order", "done") if name in self.fields and (name != "done" or self.plan.done)]

    def reading(self) -> list[Any]:
        return [self["header"], self["sign"]]


def _owners(group: Group, options: Sequence[Option]) -> list[tuple[str, Any]]:
    triage = (TRIAGE, _("Nobody of these: %(who)s finds an owner") % {"who": group.fallback})
    likely = [(one.reference, one.label) for one in ([group.sure] if group.sure else group.options)]
    near = {reference for reference, _label in likely}
    rest = [(one.reference, one.label) for one in options if one.reference not in near]
    made: list[tuple[str, Any]] = []
    if not group.sure and group.options:
        made.append(("", _("Choose who is meant")))
    if likely:
        made.append((_("Meant, perhaps") if not group.sure else _("Found"), likely))
    made += [triage, (_("All working seats"), rest)]
    return made


def choices_in(posted: Any) -> Choices:
    """What was chosen in a sent form; what does not fit is guessed again."""
    fields: list[str] = []
    while (name := f"column_{len(fields)}") in posted:
        fields.append(posted[name] if posted[name] in FIELDS else "")
    return Choices(
        fields=fields,
        sign=posted.get("sign", "") if posted.get("sign", "") in DELIMITER_NAMES else "",
        has_header={"yes": True, "no": False}.get(posted.get("header", "")),
        day_first={"day": True, "month": False}.get(posted.get("order", "")),
        keeps_done=posted.get("done", "keep") != "leave",
        owners={
            name.removeprefix("owner_"): posted[name] for name in posted if name.startswith("owner_") and posted[name]
        },
    )


def seal(plan: Plan) -> str:
    """Tells whether what is taken over is what was shown."""
    said = [
        (one.line.key, one.line.due, one.fate, one.seat.pk if one.seat and one.fate == "action" else None)
        for one in plan.lines
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
