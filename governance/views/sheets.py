"""Pages on which many come in at once: look at what each row would do, mend what is wrong, then do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.errors import Invalid
from governance.forms.kept import PeopleAddress, SeatsAddress
from governance.forms.sheets import SheetForm, carried, mended
from governance.models import Person
from governance.pages import put, require_readable
from governance.queries import sheets as queries
from governance.services import departments, invitations, people, seat_sheet
from governance.sheets import departments as departments_sheet
from governance.sheets import people as people_sheet
from governance.sheets import seats as seats_sheet
from governance.sheets.judging import Plan, Unfit
from governance.sheets.showing import preview
from governance.sheets.tables import Column, Row, written
from governance.sheets.workbooks import Table
from governance.views import asker
from governance.views import invitations as invitation_pages
from governance.views.taking_away import taken_away


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of sheet: its columns, who judges its rows, who takes them in, and the words of its page."""

    columns: tuple[Column, ...]
    judge: Callable[[Sequence[Row], Person, datetime], Plan]
    take_in: Callable[..., Plan]
    template: str
    back: str
    title: Any
    example: str


PEOPLE = Sheet(
    columns=people_sheet.COLUMNS,
    judge=queries.judge_people,
    take_in=people.take_in,
    template="governance/people/several.html",
    back="governance:person-list",
    title=gettext_lazy("Add several people"),
    example="Li Wei, li.wei@example.org, CLM, champion\nAnna Berg, anna.berg@example.org, CLM, head",
)


DEPARTMENTS = Sheet(
    columns=departments_sheet.COLUMNS,
    judge=queries.judge_departments,
    take_in=departments.take_in,
    template="governance/departments/several.html",
    back="governance:department-list",
    title=gettext_lazy("Add several departments"),
    example="CLM, Claims\nCLM-M, Motor claims, CLM\nDIG, Digital\nNL, Netherlands, , country",
)


SEATS = Sheet(
    columns=seats_sheet.COLUMNS,
    judge=queries.judge_seats,
    take_in=seat_sheet.take_in,
    template="governance/seats/several.html",
    back="governance:seat-list",
    title=gettext_lazy("Add several seats"),
    example="CLM, head, , joel@example.org\nCLM, champion\nCLM, other, Claims data analyst",
)


@login_required
def several_seats(request: HttpRequest) -> HttpResponse:
    return _several(request, SEATS)


@login_required
def sheet_of_seats(request: HttpRequest, form: str) -> HttpResponseBase:
    """The seats, as the list of seats is narrowed."""
    now, viewer = timezone.now(), asker(request)
    narrow = SeatsAddress(request.GET, viewer=viewer, now=now)
    require_readable(narrow)
    rows = queries.seat_rows(viewer, now, **narrow.wanted)
    return taken_away(Table("seats", _("Seats"), seats_sheet.COLUMNS, rows, frozenset({"capacity_minutes"})), form)


@login_required
def several_departments(request: HttpRequest) -> HttpResponse:
    return _several(request, DEPARTMENTS)


@login_required
def sheet_of_people(request: HttpRequest, form: str) -> HttpResponseBase:
    """Everybody, as the list of people is narrowed: for whoever places people, since it is a list to take away."""
    now, viewer = timezone.now(), asker(request)
    narrow = PeopleAddress(request.GET)
    require_readable(narrow)
    rows = queries.people_rows(viewer, now, **narrow.wanted)
    return taken_away(Table("people", _("People"), people_sheet.COLUMNS, rows), form)


@login_required
def sheet_of_departments(request: HttpRequest, form: str) -> HttpResponseBase:
    rows = queries.department_rows(asker(request), timezone.now())
    return taken_away(Table("departments", _("Departments"), departments_sheet.COLUMNS, rows), form)


def download(name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, str]]) -> HttpResponse:
    """The rows as a CSV file that comes back as it went out."""
    response = HttpResponse(written(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
def several_people(request: HttpRequest) -> HttpResponse:
    return _several(request, PEOPLE)


def _several(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Many people, departments or seats: for whoever places people."""
    queries.require_placing(asker(request), timezone.now())
    return several_rows(request, sheet)


def several_rows(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Three steps on one address: the form, the look, the deed. What is sent is carried along until it is done.

    Whoever calls has judged who may look; each row is judged by what its sender may do.
    """
    now, viewer = timezone.now(), asker(request)
    if request.method != "POST":
        return _page(request, sheet, SheetForm())
    form, rows, unknown = _read(request, sheet)
    if rows is None:
        return _page(request, sheet, form, status=422)
    deed = request.POST.get("deed")
    if deed not in ("take", "take_rest"):
        return _page(request, sheet, form, sheet.judge(rows, viewer, now), unknown)
    try:
        plan = sheet.take_in(rows=rows, by=viewer, now=now, leave_out=deed == "take_rest")
    except Unfit as error:
        return _page(request, sheet, form, error.plan, unknown, status=422)
    messages.success(request, _told(plan))
    if plan.made and not plan.problems and request.POST.get("invites"):
        new = invitation_pages.of_people(plan.made)
        return invitation_pages.shown_once(request, invitations.invite(people=new, by=viewer, now=now))
    if plan.problems:
        if plan.made and request.POST.get("invites"):
            messages.info(request, _("Whoever was added has no invitation yet: see People, then Invitations."))
        left = [line.row for line in plan.problems]
        return _page(request, sheet, form, sheet.judge(left, viewer, now), unknown)
    return redirect(sheet.back)


def _read(request: HttpRequest, sheet: Sheet) -> tuple[SheetForm, list[Row] | None, list[str]]:
    """The rows that were sent: carried from an earlier step, else new ones. None where the form lacks something."""
    if "rows" in request.POST:
        form = SheetForm(QueryDict())
        try:
            return SheetForm(), mended(request.POST, sheet.columns), []
        except Invalid as error:
            form.is_valid()
            form.errors.clear()
            put(form, error)
            return form, None, []
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            table = form.table(sheet.columns)
            return form, table.rows, table.unknown
        except Invalid as error:
            put(form, error)
    return form, None, []


def _page(
    request: HttpRequest,
    sheet: Sheet,
    form: SheetForm,
    plan: Plan | None = None,
    unknown: Sequence[str] = (),
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "sheet": sheet,
        "columns": [column for column in sheet.columns if column.is_placed],
        "plan": plan,
        "unknown": unknown,
    }
    if plan is not None:
        context["preview"] = preview(plan, sheet.columns)
        context["rows"] = carried([line.row for line in plan.lines])
        context["ready"] = plan.ready
    return render(request, sheet.template, context, status=status)


def _told(plan: Plan) -> str:
    """What was done, in a sentence."""
    if not plan.ready:
        return _("Everything in it was known already. Nothing was changed.")
    parts = [
        ngettext("%(count)d is added", "%(count)d are added", plan.added) % {"count": plan.added} if plan.added else "",
        ngettext("%(count)d is changed", "%(count)d are changed", plan.changed) % {"count": plan.changed}
        if plan.changed
        else "",
        ngettext("%(count)d is asked for", "%(count)d are asked for", plan.asked) % {"count": plan.asked}
        if plan.asked
        else "",
        ngettext("%(count)d was known already", "%(count)d were known already", plan.same) % {"count": plan.same}
        if plan.same
        else "",
    ]
    return f"{', '.join(part for part in parts if part)}."
