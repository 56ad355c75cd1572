"""The registry of panels: read-only parts that a higher app shows on a lower app's page.

A panel answers for many subjects at once, so that the number of statements does not grow with rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from governance.models import Person

# (subject ids, viewer, now) -> context by subject id; a subject without one shows nothing.
Answer = Callable[[Sequence[int], Person, datetime], dict[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Panel:
    slot: str
    template: str
    answer: Answer
    order: int = 100


PANELS: dict[str, list[Panel]] = defaultdict(list)


def declare(slot: str, *, template: str, answer: Answer, order: int = 100) -> None:
    """Offer a panel for a slot such as ``council.page`` or ``theme.row``."""
    PANELS[slot].append(Panel(slot, template, answer, order))
    PANELS[slot].sort(key=lambda panel: panel.order)


_KEPT = "_panels"


def prefetch(request: HttpRequest, slot: str, ids: Iterable[int], now: datetime | None = None) -> None:
    """Ask the panels of a slot about all subjects of a page at once; ``{% panel slot id %}`` then only draws.

    Call it in the view, once a slot, with the ids of the page's rows (or of its one thing).
    """
    wanted = list(ids)
    known: dict[tuple[str, int], list[tuple[Panel, dict[str, Any]]]] = request.__dict__.setdefault(_KEPT, {})
    for subject_id in wanted:
        known[slot, subject_id] = []
    if not wanted or not request.user.is_authenticated:
        return
    moment = now or timezone.now()
    for panel in PANELS.get(slot, []):
        for subject_id, context in panel.answer(wanted, request.user, moment).items():
            known[slot, subject_id].append((panel, context))


def answers(request: HttpRequest, slot: str, subject_id: int) -> list[tuple[Panel, dict[str, Any]]]:
    """What the panels of a slot have to show about one subject; asks them when nobody prefetched."""
    known: dict[tuple[str, int], list[tuple[Panel, dict[str, Any]]]] = request.__dict__.setdefault(_KEPT, {})
    if (slot, subject_id) not in known:
        prefetch(request, slot, [subject_id])
    return known[slot, subject_id]
