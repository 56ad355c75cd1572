"""Pages of executive sponsors: what they pledged stands first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance import access, panels
from governance.forms.sponsors import PledgeForm
from governance.models import Organisation
from governance.pages import attempt
from governance.queries import duties, journal, pledges, tables
from governance.queries import seats as seat_queries
from governance.queries import sponsors as queries
from governance.services import seats
from governance.services import sponsors as services
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    sponsors = list(queries.listed(viewer, now))
    keys = [sponsor.pk for sponsor in sponsors]
    panels.prefetch(request, "sponsor.row", keys, now)
    standings = seat_queries.standings([sponsor.seat for sponsor in sponsors], now)
    context = {
        "rows": list(zip(sponsors, standings, strict=True)),
        "vacant": sum(standing.vacant_since is not None for standing in standings),
        "currency": Organisation.objects.get().currency,
    }
    return render(request, "governance/sponsors/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(tables.of_sponsors(queries.listed(viewer, now), now), form)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    sponsor = queries.one(reference, viewer, now)
    owed = list(duties.open_duties(seat_ids=[sponsor.pk]))
    seen = access.visible_ids(viewer, {duty.subject_id for duty in owed}, now) if owed else set()
    owed = [duty for duty in owed if duty.subject_id in seen]
    subjects = {duty.subject_id: duty.subject for duty in owed}
    panels.prefetch(request, "sponsor.page", [sponsor.pk], now)
    context = {
        "sponsor": sponsor,
        "seat": sponsor.seat,
        "standing": seat_queries.standings([sponsor.seat], now)[0],
        "owes": [(subjects[move.subject_id], move) for move in duties.moves(owed, now)],
        "kept": pledges.kept(sponsor, viewer, now),
        "history": seat_queries.history(sponsor.seat),
        "told": journal.of_seat(sponsor.seat, viewer, now, limit=8),
        "currency": Organisation.objects.get().currency,
        "may_pledge": access.holds(viewer, sponsor.pk, now)
        or seats.leads(sponsor.seat.kind, sponsor.seat.department, viewer, now),
        "now": now,
        "today": timezone.localdate(),
    }
    return render(request, "governance/sponsors/detail.html", context)


@login_required
def pledge(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    sponsor = queries.one(reference, viewer, now)
    if not access.holds(viewer, sponsor.pk, now):
        seats.require_leading(sponsor.seat.kind, sponsor.seat.department, viewer, now)
    names = ("response_days", "attendance_pledge", "checkins_a_quarter", "funding_authority")
    initial = {name: getattr(sponsor, name) for name in names}
    form = PledgeForm(request.POST or None, currency=Organisation.objects.get().currency, initial=initial)
    status = 200
    if request.method == "POST":
        kept, status = attempt(form, lambda said: services.pledge(sponsor=sponsor, **said, by=viewer, now=now))
        if kept is not None:
            messages.success(request, _("The pledge is set."))
            return redirect("governance:sponsor-detail", reference)
    return render(request, "governance/sponsors/pledge.html", {"form": form, "sponsor": sponsor}, status=status)
