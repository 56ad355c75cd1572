"""Forms about what is kept about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RedactForm(forms.Form):
    also = forms.CharField(
        label=_("Also known as"),
        required=False,
        max_length=300,
        help_text=_("Other names or addresses by which texts call this person, separated by semicolons."),
    )
    own_words = forms.BooleanField(
        label=_("Erase what this person wrote, too"),
        required=False,
        help_text=_("Reasons, notes and remarks. That something was said, decided or promised stays."),
    )
    sure = forms.BooleanField(label=_("I know that this cannot be undone"))

    def clean_also(self) -> list[str]:
        return [word.strip() for word in self.cleaned_data["also"].split(";") if word.strip()]
