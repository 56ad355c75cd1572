"""The executive review: what waits for whoever looks, then open work as it stands, by department."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from actions.figures import COLUMNS, LABELS, LATE_BANDS, MEANINGS, Figure, Moment
from actions.forms.review import ReviewForm
from actions.queries import sheets
from actions.queries.changed import USUALLY, changed
from actions.queries.conduct import by_department
from actions.queries.funnel import funnel
from actions.queries.late import late_promises
from actions.queries.review import Review, Row, Standing, moment, standing
from actions.queries.scope import Scope, of_duties
from actions.queries.weight import oldest_debts, weight
from governance import links, pages
from governance.models import DutyKind, Person
from governance.queries import unacted
from governance.queries.helping import path_of
from governance.queries.responding import own_answers
from governance.views import asker
from governance.views.taking_away import taken_away

# A high number of these is bad news; of the others it is good news, or neither.
GRAVE = (Figure.LATE, Figure.BLOCKED, Figure.UNOWNED)
IN_THE_STRIP = tuple(figure for figure in COLUMNS if figure not in LATE_BANDS)
SHORT = {Figure.LATE_WEEK: "1–7", Figure.LATE_MONTH: "8–30", Figure.LATE_LONGER: "31+"}
"""Days late, as the heads of narrow columns."""
SHOWN_OWED = 8
SHOWN_SILENT = 6
NAMED = 3
"""So many departments with the same number are named; more say nothing about where."""

LOOKED = "review_looked"
"""The cookie of whoever looks: when they looked last, and the time before. It is told to nobody and stored nowhere
else: when somebody opens a page is nobody's business."""
SAME_VISIT = timedelta(hours=1)
FIRST_YEAR = 2000
"""Before it nobody looked: moments at the edge of the calendar cannot be reckoned with."""


