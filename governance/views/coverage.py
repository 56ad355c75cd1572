"""The coverage map."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import access
from governance.queries import tables
from governance.queries.coverage import coverage
from governance.services import journeys
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Departments by kinds of seat, journeys by their steps: filled, deputised, vacant since, missing, full."""
    now, viewer = timezone.now(), asker(request)
    context = {
        "map": coverage(viewer, now),
        "leads": access.containers_of(viewer, now, access.LEAD),
        "may_draw": journeys.may_draw(viewer, now),
    }
    return render(request, "governance/coverage/page.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The map as a file, a row a place."""
    viewer = asker(request)
    return taken_away(tables.of_coverage(coverage(viewer, timezone.now()), viewer), form)
