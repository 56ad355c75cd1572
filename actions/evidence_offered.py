"""What a decision about work may be based on: its theme, what people said, its KPI; as a council names it."""

from datetime import datetime

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionItem, Feedback, Outcome, Pilot, Routing, Theme
from actions.queries.themes import quotable
from councils import evidence
from councils.evidence import Piece
from councils.models import AgendaItem
from councils.queries import books
from governance.models import Observation, SubjectKind
from governance.numbers import in_words

QUOTES = 6
"""So many of the latest voices of a theme are offered."""


def pieces(item: AgendaItem, _now: datetime) -> list[Piece]:
    """The theme, the KPI and the voices behind what an item is about."""
    kind, about = item.about.kind, item.about_id
    if kind == SubjectKind.THEME:
        return _of_theme(about)
    if kind == SubjectKind.PILOT:
        about = Pilot.objects.filter(pk=about).values_list("action_id", flat=True).first() or 0
    elif kind != SubjectKind.ACTION:
        return []
    theme = ActionItem.objects.filter(pk=about).values_list("theme_id", flat=True).first()
    return [*_kpi(about), *(_of_theme(theme) if theme is not None else [])]


def _of_theme(key: int) -> list[Piece]:
    found = Theme.objects.select_related("subject", "merged_into__subject").filter(pk=key).first()
    if found is None:
        return []
    theme = found.lasting
    heard = Routing.objects.filter(theme=theme).aggregate(n=Sum("heard"))["n"] or 0
    said = ngettext("%(theme)s, heard %(n)d time", "%(theme)s, heard %(n)d times", heard) % {
        "theme": theme.name,
        "n": heard,
    }
    voices = quotable(Feedback.objects.filter(theme=theme))[:QUOTES]
    return [
        Piece(f"theme:{theme.pk}", _("theme"), said, theme.pk),
        *(Piece(f"feedback:{one.pk}", _("voice"), one.text, theme.pk) for one in voices),
    ]


def _kpi(action_id: int) -> list[Piece]:
    """The KPI that the action was accepted with, as it was last read."""
    aim = Outcome.objects.filter(action=action_id).select_related("metric__subject").order_by("-number").first()
    if aim is None or aim.metric is None:
        return []
    metric = aim.metric
    last = Observation.objects.filter(metric=metric, corrected_by=None).order_by("-on", "-pk").first()
    words = metric.subject.title
    if last is not None:
        words = _("%(kpi)s: %(value)s on %(day)s") % {
            "kpi": words,
            "value": in_words(last.value, metric.unit, metric.scale, books.currency()),
            "day": date_format(last.on, "j F Y"),
        }
    return [Piece(f"kpi:{metric.pk}", _("KPI"), words, metric.pk)]


def _withdrawn(keys: set[str]) -> set[str]:
    """Voices of people who have said meanwhile that they do not want to be quoted. One statement at most."""
    voices = {int(key.removeprefix("feedback:")): key for key in keys if key.startswith("feedback:")}
    still = set(quotable(Feedback.objects.filter(pk__in=voices)).values_list("pk", flat=True)) if voices else set()
    return {key for pk, key in voices.items() if pk not in still}


evidence.register(pieces)
evidence.register_withdrawn(_withdrawn)
