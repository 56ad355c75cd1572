"""Pages of departments."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import access, panels
from governance.errors import Refused
from governance.forms.places import DepartmentForm, PlaceForm
from governance.models import Department
from governance.pages import Standing, attempt
from governance.queries import departments as queries
from governance.queries import journal, people
from governance.queries import seats as seat_queries
from governance.services import departments as services
from governance.views import asker


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """The tree."""
    now, viewer = timezone.now(), asker(request)
    branches = queries.tree(viewer, now)
    panels.prefetch(request, "department.row", [branch.department.pk for branch in branches], now)
    context = {
        "branches": branches,
        "waiting": [branch.department for branch in branches if branch.department.to_be_placed],
        "vacant": sum(branch.vacant for branch in branches),
        "seats": sum(branch.seats for branch in branches),
        "may_add": people.may_place(viewer, now),
    }
    return render(request, "governance/departments/list.html", context)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    if not queries.led_by(viewer, now).exists():
        raise Refused(_("Whoever leads a department adds one below it; the CX lead adds any. Ask them."))
    form = DepartmentForm(request.POST or None, viewer=viewer, now=now, initial={"parent": request.GET.get("parent")})
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.create(**said, by=viewer, now=now))
        if made is not None:
            messages.success(
                request, _("%(name)s is added. Next: found the seats of its head and champion.") % {"name": made}
            )
            return redirect("governance:department-detail", made.reference)
    return render(request, "governance/departments/form.html", {"form": form}, status=status)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    department = queries.one(reference, viewer, now)
    seats = list(seat_queries.listed(viewer, now, department=department))
    told = journal.sentences(journal.entries(viewer, now, subject=department.subject)[:10], viewer, now)
    panels.prefetch(request, "department.page", [department.pk], now)
    context = {
        "department": department,
        "children": list(queries.listed(viewer, now).filter(parent=department)),
        "seats": seat_queries.standings(seats, now),
        "told": told,
        "may_lead": access.may(viewer, access.LEAD, department, now),
        "today": timezone.localdate(),
    }
    return render(request, "governance/departments/detail.html", context)


@login_required
def place(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    department = queries.one(reference, viewer, now)
    access.require(viewer, access.LEAD, department, now)
    initial = {"parent": department.parent_id, "version": department.version}
    form = PlaceForm(request.POST or None, viewer=viewer, now=now, department=department, initial=initial)
    status = 200
    if request.method == "POST":
        placed, status = attempt(
            form,
            lambda said: services.place(department=department, **said, by=viewer, now=now),
            stands=lambda: _stands(queries.one(reference, viewer, now)),
        )
        if placed is not None:
            messages.success(request, _("%(name)s has its place.") % {"name": placed})
            return redirect("governance:department-detail", reference)
    return render(request, "governance/departments/place.html", {"form": form, "department": department}, status=status)


def _stands(department: Department) -> Standing:
    return Standing(department.version, {"parent": department.parent_id})
