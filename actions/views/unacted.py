"""Who has not acted: what was asked of a seat, and whose day has passed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.forms.review import SeatsForm
from actions.queries import sheets
from actions.queries.scope import of_duties
from governance import links, pages
from governance.models import Duty
from governance.queries import unacted as queries
from governance.queries.calendars import local_day
from governance.queries.duties import moves
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The lines, the oldest first, narrowed by the address."""
    now, viewer = timezone.now(), asker(request)
    form = SeatsForm(request.GET or None, viewer=viewer, now=now)
    narrowed, asked = of_duties(form.scope), _asked(request)
    everything = queries.listed(viewer, now, **narrowed)
    counts = queries.counted(everything)
    page = pages.paged(request, queries.listed(viewer, now, asked=asked, **narrowed) if asked else everything)
    context = {
        "form": form,
        "page": page,
        "lines": lines(list(page), now),
        "asked": asked,
        "total": sum(counts.values()),
        "views": [(str(key), queries.LABELS[key], n) for key, n in counts.items()],
        "chips": pages.chips(request, form.chosen()),
        "today": timezone.localdate(),
    }
    return render(request, "actions/review/not_acted.html", context)


def lines(duties: Sequence[Duty], now: datetime) -> list[dict[str, Any]]:
    """What a table shows of each duty. The statements do not grow with their number."""
    return [
        {
            "move": move,
            "subject": duty.subject,
            "path": links.path_of(duty.subject),  # where it is answered is open to whoever owes it alone
            "asked": queries.LABELS[queries.asked_of(duty.kind)],
            "days": (local_day(duty.calendar, now) - duty.due_on).days,
        }
        for duty, move in zip(duties, moves(duties, now), strict=True)
        if duty.due_on is not None
    ]


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    narrow = SeatsForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(narrow)
    found = queries.listed(viewer, now, asked=_asked(request), **of_duties(narrow.scope))
    return taken_away(sheets.of_unacted(found), form)


def _asked(request: HttpRequest) -> str:
    """What was asked of the seats that are shown; empty for an address that names none that there is."""
    asked = request.GET.get("asked", "")
    return asked if asked in list(queries.Asked) else ""
