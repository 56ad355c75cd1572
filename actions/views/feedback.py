"""The list of feedback: what was said, and what its source says about it."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.forms.feedback import FeedbackNarrowForm
from actions.models import Feedback
from actions.queries import feedback as queries
from actions.queries import sheets
from governance import pages
from governance.models import Person
from governance.views import asker
from governance.views.taking_away import taken_away


def rows_of(feedback: Iterable[Feedback]) -> list[tuple[Feedback, str]]:
    """Each piece of feedback with what its source says about it."""
    return [(one, queries.standing(one)) for one in feedback]


def _narrowed(request: HttpRequest, viewer: Person, now: datetime) -> tuple[FeedbackNarrowForm, queries.Narrowed]:
    narrow = FeedbackNarrowForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(narrow)
    return narrow, queries.Narrowed(**narrow.cleaned_data) if narrow.is_bound else queries.Narrowed()


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    _narrow, chosen = _narrowed(request, viewer, now)
    return taken_away(sheets.of_feedback(queries.listed(viewer, now, chosen), viewer), form)


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Feedback, narrowed by the address."""
    now, viewer = timezone.now(), asker(request)
    narrow, chosen = _narrowed(request, viewer, now)
    found = queries.listed(viewer, now, chosen)
    page = pages.paged(request, found)
    context = {
        "narrow": narrow,
        "chips": pages.chips(
            request,
            [
                ("theme", _("Theme"), chosen.theme),
                ("source", _("Source"), chosen.source),
                ("department", _("Department"), chosen.department),
                (
                    "target",
                    _("Target set by the source"),
                    {"with": _("with a target"), "without": _("no target")}.get(chosen.target),
                ),
                ("state", _("At the source"), {"open": _("open"), "closed": _("closed")}.get(chosen.state)),
            ],
        ),
        "page": page,
        "rows": rows_of(page.object_list),
        "without_target": found.filter(due_at=None).count(),
    }
    return render(request, "actions/feedback/list.html", context)
