"""Words and geometry for pages: how an amount, a day, a name and a share are shown. No queries here."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from governance.money import format_minor
from governance.numbers import in_words

register = template.Library()


@register.filter
def money(minor: int | str | None, code: str) -> str:
    """Minor units in the reader's words: {{ 399900|money:"EUR" }} is €3,999.00. Nothing for None."""
    return "" if minor is None or minor == "" else format_minor(int(minor), code, get_language() or "en")


@register.filter
def money_round(minor: int | str | None, code: str) -> str:
    """As `money`, without the minor part when it is nothing: €4,000."""
    return "" if minor is None or minor == "" else format_minor(int(minor), code, get_language() or "en", whole=True)


@register.simple_tag
def measured(value: int | None, metric: Any, currency: str = "") -> str:
    """What a metric shows: {% measured one.value metric currency %} is 71.4 %. Nothing for None."""
    return "" if value is None else in_words(value, metric.unit, metric.scale, currency)


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes as hours for planning, to the quarter: 270 is 4.5, 100 is 1.75."""
    quarters = round((minutes or 0) / 15)
    return number_format(Decimal(quarters) / 4, use_l10n=True)


@register.filter
def initials(name: object) -> str:
    """Two letters at most: "Priya Raman" is PR, "Anna van der Berg" AB, 陳穎怡 is 穎怡."""
    words = str(name or "").replace("-", " ").split()
    if not words:
        return "?"
    if len(words) == 1 and not words[0].isascii() and words[0][0].upper() == words[0][0].lower():
        return words[0][-2:]
    proper = [word for word in words if word[0].isupper()] or words
    return (proper[0][0] + (proper[-1][0] if len(proper) > 1 else "")).upper()


def _as_date(moment: date | datetime) -> date:
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


@register.filter
def day(moment: date | datetime | str | None, today: date | datetime | None = None) -> str:
    """A day in words with its weekday; told today, also "tomorrow" and the like, and no year if it is this one."""
    if isinstance(moment, str):
        return moment
    if moment is None:
        return ""
    on = _as_date(moment)
    if today:
        base = _as_date(today)
        near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((on - base).days)
        if near:
            return near
        if on.year == base.year:
            return date_format(on, _written("this year"))
    return date_format(on, _written("any year"))


# Date formats by kind and language: not words to translate, but where a language puts day, month and weekday.
WRITTEN = {
    "en": {"short": "j M", "this year": "D j M", "any year": "D j M Y"},
    "zh": {"short": "n月j日", "this year": "n月j日 l", "any year": "Y年n月j日 l"},
}


def _written(kind: str) -> str:
    return WRITTEN.get((get_language() or "en").split("-")[0], WRITTEN["en"])[kind]


@register.filter
def among(key: object, keys: Container[object]) -> bool:
    """Whether a key is one of these, where a tag takes values and no conditions: {{ pk|among:leads }}."""
    return key in keys


@register.filter
def heat(part: Any, whole: Any) -> int:
    """Step 0 to 4 of a heat cell: {{ late|heat:all }}. One case is never hot, and nothing of nothing is 0."""
    if not part or not whole:
        return 0
    if part == 1:
        return 1 if whole < 4 else 0
    thousandths = 1000 * int(part) // int(whole)
    return sum(thousandths >= step for step in (50, 150, 300, 500))


@register.filter
def after_name(sentence: str, name: str) -> str:
    """What a sentence says after the name that it begins with: the name stands beside it already."""
    return sentence.removeprefix(f"{name} ") if name else sentence


@register.filter
def percent(part: Any, whole: Any) -> str:
    """A share as SVG length, "12.34%": geometry goes into attributes, never into words for readers."""
    if not whole:
        return "0%"
    return f"{min(100, max(0, 100 * float(part or 0) / float(whole))):.2f}%"


@dataclass(frozen=True, slots=True)
class Mark:
    """One date on a promise bar: `at` is a length along the axis, `label` its words, `side` where the words lean."""

    at: str
    label: str
    side: str = "middle"
    low: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise drawn: what ui/promise_bar.html needs. Lengths are percent of the axis as text ("12.34%")."""

    start: str
    first: Mark | None
    revised: Sequence[Mark]
    today: str
    run_end: str
    ahead: Segment | None
    slips: Sequence[Segment]
    late: Segment | None
    kept: Mark | None
    label: str


