"""Forms of an agenda: what is read beforehand, and what goes by consent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from councils.services.pre_reads import LONGEST
from governance.keys import whole


class PreReadForm(forms.Form):
    """A link or words, with a name."""

    title = forms.CharField(label=gettext_lazy("What it is"), max_length=150)
    link = forms.CharField(
        label=gettext_lazy("Link"), max_length=500, required=False, widget=forms.URLInput,
        help_text=gettext_lazy("Or write below what is to be read."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Words"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "pre_read_%s")
        super().__init__(*args, **kwargs)


class ConsentForm(forms.Form):
    """The items that were read out, each as ``reference:version``."""

    items = forms.CharField(widget=forms.MultipleHiddenInput, required=False)

    def clean_items(self) -> dict[str, int]:
        said = self.data.getlist("items") if hasattr(self.data, "getlist") else []
        pairs = [one.partition(":") for one in said]
        seen = {reference: whole(version) for reference, _colon, version in pairs}
        if any(version is None for version in seen.values()):
            raise forms.ValidationError(gettext_lazy("Look at the list as it stands now."))
        return {reference: version for reference, version in seen.items() if version is not None}
