"""Forms about minutes: prose, comments and their answers, corrections."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.models import MinutesItem
from councils.services.minutes import LONGEST_COMMENT, LONGEST_PROSE, LONGEST_REASON

NOTE = "note_"


class ProseForm(forms.Form):
    """The introduction, and a note for each matter: nothing of what is recorded."""

    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        required=False,
        max_length=LONGEST_PROSE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What a reader should know first. Empty: none."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: Sequence[MinutesItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            self.fields[f"{NOTE}{row.item.reference}"] = forms.CharField(
                label=_("%(number)d. %(title)s") % {"number": row.position, "title": row.item.title},
                required=False,
                max_length=LONGEST_PROSE,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def notes(self) -> dict[str, str]:
        """The notes by the matter's reference."""
        return {name.removeprefix(NOTE): said for name, said in self.cleaned_data.items() if name.startswith(NOTE)}


class CommentForm(forms.Form):
    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What should be different"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, rows: Sequence[MinutesItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        matters = [(row.item.reference, f"{row.position}. {row.item.title}") for row in rows]
        self.fields["about"].choices = [("", _("the whole")), *matters]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("What was changed, or why nothing was"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CorrectForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What is wrong with them"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands in the new version. What was approved stays, and can be read."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
