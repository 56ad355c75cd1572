"""The roster of a council, by page: read, kept, acknowledged."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils import access as council_access
from councils.forms.councils import RosterForm
from councils.queries import councils as council_queries
from councils.queries import rosters as queries
from councils.services import rosters as services
from governance import access, blueprints, pages
from governance.errors import Absent
from governance.views import asker


@login_required
@require_safe
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """What each seat is there for; to the council itself also who has acknowledged it."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    context = {
        "council": council,
        "roster": queries.roster(council, viewer, now),
        "may_write": access.may(viewer, council_access.PREPARE, council, now),
    }
    return render(request, "councils/rosters/page.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, reference: str, seat: str) -> HttpResponse:
    """Say what one seat is there for."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    membership = council_queries.memberships([council.pk]).filter(seat__subject__reference=seat).first()
    if membership is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    access.require(viewer, council_access.PREPARE, council, now)
    line = queries.lines_of([membership.pk]).get(membership.pk)
    blueprint = blueprints.of_kind(council.kind)
    initial = {"role": line.role, "expectations": line.expectations} if line is not None else {}
    form = RosterForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        written, status = pages.attempt(
            form, lambda given: services.write(membership=membership, **given, by=viewer, now=now)
        )
        if written is not None:
            messages.success(request, _("Kept. Whoever holds the seat is asked to acknowledge it."))
            return redirect("councils:council-roster", reference)
    context = {
        "council": council,
        "seat": membership.seat,
        "form": form,
        "roles": blueprint.roles if blueprint is not None else (),
    }
    return render(request, "councils/rosters/form.html", context, status=status)


@login_required
@require_POST
def acknowledge(request: HttpRequest, reference: str) -> HttpResponse:
    """Take on rules and roster, by one click."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    services.acknowledge(council=council, by=viewer, now=now)
    messages.success(request, _("Thank you: rules and roster are acknowledged."))
    return redirect("councils:council-detail", reference)
