"""The fields that fix what will show whether an action worked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem
from actions.services.outcomes import free_shares
from actions.shares import ALL
from governance.clauses import in_days
from governance.forms.metrics import MetricField, Scaled, read
from governance.models import Metric, Person
from governance.numbers import plain
from governance.queries import metrics


class KpiField(MetricField):
    """Metrics; of those whose change others count as their own in part, how much is free."""

    free: Mapping[int, int] = {}
    """Percent by metric."""

    def label_from_instance(self, obj: Metric) -> str:
        label, free = super().label_from_instance(obj), self.free.get(obj.pk, ALL)
        return label if free == ALL else gettext("%(metric)s, %(free)d %% free") % {"metric": label, "free": free}


class AimFields(forms.Form):
    """One KPI with its target, or why there is none."""

    metric = KpiField(
        label=_("The one KPI that will show whether it worked"),
        queryset=Metric.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    target = Scaled(label=_("It has worked at"))
    share = forms.IntegerField(
        label=_("Share of the change that is ours, %"),
        min_value=1,
        max_value=100,
        initial=100,
        required=False,
        help_text=_("Several actions on one KPI share at most 100 %."),
    )
    because = forms.CharField(label=_("Or why it has no KPI"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def offer_metrics(self, action: ActionItem, viewer: Person, now: datetime, days: Sequence[int]) -> None:
        """The metrics that may be chosen, and on which days after the verification the chosen one is read."""
        field, offered = self.fields["metric"], metrics.listed(viewer, now)
        if isinstance(field, KpiField):
            field.queryset = offered
            field.free = free_shares(action, [metric.pk for metric in offered], now=now)
        self.fields["metric"].help_text = _("Fixed from now on. It is read %(days)s after the work is verified.") % {
            "days": in_days(tuple(days))
        }

    def show_metric(self, metric: Metric, target: int | None) -> None:
        self.fields["metric"].initial = metric.pk
        self.fields["target"].initial = plain(target, metric.scale) if target is not None else ""

    def read_target(self) -> None:
        """The target in the metric's scale; what is no number is said at its field."""
        metric = self.cleaned_data.get("metric")
        if metric is not None:
            read(self, ("target",), metric.scale)
        elif self.cleaned_data.get("target"):
            self.add_error("metric", _("Choose the KPI that this is the target of."))

    @staticmethod
    def aim_of(said: dict[str, Any]) -> dict[str, Any]:
        """Take the aim's fields out of what was said."""
        names = (
            "metric", "target", "share", "because", "baseline_from", "baseline_until", "effect_from", "effect_until",
        )  # fmt: skip
        found = {name: said.pop(name) for name in names if name in said}
        found["share"] = found.get("share") or 100
        return found
