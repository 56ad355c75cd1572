"""What a KPI said before and after an action: observations put together as one side each."""

from datetime import date

from actions import effects
from actions.effects import Kind, Sample
from governance.models import Metric, Observation, Unit

KINDS: dict[str, Kind] = {Unit.PERCENT: Kind.SHARE, Unit.NPS: Kind.NPS, Unit.COUNT: Kind.RATE}
"""What kind of figure a unit is; the others are means."""


def kind_of(metric: Metric) -> Kind:
    return KINDS.get(metric.unit, Kind.MEAN)


def seen(metric: Metric, first: date, last: date) -> list[Observation]:
    """What holds for each day from ``first`` to ``last``, the oldest first."""
    return list(
        Observation.objects.filter(metric=metric, corrected_by=None, on__gte=first, on__lte=last).order_by("on", "pk")
    )


def side(metric: Metric, observed: list[Observation]) -> Sample | None:
    """These observations as one sample in the metric's unit; None of nothing.

    Where one of them does not say of how many it is, the whole side does not: a size is never guessed.
    """
    if not observed:
        return None
    scale, kind = 10**metric.scale, kind_of(metric)
    bare = Sample(sum(one.value for one in observed) / scale / len(observed))
    if kind is Kind.RATE:
        # Each value counts what happened since the one before it; the rate is that of one reading.
        return effects.rate(sum(one.value for one in observed) // scale, len(observed)) if bare.value >= 0 else bare
    if kind is Kind.MEAN:
        return effects.pooled(
            effects.mean(one.value / scale, one.answers, (one.spread or 0) / scale)
            if one.answers is not None
            else Sample(one.value / scale)
            for one in observed
        )
    if any(one.denominator is None for one in observed):
        return bare
    whole, part = sum(one.denominator or 0 for one in observed), sum(one.numerator or 0 for one in observed)
    if kind is Kind.SHARE:
        return effects.share(part, whole)
    if any(one.detractors is None for one in observed):
        return bare
    return effects.nps(part, sum(one.detractors or 0 for one in observed), whole)
