"""The register of what was allocated without a meeting."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.models import Council
from councils.queries import councils as council_queries
from councils.queries import delegated as queries
from councils.queries import sheets
from governance import access, pages
from governance.models import Person
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Each allocation with who made it as whom, by which version of the charter, and the sentence that was signed."""
    now, viewer = timezone.now(), asker(request)
    council = _council(request, viewer, now)
    page = pages.paged(request, queries.listed(viewer, now, council))
    context = {
        "page": page,
        "council": council,
        "visible": access.visible_ids(viewer, {key for row in page for key in (row.about_id, row.seat_id)}, now),
        "chips": pages.chips(request, [("council", _("Council"), council.name if council else "")]),
    }
    return render(request, "councils/delegated/list.html", context)


def _council(request: HttpRequest, viewer: Person, now: datetime) -> Council | None:
    reference = request.GET.get("council", "")
    return council_queries.get(reference, viewer, now) if reference else None


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The register as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    found = queries.listed(viewer, now, _council(request, viewer, now))
    return taken_away(sheets.of_delegated(found, viewer, now), form)
