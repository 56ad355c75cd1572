"""Forms about help."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Answer
from governance.services.helping import LONGEST


class AnswerForm(forms.Form):
    """What whoever was asked says; no answer is chosen for them."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=Answer.choices, widget=forms.RadioSelect)
    said = forms.CharField(
        label=_("In a sentence"),
        max_length=LONGEST,
        help_text=_("It stands on record where the work stands; whoever owes it reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
