"""Forms of a file on its way in: which file from where, then what each of its columns says."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.forms.items import ReferenceField, offer
from actions.importing.guessing import DELIMITERS
from actions.importing.mapping import FIELDS
from actions.importing.tables import ENDINGS
from actions.models import FeedbackSource
from actions.queries.uploads import Chosen, Preview, asked_together
from governance.models import Person

DELIMITER_NAMES = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("upright stroke"),
}
ENCODING_NAMES = {
    "gb18030": gettext_lazy("Chinese, mainland (GB18030)"),
    "big5": gettext_lazy("Chinese, traditional (Big5)"),
    "windows-1252": gettext_lazy("Western European (Windows-1252)"),
}
SAMPLE_DAY = datetime(2026, 2, 3, 16, 5)  # noqa: DTZ001 - shows how a date is written, no moment


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, TSV, JSON or XLSX, with the names of the columns in its first line."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    known = ReferenceField(
        label=gettext_lazy("Where it comes from"),
        queryset=FeedbackSource.objects.none(),
        required=False,
        empty_label=gettext_lazy("a new source, named below"),
    )
    source = forms.CharField(
        label=gettext_lazy("Name of the new source"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Such as “Contact centre”. Later files of it are read the same way."),
    )

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = FeedbackSource.objects.visible_to(viewer, now).filter(subject__archived_at=None).order_by("name")
        offer(self, "known", found)
        if not found.exists():
            del self.fields["known"]
            self.fields["source"].label = _("Where it comes from")
            self.fields["source"].required = True

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        known = said.get("known")
        if known is not None and said.get("source"):
            self.add_error("source", _("Choose a source above, or name a new one: not both."))
        elif known is None and not said.get("source") and "source" not in self.errors:
            self.add_error("source", _("Name the source, or choose one that is known."))
        said["source_name"] = known.name if known is not None else said.get("source", "")
        return said


class ColumnsForm(forms.Form):
    """What each column says, as guessed or chosen; and where the file leaves room for doubt, how it is written."""

    def __init__(self, data: Any = None, *, preview: Preview) -> None:
        super().__init__(data, initial=_initial(preview))
        self.preview = preview
        choices = [("", _("leave it out")), *((name, str(label)) for name, label in FIELDS.items())]
        if preview.encodings:
            self.fields["encoding"] = forms.ChoiceField(
                label=_("It is written in"),
                choices=[(one.encoding, f"{ENCODING_NAMES[one.encoding]}: {one.sample}") for one in preview.encodings],
                help_text=_("The file does not say. Choose the one in which the words make sense."),
            )
        for forms_of_dates, names in asked_together(preview.date_choices).items():
            if len(forms_of_dates) > 1:
                self.fields[f"format_{names[0]}"] = forms.ChoiceField(
                    label=_("How “%(field)s” is written")
                    % {"field": _("”, “").join(str(FIELDS[name]) for name in names)},
                    choices=[(one or "iso", _as_written(one)) for one in forms_of_dates],
                    help_text=_("The file fits more than one. The example is 3 February 2026."),
                    required=False,
                )
        self.fields["delimiter"] = forms.ChoiceField(
            label=_("Between columns"), choices=[(sign, DELIMITER_NAMES[sign]) for sign in DELIMITERS]
        )
        for place, column in enumerate(preview.columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(label=column.name, choices=choices, required=False)

    def columns(self) -> list[tuple[Any, Any]]:
        """``(column, its select box)``."""
        return [(column, self[f"column_{place}"]) for place, column in enumerate(self.preview.columns)]

    def doubts(self) -> list[Any]:
        return [self[name] for name in self.fields if name == "encoding" or name.startswith("format_")]


def _initial(preview: Preview) -> dict[str, Any]:
    return {
        "encoding": preview.encoding,
        "delimiter": preview.delimiter,
        **{f"format_{name}": form or "iso" for name, form in preview.formats.items()},
        **{f"column_{place}": column.field for place, column in enumerate(preview.columns)},
    }


def _as_written(form: str) -> str:
    return SAMPLE_DAY.strftime(form) if form else SAMPLE_DAY.isoformat(sep=" ", timespec="minutes")


def chosen_in(posted: Any) -> Chosen:
    """What was chosen in a sent form. Whatever does not fit the file is guessed again."""
    fields: list[str] = []
    while (name := f"column_{len(fields)}") in posted:
        said = posted[name]
        fields.append(said if said in FIELDS else "")
    formats = {
        name.removeprefix("format_"): "" if posted[name] == "iso" else posted[name]
        for name in posted
        if name.startswith("format_")
    }
    delimiter = posted.get("delimiter", "")
    return Chosen(
        fields=fields,
        formats=formats,
        encoding=posted.get("encoding", ""),
        delimiter=delimiter if delimiter in DELIMITERS else "",
    )


def seal(preview: Preview) -> str:
    """Tells whether what is taken in is what was shown."""
    return hashlib.sha256(json.dumps(preview.mapping, sort_keys=True).encode()).hexdigest()[:16]
