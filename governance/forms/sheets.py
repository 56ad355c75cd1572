"""Forms about sheets: a file or pasted rows, and the rows carried from the look to the deed with what was mended."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.errors import Invalid
from governance.plain import is_plain
from governance.sheets import tables
from governance.sheets.showing import field_of
from governance.sheets.tables import Column, Row, Table

MOST_BYTES = 2_000_000


class SheetForm(forms.Form):
    """What somebody has: rows that they paste, or a file."""

    pasted = forms.CharField(
        label=gettext_lazy("Paste rows here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file"),
        required=False,
        help_text=gettext_lazy("CSV, with commas, semicolons or tabs between the cells."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("The file's letters"),
        required=False,
        choices=[
            ("", gettext_lazy("UTF-8, or as the file says")),
            *((name, name.upper()) for name in tables.ENCODINGS),
        ],
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("pasted") or "").strip() and not said.get("file") and not self.errors:
            self.add_error("pasted", _("Paste at least one row, or choose a file."))
        if said.get("file") and said["file"].size > MOST_BYTES:
            self.add_error("file", _("This file is larger than 2 MB. Send it in parts."))
        return said

    def table(self, columns: Sequence[Column]) -> Table:
        """The rows of the file, else of what was pasted. Raises :class:`Invalid` at its field."""
        file = self.cleaned_data.get("file")
        if file:
            return tables.from_bytes(file.read(), columns, stated=self.cleaned_data["encoding"], name=file.name.lower())
        return tables.from_text(self.cleaned_data["pasted"], columns)


def carried(rows: Sequence[Row]) -> str:
    """The rows as one hidden field: JSON, since a form would change their line ends."""
    return json.dumps([[row.number, dict(row.cells), row.fault] for row in rows], ensure_ascii=False)


def mended(sent: QueryDict, columns: Sequence[Column]) -> list[Row]:
    """The rows that were carried, with what was written again. Raises :class:`Invalid` for what we did not send."""
    names = [column.name for column in columns]
    try:
        rows = [_row(one, names) for one in json.loads(sent.get("rows", ""))]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Invalid(_("These rows did not arrive whole. Paste them again."), field="pasted") from error
    if len(rows) > tables.MOST_ROWS:
        raise Invalid(_("Send at most %(most)d rows at a time.") % {"most": tables.MOST_ROWS}, field="pasted")
    found = [_again(row, sent, names) for row in rows]
    for row in found:
        if not is_plain([row.fault, *row.cells.values()]):
            raise Invalid(
                _("Row %(row)d holds what cannot be stored: a NUL, or half a surrogate pair. Paste it again without.")
                % {"row": row.number},
                field="pasted",
            )
    return found


def _row(one: Any, names: Sequence[str]) -> Row:
    number, cells, fault = one
    if (
        not isinstance(number, int)
        or not isinstance(cells, dict)
        or not all(isinstance(cell, str) for cell in cells.values())
    ):
        raise ValueError("not a row of ours")
    return Row(number, {name: cell for name, cell in cells.items() if name in names}, str(fault))


def _again(row: Row, sent: QueryDict, names: Sequence[str]) -> Row:
    """A row with the cells that were written again; a row that was mended is judged anew."""
    said = {name: str(sent[field_of(row.number, name)]) for name in names if field_of(row.number, name) in sent}
    return Row(row.number, {**row.cells, **said}) if said else row
