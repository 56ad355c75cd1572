"""The promise record: by department for those who see the work; of oneself, for oneself."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from actions.figures import Figure
from actions.queries import record as queries
from actions.queries import sheets
from actions.queries.record import Figures, Row
from actions.reliability import LEAD, Verdict
from actions.suppression import LEAST_PEOPLE, LEAST_PROMISES
from governance import links
from governance.errors import Absent
from governance.views import asker
from governance.views.taking_away import taken_away

LABELS: dict[Verdict, Any] = {
    Verdict.KEPT: gettext_lazy("Kept first promise"),
    Verdict.RENEGOTIATED: gettext_lazy("Renegotiated in time"),
    Verdict.SHORT: gettext_lazy("Said at short notice"),
    Verdict.MISSED: gettext_lazy("Missed in silence"),
    Verdict.OPEN: gettext_lazy("Under way"),
}

MEANINGS: dict[Verdict, Any] = {
    Verdict.KEPT: gettext_lazy("said done by the first day that was promised, and not sent back since"),
    Verdict.RENEGOTIATED: gettext_lazy(
        "each later day was asked for at least two days before the promised one, approved, and the last one kept"
    ),
    Verdict.SHORT: gettext_lazy(
        "a later day was asked for before the promised one passed, but not two days before, or it was not kept then"
    ),
    Verdict.MISSED: gettext_lazy("a promised day passed, and nobody had asked for another"),
}


@login_required
def of_departments(request: HttpRequest) -> HttpResponse:
    record = queries.of_departments(asker(request), timezone.now())
    context = {
        "record": record,
        "finding": finding(record.total),
        "columns": [LABELS[verdict] for verdict in MEANINGS],
        "rows": [(row, _open_url(row), cells(row.figures) if row.figures else ()) for row in record.rows],
        "total": record.total,
        "totals": cells(record.total) if record.total else (),
        "meanings": [(LABELS[verdict], meaning) for verdict, meaning in MEANINGS.items()],
        "least": {"people": LEAST_PEOPLE, "promises": LEAST_PROMISES, "lead": LEAD.days},
    }
    return render(request, "actions/record/departments.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The record by department as a file: what is too few to tell on the page is so in it."""
    return taken_away(sheets.of_record(queries.of_departments(asker(request), timezone.now())), form)


@login_required
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own record; that of anybody else does not exist."""
    viewer = asker(request)
    if pk != viewer.pk:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    now = timezone.now()
    record = queries.of_oneself(viewer, now)
    context = {
        "record": record,
        "figures": cells(record.figures) if record.figures else (),
        "finding": finding(record.figures),
        "entries": [
            {"entry": one, "path": links.path_of(one.action.subject), "label": LABELS[one.judged.verdict]}
            for one in record.entries
        ],
        "meanings": [(LABELS[verdict], meaning) for verdict, meaning in MEANINGS.items()],
    }
    return render(request, "actions/record/person.html", context)


def cells(figures: Figures) -> list[dict[str, Any]]:
    """Each figure with its denominator; a figure about conduct opens no list."""
    return [
        {
            "label": LABELS[verdict],
            "value": getattr(figures, verdict),
            "share": figures.share(verdict),
            "of": _("of %(n)d promises") % {"n": figures.counted},
        }
        for verdict in MEANINGS
    ]


def _open_url(row: Row) -> str:
    narrowed = {"department": row.department.subject.reference, "figure": str(Figure.PROMISED), "state": "underway"}
    return f"/actions/?{urlencode(narrowed)}"


def finding(figures: Figures | None) -> str:
    """What the record says, in a sentence: candour beside keeping, silence last."""
    if figures is None:
        return _("Too few promises have come to their end to tell.")
    return _(
        "Of %(n)d promises: %(kept)d kept the first time, %(renegotiated)d renegotiated in time, %(missed)d missed in "
        "silence."
    ) % {
        "n": figures.counted,
        "kept": figures.kept,
        "renegotiated": figures.renegotiated,
        "missed": figures.missed,
    }
