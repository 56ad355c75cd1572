"""What a theme may be merged with, and by what it may be split."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.importing.rows import topic_key
from actions.models import Feedback, Theme
from actions.queries import themes
from governance.models import Person

OFFERED = 20
"""Themes that are offered to merge into, and pieces of feedback that are offered to split off, at a time."""


def may_take_it_up(theme: Theme, viewer: Person, now: datetime, words: str = "") -> QuerySet[Theme]:
    """The themes that the viewer may see, by words of their names; without words those that share one with it."""
    found = themes.listed(viewer, now).exclude(pk=theme.pk)
    if words.strip():
        for word in words.split()[:8]:
            found = found.filter(Q(name__icontains=word) | Q(subject__reference__iexact=word))
        return found
    alike = Q(pk__in=[])
    for word in theme.name.split()[:8]:
        if len(word) > 3:
            alike |= Q(name__icontains=word)
    shared = found.filter(alike)
    return shared if shared.exists() else found


def topics(theme: Theme) -> Sequence[tuple[str, str]]:
    """``(folded topic, words)`` of what was said, the most frequent first. One statement."""
    rows = (
        Feedback.objects.filter(theme=theme)
        .order_by()
        .values_list("topic")
        .annotate(many=Count("pk"))
        .order_by("-many")
    )
    found: dict[str, tuple[str, int]] = {}
    for topic, many in rows:
        key = topic_key(topic)
        said, sum_of = found.get(key, (" ".join(topic.split()) or _("without a topic"), 0))
        found[key] = said, sum_of + many
    return [
        (key, ngettext("%(topic)s (once)", "%(topic)s (%(many)d times)", many) % {"topic": said, "many": many})
        for key, (said, many) in found.items()
    ]


def rows_to_pick(theme: Theme, words: str = "") -> list[tuple[int, str]]:
    """``(key, words)`` of the latest pieces of feedback, narrowed by words."""
    heard = Feedback.objects.filter(theme=theme)
    for word in words.split()[:8]:
        heard = heard.filter(Q(text__icontains=word) | Q(topic__icontains=word))
    return [(one.pk, Truncator(one.text or one.topic).chars(160)) for one in heard.order_by("-pk")[:OFFERED]]
