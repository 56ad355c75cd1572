"""The agenda of a closed meeting as it stood, each matter with how the meeting left it."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from councils.models import AgendaItem, Decision, Ending, Meeting, MinutesItem


@dataclass(frozen=True, slots=True)
class Stood:
    """One place of the agenda: the matter, what this very meeting decided on it, and how it was left, in words."""

    number: int
    item: AgendaItem
    decisions: list[Decision]
    is_settled: bool
    says: str
    onto: Meeting | None
    """Where it was carried over to."""


def agenda_of(meeting: Meeting) -> list[Stood]:
    """The whole agenda in its order, whatever became of each matter since. Two statements; empty without minutes."""
    rows = (
        MinutesItem.objects.filter(minutes__meeting=meeting)
        .select_related(
            "onto__subject", "item__subject", "item__about", "item__lead__subject", "item__carried_from__subject"
        )
        .prefetch_related(
            Prefetch(
                "item__decisions",
                Decision.objects.filter(meeting=meeting).select_related("subject").order_by("decided_at", "pk"),
                to_attr="decided_there",
            )
        )
        .order_by("position")
    )
    return [
        Stood(
            number=row.position,
            item=row.item,
            decisions=row.item.decided_there,  # type: ignore[attr-defined]  # prefetched
            is_settled=row.ending == Ending.SETTLED,
            says=left_as(row),
            onto=row.onto,
        )
        for row in rows
    ]


def left_as(row: MinutesItem) -> str:
    """How the meeting left it; empty for what it settled: its decision says so."""
    said = {
        Ending.SETTLED: "",
        Ending.WITHDRAWN: row.because or _("It was taken off the agenda."),
        Ending.BACK: _("It was not settled, and went back to the backlog."),
        Ending.CARRIED: _("It was not settled, and was carried over to %(onto)s.")
        % {"onto": row.onto.reference if row.onto is not None else ""},
        Ending.DROPPED: _("It was dropped: %(reason)s") % {"reason": row.because},
        Ending.ABOVE: _("It had not been settled in its time, and went to the body above."),
        Ending.UNDECIDED: _("It was not decided: %(reason)s It goes on in writing, or to the body above.")
        % {"reason": _sentence(row.because)}
        if row.because
        else _("It was not decided. It goes on without a meeting: in writing, or to the body above."),
    }
    return said[Ending(row.ending)]


def _sentence(words: str) -> str:
    """Words as a sentence of their own: with an end."""
    return words if words.endswith((".", "!", "?", "…", "。")) else f"{words}."
