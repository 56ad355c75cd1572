"""The register of what was allocated without a meeting."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.queries import councils as council_queries
from councils.queries import delegated as queries
from governance import access, pages
from governance.views import asker


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Each allocation with who made it as whom, by which version of the charter, and the sentence that was signed."""
    now, viewer = timezone.now(), asker(request)
    reference = request.GET.get("council", "")
    council = council_queries.get(reference, viewer, now) if reference else None
    page = pages.paged(request, queries.listed(viewer, now, council))
    context = {
        "page": page,
        "council": council,
        "visible": access.visible_ids(viewer, {key for row in page for key in (row.about_id, row.seat_id)}, now),
        "chips": pages.chips(request, [("council", _("Council"), council.name if council else "")]),
    }
    return render(request, "councils/delegated/list.html", context)
