"""Pages of seats."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance import access, briefs, panels
from governance.errors import Invalid, Refused
from governance.forms.briefs import BriefForm
from governance.forms.places import LeaveForm, SeatForm, SeatPersonForm
from governance.models import Person, Seat, SeatKind, Tenure, TenureRole
from governance.pages import Standing, attempt, chips, paged
from governance.queries import departments as department_queries
from governance.queries import duties, journal
from governance.queries import people as people_queries
from governance.queries import seats as queries
from governance.queries.load import fullness
from governance.services import briefs as brief_services
from governance.services import seats as services
from governance.views import asker, moves

FILLED = {"yes": True, "no": False}


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """The seats, narrowed by kind, department and whether somebody sits there."""
    now, viewer = timezone.now(), asker(request)
    asked = request.GET
    kinds = queries.kinds(viewer, now)
    kind = asked.get("kind", "") if asked.get("kind") in dict(kinds) else ""
    filled = asked.get("filled", "") if asked.get("filled") in FILLED else ""
    departments = list(department_queries.listed(viewer, now))
    department = next((one for one in departments if one.reference == asked.get("department")), None)
    narrowed = queries.listed(viewer, now, kind=kind, department=department)
    seats = queries.listed(viewer, now, kind=kind, department=department, filled=FILLED.get(filled))
    page = paged(request, seats)
    panels.prefetch(request, "seat.row", [seat.pk for seat in page], now)
    words = {"yes": _("taken"), "no": _("vacant")}
    active = [
        ("kind", _("Kind"), dict(kinds)[kind] if kind else ""),
        ("department", _("Department"), department),
        ("filled", _("Seat"), words.get(filled, "")),
    ]
    context = {
        "page": page,
        "rows": queries.standings(page, now),
        "all": narrowed.count(),
        "vacant": queries.listed(viewer, now, kind=kind, department=department, filled=False).count(),
        "chips": chips(request, active),
        "kinds": kinds,
        "departments": departments,
        "kind": kind,
        "filled": filled,
        "department": department,
        "may_add": people_queries.may_place(viewer, now),
    }
    return render(request, "governance/seats/list.html", context)


@login_required
def found(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    if not department_queries.led_by(viewer, now).exists():
        raise Refused(_("Whoever leads a department founds its seats; the CX lead founds any. Ask them."))
    kind, _colon, own = request.GET.get("kind", "").partition(":")
    usual = briefs.of(kind)
    initial = {
        "kind": kind,
        "own_kind": own,
        "department": request.GET.get("department"),
        "expectations": usual.expectations,
        "criteria": usual.criteria,
    }
    form = SeatForm(request.POST or None, viewer=viewer, now=now, initial=initial)
    status = 200
    if request.method == "POST":
        seat, status = attempt(form, lambda said: services.found(**said, by=viewer, now=now))
        if seat is not None:
            messages.success(request, _("The seat is founded and vacant. Next: seat somebody in it."))
            return redirect("governance:seat-detail", seat.reference)
    usual_ones = [(SeatKind(kind).label, brief) for kind, brief in briefs.BRIEFS.items()]
    return render(request, "governance/seats/form.html", {"form": form, "usual": usual_ones}, status=status)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """What the seat is for, who has it, what it owes."""
    now, viewer = timezone.now(), asker(request)
    seat = queries.one(reference, viewer, now)
    owed = list(duties.open_duties(seat_ids=[seat.pk]))
    seen = access.visible_ids(viewer, {duty.subject_id for duty in owed}, now) if owed else set()
    owed = [duty for duty in owed if duty.subject_id in seen]
    subjects = {duty.subject_id: duty.subject for duty in owed}
    panels.prefetch(request, "seat.top", [seat.pk], now)
    panels.prefetch(request, "seat.page", [seat.pk], now)
    context = {
        "seat": seat,
        "standing": queries.standings([seat], now)[0],
        "fullness": fullness([seat], viewer, now)[seat.pk],
        "mover": queries.movers([seat.pk], now).get(seat.pk),
        "history": queries.history(seat),
        "endable": queries.endable(seat, now),
        "moves": moves.lines(duties.all_moves(seat.pk, now), viewer),
        "owes": [(subjects[move.subject_id], move) for move in duties.moves(owed, now)],
        "told": journal.of_seat(seat, viewer, now),
        "may_fill": services.may_fill(seat, viewer, now),
        "names_deputy": services.names_deputy(seat, viewer, now),
        "may_write": brief_services.may_write(seat, viewer, now),
        "hours": seat.capacity_minutes / 60,
        "is_councils": seat.kind in services.OF_COUNCILS,
        "now": now,
        "today": timezone.localdate(),
    }
    return render(request, "governance/seats/detail.html", context)


@login_required
def brief(request: HttpRequest, reference: str) -> HttpResponse:
    """What is expected of a seat, whom it suits, how much time it takes, who fills it."""
    now, viewer = timezone.now(), asker(request)
    seat = queries.one(reference, viewer, now)
    brief_services.require_writing(seat, viewer, now)
    form = BriefForm(request.POST or None, viewer=viewer, now=now, seat=seat, initial=BriefForm.of(seat))
    status = 200
    if request.method == "POST":
        written, status = attempt(
            form,
            lambda said: brief_services.write(seat=seat, **said, by=viewer, now=now),
            stands=lambda: _stands(queries.one(reference, viewer, now)),
        )
        if written is not None:
            messages.success(request, _("Written down. Whoever sits here reads it on the seat's page."))
            return redirect("governance:seat-detail", reference)
    return render(request, "governance/seats/brief.html", {"form": form, "seat": seat}, status=status)


def _stands(seat: Seat) -> Standing:
    return Standing(seat.version, BriefForm.of(seat))


@login_required
def seat_person(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    seat = queries.one(reference, viewer, now)
    if not services.names_deputy(seat, viewer, now):
        services.require_filling(seat, viewer, now)
    form = SeatPersonForm(
        request.POST or None, viewer=viewer, now=now, initial={"role": request.GET.get("role", TenureRole.HOLDER)}
    )
    status = 200
    if request.method == "POST":
        tenure, status = attempt(form, lambda said: _seat_from(seat, said, viewer, now))
        if tenure is not None:
            messages.success(request, _seated(tenure, now))
            return redirect("governance:seat-detail", reference)
    context = {"form": form, "seat": seat, "answering": queries.answering([seat.pk], now).get(seat.pk)}
    return render(request, "governance/seats/seat_person.html", context, status=status)


def _seat_from(seat: Seat, said: dict[str, Any], viewer: Person, now: datetime) -> Tenure:
    from_at, until_at = queries.stretch(seat, said["from_on"], said["until_on"], now)
    try:
        return services.seat_person(
            seat=seat, person=said["person"], role=said["role"], from_at=from_at, until_at=until_at, by=viewer, now=now
        )
    except Invalid as error:
        error.field = {"from_at": "from_on", "until_at": "until_on"}.get(error.field or "", error.field)
        raise


def _seated(tenure: Tenure, now: datetime) -> str:
    if tenure.from_at > now:
        return _("%(person)s has the seat from %(day)s on, with what it owes then.") % {
            "person": tenure.person,
            "day": date_format(timezone.localdate(tenure.from_at), "j M Y"),
        }
    return _("%(person)s has the seat from now on, with what it owes.") % {"person": tenure.person}


@login_required
@require_POST
def leave(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    seat = queries.one(reference, viewer, now)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Say whose tenure ends: the holder's or the deputy's."), field="role")
    services.leave(seat=seat, role=form.cleaned_data["role"], by=viewer, now=now)
    messages.success(request, _("The tenure is ended. What the seat owes stays with the seat."))
    return redirect("governance:seat-detail", reference)
