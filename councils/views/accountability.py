"""The accountability chart, as a drawing and as a list."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.queries import accountability as queries
from governance import pages
from governance.drawing import hang, stack
from governance.models import Organisation
from governance.views import asker


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Which body reports to which, who sponsors it, who chairs it; departments with head and champion."""
    now, viewer = timezone.now(), asker(request)
    chart = queries.accountability(viewer, now)
    council, department = request.GET.get("council", ""), request.GET.get("department", "")
    named = {body.council.reference: body.council.name for body in chart.bodies}
    placed = {branch.department.reference: branch.department.name for branch in chart.branches}
    councils = queries.forest_of_councils(chart, council)
    departments = queries.forest_of_departments(chart, department)
    above = {body.parent_id for body in chart.bodies} | {branch.department.parent_id for branch in chart.branches}
    active = [
        ("council", _("Council and what reports to it"), named.get(council, "")),
        ("department", _("Department and what lies below"), placed.get(department, "")),
    ]
    context = {
        "chart": chart,
        "councils": councils,
        "departments": departments,
        "council_drawing": hang(councils) if councils else None,
        "department_drawing": hang(departments) if departments else None,
        "heads": [body.council for body in chart.bodies if body.council.pk in above],
        "places": [branch for branch in chart.branches if branch.department.pk in above],
        "council": council if council in named else "",
        "department": department if department in placed else "",
        "chips": pages.chips(request, active),
    }
    return render(request, "councils/accountability/page.html", context)


@login_required
@require_safe
def drawing(request: HttpRequest) -> HttpResponse:
    """The chart as one file for a slide: what the reader sees on the page, with its own colours and no links."""
    now = timezone.now()
    chart = queries.accountability(asker(request), now)
    parts = [
        (_("Executive sponsors"), queries.forest_of_sponsors(chart)),
        (_("Councils"), queries.forest_of_councils(chart, request.GET.get("council", ""))),
        (_("Departments"), queries.forest_of_departments(chart, request.GET.get("department", ""))),
    ]
    today = timezone.localdate()
    context = {
        "sheet": stack([(heading, hang(forest)) for heading, forest in parts if forest]),
        "organisation": Organisation.objects.get().name,
        "today": today,
    }
    image = render_to_string("councils/accountability/chart.svg", context)
    response = HttpResponse(image, content_type="image/svg+xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="accountability-{today.isoformat()}.svg"'
    return response