@login_required
def executive_review(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    form = ReviewForm(request.GET or None, viewer=viewer, now=now)
    scope, at = form.scope, moment(now)
    found = standing(viewer, at, scope)
    review = found.review
    previous, this = _visits(request, viewer, now)
    context = {
        "review": review,
        "finding": finding(review, is_narrowed=not scope.is_all),
        "form": form,
        "chips": pages.chips(request, form.chosen()),
        "is_narrowed": not scope.is_all,
        "today": review.on,
        "answers": _answers(viewer, now),
        "resources_url": f"{reverse('actions:resources')}?{urlencode(_for_resources(scope))}",
        "since": previous or now - USUALLY,
        "has_looked": previous is not None,
        "changes": changed(viewer, now, previous or now - USUALLY) if scope.is_all else (),
        # Never of what is narrowed: conduct is told over one period, the same for whoever sees the same work.
        "conduct": by_department(viewer, now) if scope.is_all else None,
        "steps": funnel(viewer, found, at, scope),
        "weight": _weight(found, scope),
        "debts": oldest_debts(viewer, now, scope),
        "late": late_promises(viewer, now, scope=scope, at=at, total=review.total.late) if review.total.late else None,
        "late_url": _url(review.total, Figure.LATE, scope),
        **_table(review, scope),
        **_silent(viewer, at, scope),
    }
    response = render(request, "actions/review/page.html", context)
    response.set_cookie(
        LOOKED,
        "|".join([str(viewer.pk), *(one.isoformat(timespec="seconds") for one in (this, previous) if one is not None)]),
        max_age=timedelta(days=365),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The figures of each department as a file, narrowed as the page is."""
    now, viewer = timezone.now(), asker(request)
    narrow = ReviewForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(narrow)
    return taken_away(sheets.of_review(standing(viewer, moment(now), narrow.scope).review), form)


def _visits(request: HttpRequest, viewer: Person, now: datetime) -> tuple[datetime | None, datetime]:
    """When the visit before this one began, None for a first one, and when this one did. Another person's is none."""
    whose, *moments = request.COOKIES.get(LOOKED, "").split("|")[:3]
    told = []
    for part in moments if whose == str(viewer.pk) else ():
        try:
            one = datetime.fromisoformat(part)
        except ValueError:
            break
        if timezone.is_naive(one) or one.year < FIRST_YEAR or one > now:
            break
        told.append(one.astimezone(UTC))
    if not told:
        return None, now
    if now - told[0] > SAME_VISIT:
        return told[0], now
    return (told[1] if len(told) > 1 else None), told[0]


def _answers(viewer: Person, now: datetime) -> dict[str, Any]:
    """What waits for the viewer's own answer, and how long theirs took: told to them alone."""
    found = own_answers(viewer, now)
    waits = [(one.due_on, path_of(one.pk), one.duty) for one in found.owed]
    waits += [(one.due_on, links.door_of(one.kind, one.subject), one) for one in found.asked]
    waits.sort(key=lambda one: one[0] or date.max)
    return {
        "found": found,
        "owed": [
            {
                "path": path,
                "subject": duty.subject,
                "seat": duty.seat.subject.title,
                "what": DutyKind(duty.kind).label,
                "by": by,
            }
            for by, path, duty in waits[:SHOWN_OWED]
        ],
        "more": max(0, len(waits) - SHOWN_OWED),
    }


def _for_resources(scope: Scope) -> dict[str, str]:
    """The same narrowing, as far as the resources can be narrowed."""
    return {name: given for name, given in scope.address().items() if name in ("within", "council")}


def _table(review: Review, scope: Scope) -> dict[str, Any]:
    """The figures of all departments and of each, with their lists."""
    return {
        "figures": [_figure(figure, review.total, scope) for figure in IN_THE_STRIP],
        "columns": [{"label": SHORT.get(figure, LABELS[figure]), "full": LABELS[figure]} for figure in COLUMNS],
        "bands": len(LATE_BANDS),
        "rows": [
            (row, _url(row, Figure.OPEN, scope), [_cell(figure, row, scope) for figure in COLUMNS])
            for row in review.rows
        ],
        "totals": [_cell(figure, review.total, scope) for figure in COLUMNS],
        "open_url": _url(review.total, Figure.OPEN, scope),
        "meanings": [(LABELS[figure], MEANINGS[figure]) for figure in (Figure.OPEN, *COLUMNS)],
    }


def _silent(viewer: Person, at: Moment, scope: Scope) -> dict[str, Any]:
    """Who has not acted, the oldest first, and how many there are. One statement, and at most two to narrow it."""
    asked = {name: given for name, given in scope.address().items() if name != "journey"}
    url = f"{reverse('actions:not-acted')}?{urlencode(asked)}"
    if scope.journey is not None:  # what is asked of seats belongs to no journey
        return {"silent": [], "silent_total": 0, "not_acted_url": url}
    owing = unacted.first(viewer, at.now, SHOWN_SILENT, passed=at.has_passed(), **of_duties(scope))
    lines = [
        {
            "seat": duty.seat.subject.title,
            "subject": duty.subject,
            "path": links.path_of(duty.subject),  # where it is answered is open to whoever owes it alone
            "asked": unacted.LABELS[unacted.asked_of(duty.kind)],
            "days": (at.days[0].day - duty.due_on).days if duty.due_on is not None else 0,
        }
        for duty in owing.first
    ]
    return {"silent": lines, "silent_total": owing.total, "not_acted_url": url}


def _weight(found: Standing, scope: Scope) -> dict[str, Any] | None:
    """On whom open promises rest, with the lists; nothing where there is none."""
    rests = weight(found)
    if not rests.whole:
        return None

    def at(**more: str) -> str:
        return f"/actions/?{urlencode({**scope.address(), 'state': 'underway', **more})}"

    return {
        "found": rests,
        "all_url": at(figure=Figure.PROMISED),
        "url": at(figure=Figure.PROMISED, department=rests.reference),
        "team_url": at(figure=Figure.ON_TEAM),
    }


def _url(row: Row, figure: str, scope: Scope) -> str:
    narrowed = {"department": row.reference} if row.reference else {}
    return f"/actions/?{urlencode({**scope.address(), **narrowed, 'figure': figure})}"


def _figure(figure: Figure, total: Row, scope: Scope) -> dict[str, Any]:
    value = total.of(figure)
    return {
        "value": value,
        "label": LABELS[figure],
        "of": _("of %(n)d open") % {"n": total.open},
        "url": _url(total, figure, scope),
        "tone": "bad" if figure in GRAVE and value else "",
    }


def _cell(figure: Figure, row: Row, scope: Scope) -> dict[str, Any]:
    """A cell of the table: its words in full for whoever hears them, heat for what is bad news."""
    value = row.of(figure)
    label = _("%(value)d %(figure)s of %(whole)d open, %(department)s") % {
        "value": value,
        "figure": str(LABELS[figure]).lower(),
        "whole": row.open,
        "department": row.department or _("all departments"),
    }
    return {"value": value, "label": label, "url": _url(row, figure, scope), "name": LABELS[figure]}


def finding(review: Review, *, is_narrowed: bool = False) -> str:
    """What the figures say, in a sentence or two: the worst first."""
    total = review.total
    if not total.open and is_narrowed:
        return _("Nothing that you may see is open here. Another filter, or none, shows other work.")
    if not total.open:
        return _("Nothing is open. The first accepted action starts this page.")
    if not total.late:
        return ngettext(
            "%(n)d action is open; it is not late.", "%(n)d actions are open; none is late.", total.open
        ) % {"n": total.open}
    most = max(row.late for row in review.rows)
    worst = [row.department for row in review.rows if row.late == most]
    first = ngettext("%(late)d of %(n)d open action is late", "%(late)d of %(n)d open actions are late", total.open) % {
        "late": total.late,
        "n": total.open,
    }
    if most == total.late:
        where = _("%(first)s, in %(department)s.") % {"first": first, "department": worst[0]}
    elif len(worst) == 1:
        where = _("%(first)s, %(most)d of them in %(department)s.") % {
            "first": first,
            "most": most,
            "department": worst[0],
        }
    elif len(worst) <= NAMED:
        where = _("%(first)s, %(most)d each in %(departments)s.") % {
            "first": first,
            "most": most,
            "departments": get_text_list([str(one) for one in worst], _("and")),
        }
    else:
        where = _("%(first)s, at most %(most)d in one department.") % {"first": first, "most": most}
    longer = ngettext("%(n)d by more than 30 days.", "%(n)d by more than 30 days.", total.late_longer) % {
        "n": total.late_longer
    }
    return f"{where} {longer}" if total.late_longer else where
