"""Forms about what sponsors pledge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from governance.forms.places import MoneyField


class PledgeForm(forms.Form):
    response_days = forms.IntegerField(
        label=gettext_lazy("Answers an escalation within, working days"), min_value=1, max_value=60
    )
    attendance_pledge = forms.IntegerField(
        label=gettext_lazy("Attends at least, % of meetings"), min_value=0, max_value=100
    )
    checkins_a_quarter = forms.IntegerField(label=gettext_lazy("Check-ins a quarter"), min_value=0, max_value=90)
    funding_authority = MoneyField(label=gettext_lazy("May grant up to"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funding_authority"].currency = currency  # type: ignore[attr-defined]
