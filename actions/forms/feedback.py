"""Forms about what was heard: narrowing lists, answering, proposing, routing rules. Services judge; forms only read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.items import ReferenceField, day_field, long_field, offer
from actions.models import FeedbackSource, RoutingRule, Theme
from councils.models import Council
from governance.models import Department, Person
from governance.queries import departments


class _Narrow(forms.Form):
    """Choices are what the viewer may see; anything else answers like what does not exist."""

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "department", departments.listed(viewer, now))
        offer(self, "source", FeedbackSource.objects.visible_to(viewer, now).order_by("name"))
        if "theme" in self.fields:
            offer(self, "theme", Theme.objects.visible_to(viewer, now))


class ThemesNarrowForm(_Narrow):
    department = ReferenceField(label=_("Department"), queryset=Department.objects.none(), required=False)
    source = ReferenceField(label=_("Source"), queryset=FeedbackSource.objects.none(), required=False)
    answer = forms.ChoiceField(
        label=_("Answer"), choices=[("", _("any")), ("owed", _("owed")), ("given", _("given"))], required=False
    )
    heard_from = day_field(_("First heard from"), required=False)
    words = forms.CharField(label=_("Name contains"), max_length=120, required=False)


class FeedbackNarrowForm(_Narrow):
    source = ReferenceField(label=_("Source"), queryset=FeedbackSource.objects.none(), required=False)
    department = ReferenceField(label=_("Department"), queryset=Department.objects.none(), required=False)
    theme = ReferenceField(label=_("Theme"), queryset=Theme.objects.none(), required=False, widget=forms.HiddenInput)
    target = forms.ChoiceField(
        label=_("Target set by the source"),
        choices=[("", _("any")), ("with", _("with a target")), ("without", _("no target"))],
        required=False,
    )
    state = forms.ChoiceField(
        label=_("At the source"), choices=[("", _("any")), ("open", _("open")), ("closed", _("closed"))], required=False
    )


class AnswerForm(forms.Form):
    department = ReferenceField(label=_("For"), queryset=Department.objects.none())
    text = long_field(
        _("What we will do"),
        4,
        help_text=_("In words that whoever said it would understand. It is kept, and the duty to answer is done."),
    )

    def __init__(self, *args: Any, choices: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self, "department", Department.objects.filter(pk__in=[one.pk for one in choices]).select_related("subject")
        )
        if len(choices) == 1:
            self.fields["department"].initial = choices[0]


class ProposeForm(forms.Form):
    council = ReferenceField(label=_("Council"), queryset=Council.objects.none())
    ask = long_field(_("What the council is asked"), 2, required=False)

    def __init__(self, *args: Any, choices: Sequence[Council], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "council", Council.objects.filter(pk__in=[one.pk for one in choices]).select_related("subject"))


class RuleForm(forms.Form):
    position = forms.IntegerField(
        label=_("Position"), min_value=1, max_value=1_000_000, initial=100, help_text=_("Lower is tried first.")
    )
    source = ReferenceField(label=_("Where the source is"), queryset=FeedbackSource.objects.none(), required=False)
    topic_contains = forms.CharField(label=_("Where the topic contains"), max_length=120, required=False)
    from_department = ReferenceField(
        label=_("Where the source names"), queryset=Department.objects.none(), required=False
    )
    to_department = ReferenceField(label=_("It goes to"), queryset=Department.objects.none())
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "source", FeedbackSource.objects.visible_to(viewer, now).order_by("name"))
        for name in ("from_department", "to_department"):
            offer(self, name, departments.listed(viewer, now))


def initial_of(rule: RoutingRule) -> dict[str, Any]:
    """What the form shows for a rule."""
    names = ("position", "source", "topic_contains", "from_department", "to_department", "is_active", "version")
    return {name: getattr(rule, name) for name in names}
