"""The executive review: what was promised and what became of it, and what waits for whoever looks."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.figures import COLUMNS, LABELS, MEANINGS, Figure
from actions.forms.review import ReviewForm
from actions.queries.funnel import funnel
from actions.queries.late import late_promises
from actions.queries.review import Review, Row, executive
from actions.queries.scope import Scope, of_duties
from actions.queries.weight import oldest_debts, weight
from actions.views import unacted
from governance import links, pages
from governance.models import DutyKind, Person, Subject
from governance.queries import helping
from governance.queries import unacted as unacted_queries
from governance.queries.duties import Move, asked_moves, my_moves
from governance.queries.unacted import LABELS as LABELS_OF_ASKED
from governance.views import asker

# A high number of these is bad news; of the others it is good news, or neither.
GRAVE = (Figure.LATE, Figure.BLOCKED, Figure.UNOWNED)
SHOWN_MOVES = 8
SHOWN_SILENT = 6
SOON = timedelta(days=14)
"""What is due later than that does not wait for anybody on this page."""


@login_required
def executive_review(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    form = ReviewForm(request.GET or None, viewer=viewer, now=now)
    scope = form.scope
    review = executive(viewer, now, scope)
    mine = my_moves(viewer, now)
    due = [move for move in mine if move.kind != DutyKind.RESPOND]
    # What is weeks ahead waits on the home page: a meeting after next is nothing to act on now.
    moves = [move for move in due if move.by is None or move.by <= review.on + SOON]
    owed = [move for move in mine if move.kind == DutyKind.RESPOND]
    requests = helping.requests_of(move.duty_id for move in owed)
    asked = [*((requests.get(move.duty_id), move) for move in owed), *asked_moves(viewer, now)]
    subjects = Subject.objects.in_bulk(
        [move.subject_id for move in [*moves[:SHOWN_MOVES], *(move for _key, move in asked)]]
    )
    owing = unacted_queries.listed(viewer, now, **of_duties(scope))
    silent = unacted_queries.counted(owing)
    not_acted = reverse("actions:not-acted")
    context = {
        "review": review,
        "finding": finding(review),
        "figures": [_figure(figure, review.total, scope) for figure in COLUMNS],
        "columns": [{"label": LABELS[figure], "num": True} for figure in COLUMNS],
        "rows": [
            (row, _url(row, Figure.ACCEPTED, scope), [_cell(figure, row, scope) for figure in COLUMNS])
            for row in review.rows
        ],
        "totals": [_cell(figure, review.total, scope) for figure in COLUMNS],
        "accepted_url": _url(review.total, Figure.ACCEPTED, scope),
        "as_is_url": _url(review.total, Figure.AS_IS, scope),
        "late": late_promises(viewer, now, scope=scope) if review.total.late else None,
        "late_url": _url(review.total, Figure.LATE, scope),
        "meanings": [(LABELS[figure], MEANINGS[figure]) for figure in (Figure.ACCEPTED, *COLUMNS)],
        "moves": [_line(move, subjects[move.subject_id]) for move in moves[:SHOWN_MOVES]],
        "asked": [
            {**_line(move, subjects[move.subject_id]), **({"path": helping.path_of(key)} if key else {})}
            for key, move in asked
        ],
        "more_moves": len(due) - len(moves[:SHOWN_MOVES]),
        "today": review.on,
        "debts": oldest_debts(viewer, now, scope),
        "weight": _weight(viewer, now, scope),
        "steps": funnel(viewer, now, scope),
        "form": form,
        "chips": pages.chips(request, form.chosen()),
        "is_narrowed": not scope.is_all,
        "of_journey": scope.journey is not None,
        "not_acted_url": f"{not_acted}?{urlencode(_seats(scope))}",
        "not_acted": unacted.lines(list(owing[:SHOWN_SILENT]), now),
        "silent": [
            {"label": LABELS_OF_ASKED[key], "n": n, "url": f"{not_acted}?{urlencode({**_seats(scope), 'asked': key})}"}
            for key, n in silent.items()
            if n
        ],
        "silent_total": sum(silent.values()),
    }
    return render(request, "actions/review/page.html", context)


def _weight(viewer: Person, now: datetime, scope: Scope) -> dict[str, Any] | None:
    """On whom open promises rest, with the lists; nothing where there is none."""
    found = weight(viewer, now, scope)
    if not found.whole:
        return None

    def at(**more: str) -> str:
        return f"/actions/?{urlencode({**scope.address(), 'state': 'underway', **more})}"

    return {
        "found": found,
        "all_url": at(figure=Figure.PROMISED),
        "url": at(figure=Figure.PROMISED, department=found.reference),
        "team_url": at(figure=Figure.ON_TEAM),
    }


def _seats(scope: Scope) -> dict[str, str]:
    """The address of what is asked of seats, narrowed as the review is."""
    return {name: given for name, given in scope.address().items() if name != "journey"}


def _line(move: Move, subject: Subject) -> dict[str, Any]:
    return {"move": move, "subject": subject, "path": links.door_of(move.kind, subject)}


def _url(row: Row, figure: str, scope: Scope) -> str:
    narrowed = {"department": row.reference} if row.reference else {}
    return f"/actions/?{urlencode({**scope.address(), **narrowed, 'figure': figure})}"


def _figure(figure: Figure, total: Row, scope: Scope) -> dict[str, Any]:
    value = total.of(figure)
    return {
        "value": value,
        "label": LABELS[figure],
        "of": _("of %(n)d accepted") % {"n": total.accepted},
        "url": _url(total, figure, scope),
        "tone": "bad" if figure in GRAVE and value else "",
    }


def _cell(figure: Figure, row: Row, scope: Scope) -> dict[str, Any]:
    """A cell of the table: its words in full for whoever hears them, heat only for what is bad news."""
    value = row.of(figure)
    label = _("%(value)d %(figure)s of %(whole)d accepted, %(department)s") % {
        "value": value,
        "figure": str(LABELS[figure]).lower(),
        "whole": row.accepted,
        "department": row.department or _("all departments"),
    }
    level = 0 if figure == Figure.PROMISED else None
    return {"value": value, "label": label, "url": _url(row, figure, scope), "name": LABELS[figure], "level": level}


def finding(review: Review) -> str:
    """What the figures say, in a sentence or two: the worst first."""
    total = review.total
    if not total.accepted:
        return _("Nothing was promised yet. The first accepted action starts this page.")
    first = ngettext(
        "%(promised)d of %(n)d accepted action has a promised date.",
        "%(promised)d of %(n)d accepted actions have a promised date.",
        total.accepted,
    ) % {"promised": total.promised, "n": total.accepted}
    if not total.late:
        return f"{first} {_('None is late.')}"
    worst = max(review.rows, key=lambda row: row.late)
    late = ngettext("%(late)d is late", "%(late)d are late", total.late) % {"late": total.late}
    said = (
        _("%(late)s, in %(department)s.")
        if worst.late == total.late
        else _("%(late)s, %(n)d of them in %(department)s.")
    )
    return f"{first} {said % {'late': late, 'department': worst.department, 'n': worst.late}}"