def draw_promise(
    *,
    first: date | None,
    today: date,
    start: date | None = None,
    revised: Sequence[date] = (),
    kept: date | None = None,
    axis: tuple[date, date] | None = None,
    late_days: int | None = None,
) -> Bar:
    """Lay a promise out: `axis` (first and last day) is shared by the rows of a list; without it, it fits this one.

    Days before or after the axis are drawn at its edge; the label always tells the real dates. `late_days` are working
    days, counted by whoever knows the seat's calendar; without it the label says "overdue" and no number.
    """
    known = [d for d in (start, first, today, kept, *revised) if d]
    low, high = axis or (min(known), max(known))
    span = max(1, (high - low).days)
    edge = 3.0 if axis is None else 2.0

    def at(on: date) -> str:
        share = min(1.0, max(0.0, (on - low).days / span))
        return f"{edge + share * (100 - 2 * edge):.2f}%"

    def side(on: date) -> str:
        share = (on - low).days / span
        return "start" if share < 0.12 else "end" if share > 0.88 else "middle"

    if first is None:
        return Bar(
            at(start or today), None, (), at(today), at(start or today), None, (), None, None, _("No date promised yet")
        )
    current = revised[-1] if revised else first
    stops = [first, *revised]
    end = kept or today
    says = [_("First promised %(day)s") % {"day": day(first, None)}]
    says += [_("moved to %(day)s") % {"day": day(d, None)} for d in revised]
    is_late = current < end
    if kept and is_late:
        says.append(_("kept late, %(day)s") % {"day": day(kept, None)})
    elif kept:
        says.append(_("kept %(day)s") % {"day": day(kept, None)})
    elif is_late:
        says.append(
            ngettext("%(count)s working day late", "%(count)s working days late", late_days) % {"count": late_days}
            if late_days
            else _("overdue")
        )
    return Bar(
        start=at(start or min(first, today)),
        first=Mark(at(first), date_format(first, _written("short")), side(first)),
        revised=[
            Mark(at(d), date_format(d, _written("short")), side(d), low=i % 2 == 1) for i, d in enumerate(revised)
        ],
        today=at(today),
        run_end=at(min(first, end)),
        ahead=Segment(at(max(today, start or today)), at(first)) if not kept and first > today else None,
        slips=[Segment(at(a), at(b)) for a, b in pairwise(stops) if b > a],
        late=Segment(at(current), at(end)) if is_late else None,
        kept=Mark(at(kept), date_format(kept, _written("short")), side(kept)) if kept else None,
        label=", ".join(says),
    )


@register.simple_tag
def promise_bar(**dates: Any) -> Bar:
    """`{% promise_bar first=p.first_on revised=p.moves today=today as bar %}`, for ui/promise_bar.html with bar=bar."""
    return draw_promise(
        **{name: value for name, value in dates.items() if value is not None and value != ""}
        | {"first": dates.get("first") or None}
    )


@register.simple_tag
def axis_days(low: date, high: date) -> tuple[date, date]:
    """The shared axis of a list: {% axis_days low high as axis %}."""
    return low, high if high > low else low + timedelta(days=1)


@register.simple_tag
def quorum_cells(seats: Sequence[Any], need: int) -> list[dict[str, Any]]:
    """Cells of ui/quorum.html: x and width in percent, state, name; the threshold stands after the `need`-th cell."""
    count = max(1, len(seats))
    step = 100 / count
    ranked = sorted(seats, key=lambda seat: {"here": 0, "deputy": 1}.get(_state(seat), 2))
    return [
        {
            "x": f"{i * step + step * 0.06:.2f}%",
            "width": f"{step * 0.88:.2f}%",
            "line": f"{(i + 1) * step:.2f}%",
            "is_need": i + 1 == need,
            "state": _state(seat),
        }
        for i, seat in enumerate(ranked)
    ]


def _state(seat: Any) -> str:
    return str(seat["state"] if isinstance(seat, dict) else seat.state)


@dataclass(frozen=True, slots=True)
class Ledger:
    """An envelope drawn: lengths in percent, and what is left or over, in the unit that came in."""

    spent: str
    allocated_at: str
    allocated: str
    limit: str
    over_at: str
    over: str
    free: int
    overrun: int
    open: int


@register.simple_tag
def ledger_of(spent: int, allocated: int, total: int, overrun: int = 0) -> Ledger:
    """Spent and allocated (with what is spent) of a total; ``overrun`` is the part of what is spent that lies beyond
    it, drawn after the mark of the total."""
    spent, allocated, total, overrun = (int(one or 0) for one in (spent, allocated, total, overrun))
    within, left = max(0, spent - overrun), max(0, allocated - spent)
    whole = max(total + overrun, within + left + overrun, 1)
    return Ledger(
        spent=percent(within, whole),
        allocated_at=percent(within, whole),
        allocated=percent(left, whole),
        limit=percent(whole - overrun, whole),
        over_at=percent(whole - overrun, whole),
        over=percent(overrun, whole),
        free=max(0, total - within - left),
        overrun=overrun,
        open=left,
    )


LABELLED_UNTIL = 84
"""Percent of an axis up to which the name of a month fits behind its line."""


@register.simple_tag
def axis_months(axis: tuple[date, date]) -> list[Mark]:
    """Month starts on an axis shared by the rows of a list, for ui/promise_axis.html."""
    low, high = axis
    span = max(1, (high - low).days)
    marks: list[Mark] = []
    on = date(low.year + low.month // 12, low.month % 12 + 1, 1)
    while on <= high:
        at = 2 + 96 * (on - low).days / span
        # A label that begins there would run into the next column's head; its line says enough beside the others.
        is_late = at > LABELLED_UNTIL
        marks.append(
            Mark(f"{at:.2f}%", "" if is_late and marks else date_format(on, "M"), "end" if is_late else "start")
        )
        on = date(on.year + on.month // 12, on.month % 12 + 1, 1)
    return marks
