"""Forms about what a meeting leaves undecided, and about votes in writing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from councils.forms.meetings import BY_CONSENT
from councils.models import Choice
from councils.queries.ballots import Count
from governance.forms.needed import needed


class UndecidedForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is not decided"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The reason stays with it. A vote in writing follows, then the body above."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class VoteForm(forms.Form):
    """One seat's vote in writing; the reason is why it stands aside."""

    seat = forms.ChoiceField(label=gettext_lazy("For the seat"), required=False)
    choice = forms.ChoiceField(label=gettext_lazy("Vote"), widget=forms.RadioSelect)
    reason = needed(
        gettext_lazy("needed where you stand aside on your own"),
        forms.CharField(label=gettext_lazy("Why you stand aside"), max_length=300, required=False),
    )

    def __init__(self, *args: Any, count: Count, by_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = [(paper.sitting.seat.reference, paper.sitting.seat.title) for paper in count.mine]
        self.fields["seat"].choices = seats  # type: ignore[attr-defined]  # a choice field
        if len(seats) == 1:
            self.fields["seat"].widget = forms.HiddenInput()
            self.fields["seat"].initial = seats[0][0]
        self.fields["choice"].choices = (  # type: ignore[attr-defined]  # a choice field
            list(BY_CONSENT.items()) if by_consent else Choice.choices
        )
        cast = next((paper.vote for paper in count.mine if paper.vote is not None), None)
        if cast is not None:
            self.fields["choice"].initial, self.fields["reason"].initial = cast.choice, cast.reason
