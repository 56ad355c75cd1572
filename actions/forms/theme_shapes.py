"""Forms that rename, merge and split themes. Services judge; forms only read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, offer
from actions.models import Feedback, Theme
from governance.forms.picking import PickManyField


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("What lands in it stays the same."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class MergeForm(forms.Form):
    into = ReferenceField(
        label=_("Into"),
        queryset=Theme.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=_("It keeps its name. Everything of this theme follows, and its address leads there."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choices: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "into", choices)


class SplitForm(forms.Form):
    name = forms.CharField(label=_("Name of the new theme"), max_length=200)
    topics = forms.MultipleChoiceField(
        label=_("Whole topics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is heard of them later lands in the new theme too."),
    )
    words = forms.CharField(
        label=_("What holds these words"),
        required=False,
        max_length=120,
        help_text=_("All of them, in the topic or the text. It moves what was heard until now."),
    )
    rows = PickManyField(
        label=_("Single pieces of feedback"),
        queryset=Feedback.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, topics: Sequence[tuple[str, str]], heard: QuerySet[Feedback], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]
        self.fields["rows"].queryset = heard  # type: ignore[attr-defined]

    def clean_rows(self) -> list[int]:
        return [row.pk for row in self.cleaned_data["rows"]]
